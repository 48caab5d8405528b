"""The listening socket, and the rules for who may open a Realtime connection."""

import asyncio
import contextlib
import hmac
import ipaddress
import json
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import MappingProxyType

from ..protocol import events
from ..protocol.events import Event
from .connection import Connection, Upgrade
from .failures import describe_failure

PATH = "/v1/realtime"
HANDSHAKE_SECONDS = 20
# Seconds of silence before the first probe and between probes, and how many may stay unanswered.
KEEPALIVE = MappingProxyType({"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3})

# From asyncio's accepting a connection until `_welcome` runs, and from an abort until its socket is closed.
TURNS_OF_THE_LOOP = 5

log = logging.getLogger(__name__)

Handler = Callable[[Connection, Upgrade], Awaitable[None]]


@dataclass(frozen=True)
class Address:
    """Where to listen; port 0 means any free port."""

    host: str = "127.0.0.1"
    port: int = 0
    tls: ssl.SSLContext | None = None

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False


@dataclass
class Server:
    """Accepts connections and hands each WebSocket to the handler, in a task of its own."""

    handler: Handler
    address: Address = field(default_factory=Address)
    _listener: asyncio.Server | None = None
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> int:
        """Starts to listen and returns the port."""
        where = self.address
        self._listener = await asyncio.start_server(self._welcome, where.host, where.port, ssl=where.tls)
        port: int = self._listener.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        if self._listener is not None:
            for each in self._listener.sockets:
                asyncio.get_running_loop().remove_reader(each.fileno())
            # Whoever was let in just now is no task of ours yet, and asyncio forgets them where it listens no more.
            try:
                await _let_the_loop_run()
            finally:
                self._listener.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await _let_the_loop_run()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection must be served in a task")
        if self._listener is not None and not self._listener.is_serving():
            # Its handshake of TLS outlasted the end.
            writer.transport.abort()
            return
        self._connections.add(task)
        detect_dead_peer(writer.get_extra_info("socket"))
        try:
            await self._serve(Connection(reader, writer))
        except asyncio.CancelledError:
            # Cancelling is how stop() ends a connection; asyncio's streams would report it as an error.
            writer.transport.abort()
        finally:
            self._connections.discard(task)

    async def _serve(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                upgrade = await connection.upgrade()
            if upgrade is not None:
                await self.handler(connection, upgrade)
        except TimeoutError:
            log.info("a client did not finish its handshake")
        except Exception as failure:
            # Without the message, which may hold what was said.
            log.error("a connection ended because the engine failed: %s", describe_failure(failure))  # noqa: TRY400
        finally:
            await connection.finish()


async def _let_the_loop_run() -> None:
    for _ in range(TURNS_OF_THE_LOOP):
        await asyncio.sleep(0)


def detect_dead_peer(connection: socket.socket) -> None:
    """A client whose machine or network is gone sends nothing, not even a close; it would hold its line for an hour."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEPALIVE.items():
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


@dataclass(frozen=True)
class Refusal:
    """An HTTP answer in place of the upgrade."""

    status: int
    code: str
    message: str

    async def tell(self, connection: Connection) -> None:
        error = events.error(self.code, self.message)["error"]
        await connection.reject(self.status, json.dumps({"error": error}), {"content-type": "application/json"})


def refusal(upgrade: Upgrade, key: str | None) -> Refusal | None:
    """Why the server refuses this client's upgrade; None if it does not."""
    if key is not None and not hmac.compare_digest((upgrade.key or "").encode(), key.encode()):
        return Refusal(401, "invalid_api_key", "Incorrect API key provided.")
    if upgrade.path.rstrip("/") != PATH:
        return Refusal(404, "not_found", f"There is nothing at this address. The Realtime interface is at {PATH}.")
    return None


@dataclass(frozen=True)
class Dismissal:
    """An error event and a close after the upgrade, as the real server refuses these clients."""

    code: str
    message: str

    @property
    def event(self) -> Event:
        return events.error(self.code, self.message)

    @property
    def reason(self) -> str:
        return f"invalid_request_error.{self.code}"


BETA = Dismissal(
    "beta_api_shape_disabled",
    "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
)
NO_MODEL = Dismissal("missing_model", "You must provide a model parameter.")
# The close code of both.
CLOSE_CODE = 4000


def dismissal(upgrade: Upgrade) -> Dismissal | None:
    """Why the server sends this client away after the upgrade; None if it does not."""
    if "openai-beta" in upgrade.headers:
        return BETA
    return None if upgrade.query("model") else NO_MODEL
