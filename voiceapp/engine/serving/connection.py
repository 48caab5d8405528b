"""One WebSocket connection, accepted: asyncio streams, with wsproto as the protocol."""

import asyncio
import contextlib
import logging
import socket
import struct
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto import events as ws
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

READ_BYTES = 65536
# One append may carry 15 MiB of audio, which is 20 MiB of base64.
MESSAGE_BYTES = 24 * 1024 * 1024

TOO_BIG = 1009
DRAIN_SECONDS, STALLED_SECONDS, CLOSING_SECONDS = 2, 30, 2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upgrade:
    """What a client asked for in the opening handshake. Header names are in lower case."""

    target: str
    headers: dict[str, str]
    subprotocols: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def query(self, name: str) -> str | None:
        values = parse_qs(urlsplit(self.target).query).get(name)
        return values[0] if values else None

    @property
    def key(self) -> str | None:
        """The bearer key, from its header or from the subprotocol that browsers use."""
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and key:
            return key.strip()
        named = [name for name in self.subprotocols if name.startswith("openai-insecure-api-key.")]
        return named[0].partition(".")[2] if named else None


@dataclass(frozen=True)
class Closed:
    """The other side has closed; the code is 1006 if it did so without a close frame."""

    code: int
    reason: str = ""


Incoming = str | bytes | Closed


@dataclass
class Connection:
    """Reads whole messages and answers pings. It can also break the rules, where a test wants that."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _protocol: WSConnection = field(default_factory=lambda: WSConnection(ConnectionType.SERVER))
    _fragments: list[str] | list[bytes] = field(default_factory=list)
    _size: int = 0
    _closed: Closed | None = None
    # A pong or a close was sent since the last flush.
    _replied: bool = False
    # Nothing more is sent, not even pongs: the client does not read, or a test wants a stall.
    muted: bool = False

    # The opening handshake

    async def upgrade(self) -> Upgrade | None:
        """The client's request; None if it was no WebSocket request, which is then answered."""
        try:
            while True:
                for event in self._protocol.events():
                    if isinstance(event, ws.Request):
                        return upgrade_of(event)
                if not await self._read():
                    return None
        except RemoteProtocolError as wrong:
            if wrong.event_hint is not None:
                self._send(wrong.event_hint)
            await self.flush()
            return None

    async def accept(self, subprotocol: str | None = None) -> None:
        # No extension is named, so permessage-deflate is declined: it costs more than it saves on base64 audio.
        self._send(ws.AcceptConnection(subprotocol=subprotocol))
        await self.flush()

    async def reject(self, status: int, body: str = "", headers: dict[str, str] | None = None) -> None:
        lines = {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body.encode()))}
        named = [(name.lower().encode(), value.encode()) for name, value in (lines | (headers or {})).items()]
        self._send(ws.RejectConnection(status_code=status, headers=named, has_body=True))
        self._send(ws.RejectData(data=body.encode()))
        await self.flush()

    # Messages

    async def receive(self) -> Incoming:
        while self._closed is None:
            for event in self._protocol.events():
                message = self._message_of(event)
                if message is not None:
                    return message
            if self._replied:
                self._replied = False
                await self.flush()
            if not await self._read():
                self._closed = Closed(1006)
        return self._closed

    async def send(self, message: str | bytes) -> None:
        self.post(message)
        await self.flush()

    def post(self, message: str | bytes) -> None:
        """Sends without waiting; does nothing once the connection has ended."""
        self._send(ws.TextMessage(message) if isinstance(message, str) else ws.BytesMessage(message))

    async def flush(self) -> None:
        """Waits for a client that reads slowly. A client that does not read at all is dropped, and `receive` ends."""
        try:
            async with asyncio.timeout(STALLED_SECONDS):
                await self.writer.drain()
        except TimeoutError:
            log.info("a client was dropped because it did not read")
            self.reset()
            self._closed, self.muted = Closed(1006), True
        except ConnectionError:
            pass

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._send(ws.CloseConnection(code, reason[:120]))
        await self.flush()

    async def wait_closed(self) -> None:
        """Reads on until the client has answered our close."""
        while not isinstance(await self.receive(), Closed):
            pass

    async def wait_closed_briefly(self) -> None:
        """Waits for the client's close, but not for long: a client that never sends it would hold its line."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.wait_closed()

    # Faults

    async def send_raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.flush()

    def drop(self) -> None:
        """Ends the TCP connection in order, without a WebSocket close."""
        self.writer.close()

    def reset(self) -> None:
        """Ends the TCP connection with RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def finish(self) -> None:
        if self._closed is not None and self._closed.code == TOO_BIG:
            await self._drain()
        self.writer.close()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.writer.wait_closed()
        except TimeoutError:
            # What is left was never read.
            self.writer.transport.abort()
        except OSError:
            pass

    # Below the surface

    async def _drain(self) -> None:
        """Reads the rest of a message that was too big: closing before that would reset the connection, and the client
        would never see the reason."""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while await self.reader.read(READ_BYTES):
                    pass

    async def _read(self) -> bool:
        try:
            data = await self.reader.read(READ_BYTES)
        except (ConnectionError, OSError):
            data = b""
        with contextlib.suppress(LocalProtocolError):
            self._protocol.receive_data(data or None)
        return bool(data)

    def _send(self, event: ws.Event) -> None:
        if self.muted:
            return
        with contextlib.suppress(LocalProtocolError):
            self.writer.write(self._protocol.send(event))

    def _message_of(self, event: ws.Event) -> Incoming | None:
        if isinstance(event, ws.Message):
            return self._add_fragment(event)
        if isinstance(event, ws.Ping):
            self._send(event.response())
            self._replied = True
        if isinstance(event, ws.CloseConnection):
            self._send(event.response())
            self._replied = True
            self._closed = Closed(event.code, event.reason or "")
            return self._closed
        return None

    def _add_fragment(self, message: ws.Message) -> Incoming | None:  # type: ignore[type-arg]
        self._fragments.append(message.data)
        self._size += len(message.data)
        if self._size > MESSAGE_BYTES:
            self._send(ws.CloseConnection(TOO_BIG, "message too big"))
            self._closed = Closed(TOO_BIG, "message too big")
            return self._closed
        if not message.message_finished:
            return None
        whole: str | bytes = type(message.data)().join(self._fragments)
        self._fragments, self._size = [], 0
        return whole


def upgrade_of(request: ws.Request) -> Upgrade:
    named = {name.decode().lower(): value.decode("latin-1") for name, value in request.extra_headers}
    named["host"] = request.host
    return Upgrade(request.target, named, tuple(request.subprotocols))


def frame_head(opcode: int, length: int) -> bytes:
    """The head of a final, unmasked frame of `length` bytes, for a frame that is never finished."""
    return bytes([0x80 | opcode, 127]) + struct.pack("!Q", length)
