"""python-engineio's websocket, served by the bridge instead of by threads.

Under our worker the upgraded socket stays on the bridge's loop. Under gunicorn's own threaded worker it goes there, and
its thread sleeps until the call ends. Under any other server the stock simple-websocket driver serves, without
permessage-deflate. What is used of python-engineio 4.15: the `websocket` entry of the server's `_async`, its
`_service_task`, and of its `Socket` the attributes `queue`, `connected`, `upgraded`, `last_ping` and the methods
`close` and `server._trigger_event`; tests/net/test_engineio_driver.py runs one script over both drivers.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

from . import upgrade, websocket
from .bridge import Bridge
from .link import Cause, Ending, Link
from .rate_limit import TokenBucket
from .seat import SEAT, Seat
from .threaded_driver import BoundedQueue, ThreadedDriver
from .wsgi_call import DETACH

log = logging.getLogger(__name__)

MAX_OUT_BYTES = 4 * 1024 * 1024
SILENT_LOSS_MS = 20_000
# Frames of any kind from one browser; a flood of them is no mistake, so its socket is closed.
FRAMES_A_SECOND, FRAMES_AT_ONCE = 200.0, 600.0
# Of a close (RFC 6455, section 7.4.1): the browser did nothing wrong, and may be told something first.
NO_FAULT = 1000

# Takes an Engine.IO packet if it is for the fast path; False sends it the ordinary way.
FastPath = Callable[[bytes], bool]
Environ = dict[str, Any]


def install(eio: Any, bridge: Bridge) -> "Connections":
    """Make `eio`, a python-engineio server in threading mode, use this driver."""
    connections = Connections()

    class Driver:
        """What python-engineio calls for each upgrade."""

        def __init__(self, handler: Any, server: Any) -> None:
            self._handler = handler
            self._server = server

        def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
            if not _is_bridgeable(environ):
                return _serve_stock(self._handler, self._server, connections, environ, start_response)
            connection = Connection(self._handler.__self__, bridge, connections)
            try:
                answer = upgrade.upgrade_response(upgrade.check_upgrade(environ))
            except upgrade.UpgradeError as error:
                connection.refuse()
                return _refuse_upgrade(error, start_response)
            if DETACH in environ:
                if not bridge.on_loop_thread:
                    connection.refuse()
                    raise RuntimeError("the server that hands over this socket runs on another loop than the app's")
                return connection.take(environ[DETACH](), answer, environ[SEAT])
            return connection.park(environ["gunicorn.socket"], answer)

    # The table is shared by all servers of the process; this server gets its own.
    eio._async = {**eio._async, "websocket": Driver}
    _prepare_sockets(eio, bridge, connections)
    return connections


class Connections:
    """The connections by Engine.IO sid, of the bridge and of the stock driver."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Connection] = {}
        self._threaded: dict[str, ThreadedDriver] = {}

    def add(self, sid: str, connection: "Connection") -> None:
        self._by_sid[sid] = connection

    def remove(self, sid: str) -> None:
        self._by_sid.pop(sid, None)

    def add_threaded(self, sid: str, driver: ThreadedDriver) -> None:
        self._threaded[sid] = driver

    def remove_stock(self, sid: str) -> None:
        self._threaded.pop(sid, None)

    def close(self, sid: str, code: int, reason: str) -> None:
        """Close one with a code; callable from any thread."""
        connection, threaded = self._by_sid.get(sid), self._threaded.get(sid)
        if connection is not None:
            connection.close(code, reason)
        elif threaded is not None and code == NO_FAULT:
            threaded.dismiss(code, reason)
        elif threaded is not None:
            threaded.refuse(code, reason)

    def cut(self, sid: str) -> None:
        """End one of the stock driver's whose browser does not read."""
        threaded = self._threaded.get(sid)
        if threaded is not None:
            threaded.cut()

    def get(self, sid: str) -> "Connection | None":
        return self._by_sid.get(sid)

    def close_all(self, code: int, reason: str) -> None:
        for connection in list(self._by_sid.values()):
            connection.link.close(code, reason)
        for threaded in list(self._threaded.values()):
            threaded.refuse(code, reason)


class Connection:
    """One browser's Engine.IO session on the bridge. Stands in for the `Socket`'s queue, heartbeat and threads.

    `fast_path`: is asked first of all that comes, past python-engineio.
    """

    __slots__ = (
        "_bridge", "_connections", "_eio_socket", "_heartbeat", "_held", "_server", "_sid", "fast_path", "link",
    )  # fmt: skip

    link: Link

    def __init__(self, eio_socket: Any, bridge: Bridge, connections: Connections) -> None:
        self.fast_path: FastPath | None = None
        self._eio_socket = eio_socket
        self._server = eio_socket.server
        self._sid: str = eio_socket.sid
        self._bridge = bridge
        self._connections = connections
        # What the connection holds beside its link, given back when that has let go of the socket.
        self._held: list[Callable[[], None]] = []
        self._heartbeat: Any = None

    def refuse(self) -> None:
        """No connection comes of it."""
        self._eio_socket.close(wait=False, abort=True)
        # python-engineio forgets it, too, unless it is left by an exception.
        self._server.sockets.pop(self._sid, None)

    def take(self, sock: socket.socket, answer: bytes, seat: Seat) -> Iterable[bytes]:
        """Answer the upgrade; socket and seat are the connection's own. On the bridge's thread."""
        seat.keep()
        self._held = [seat.release, sock.close]
        try:
            if sock.send(answer) < len(answer):
                raise BrokenPipeError("a new connection takes no bytes")
        except OSError as error:
            self._give_up(error)
        else:
            self._open(sock)
        return []

    def park(self, sock: socket.socket, answer: bytes) -> Iterable[bytes]:
        """Answer the upgrade, hand the socket over, and sleep until the call ends. On a thread of gunicorn's own."""
        over = threading.Event()
        self._held = [over.set]
        try:
            sock.sendall(answer)
        except OSError:
            self.refuse()
        else:
            self._bridge.run(self._open, sock)
            over.wait()
        # How gunicorn's threaded worker is told that the connection was taken over and is done with.
        raise StopIteration

    def _give_up(self, error: OSError) -> None:
        log.info("a browser's connection could not be opened: %s", error)
        self.refuse()
        self._give_back()

    def _give_back(self) -> None:
        held, self._held = self._held, []
        for give_back in held:
            give_back()

    # The bridge's thread

    def _open(self, raw: socket.socket) -> None:
        try:
            _tune(raw)
        except OSError as error:
            self._give_up(error)
            return
        endpoint = websocket.Endpoint(websocket.Role.SERVER, max_message=self._server.max_http_buffer_size)
        frames = TokenBucket(FRAMES_A_SECOND, FRAMES_AT_ONCE)
        self.link = self._bridge.link(
            raw, endpoint, side="browser", max_out=MAX_OUT_BYTES, released=self._give_back, frames=frames
        )
        self.link.hand_over(self)
        try:
            self._begin()
        except Exception:
            log.exception("a connection could not be opened")
            self.link.abort()

    def _begin(self) -> None:
        self._connections.add(self._sid, self)
        waiting, self._eio_socket.queue = self._eio_socket.queue, self
        self._eio_socket.connected = self._eio_socket.upgraded = True
        self.link.open(self)
        while not waiting.empty():
            self.put(waiting.get())
        self._schedule_ping()

    def link_text(self, payload: bytes) -> None:
        fast_path = self.fast_path
        if fast_path is not None and fast_path(payload):
            return
        kind = payload[:1]
        if kind == b"4":
            self._message(payload[1:])
        elif kind == b"3":
            self._schedule_ping()
        elif payload == b"1":
            self.link.close()
            self._end(self._server.reason.CLIENT_DISCONNECT)
        else:
            self.link.close(1002, "not an Engine.IO packet")

    def link_binary(self, _: bytes) -> None:
        self.link.close(1003, "no binary packets are taken")

    def link_closed(self, end: Ending) -> None:
        self._cancel_heartbeat()
        self._connections.remove(self._sid)
        self._server.sockets.pop(self._sid, None)
        self._end(end.cause if end.cause is Cause.STALLED else self._server.reason.TRANSPORT_CLOSE)

    def close(self, code: int, reason: str) -> None:
        """Close with a code; callable from any thread."""
        self._bridge.run(self.link.close, code, reason)

    def send_packet(self, parts: tuple[bytes, ...]) -> None:
        """Send one Socket.IO packet, given in parts, past python-socketio; on the bridge's thread."""
        self.link.send(b"4", *parts)

    def _message(self, payload: bytes) -> None:
        self._server._trigger_event("message", self._sid, payload.decode(), run_async=False)

    def _end(self, reason: "str | Cause") -> None:
        # Runs the disconnect handlers once, however the connection ends. They are told a reason of python-engineio's,
        # or `Cause.STALLED` of a browser that does not read what it is sent.
        self._eio_socket.close(wait=False, abort=True, reason=reason)

    # The heartbeat: the server pings, the browser answers in time

    def _schedule_ping(self) -> None:
        self._cancel_heartbeat()
        self._heartbeat = self._bridge.loop.call_later(self._server.ping_interval, self._ping)

    def _ping(self) -> None:
        self.link.send(b"2")
        self._heartbeat = self._bridge.loop.call_later(self._server.ping_timeout, self._pong_missing)

    def _pong_missing(self) -> None:
        self.link.abort(Cause.LOST)
        self._end(self._server.reason.PING_TIMEOUT)

    def _cancel_heartbeat(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.cancel()

    # In place of the Socket's queue; python-engineio calls it from any thread

    def put(self, pkt: Any) -> None:
        if pkt is None:
            self._bridge.run(self._close_link)
            return
        encoded = pkt.encode()
        self._bridge.run(self._send_encoded, encoded if isinstance(encoded, bytes) else encoded.encode())

    def join(self) -> None:
        """Nothing to wait for: what was put is written or in the link's buffer."""

    def _send_encoded(self, encoded: bytes) -> None:
        self.link.send(encoded)

    def _close_link(self) -> None:
        self.link.close()


def _is_bridgeable(environ: Environ) -> bool:
    """Whether the loop can have the socket. One that gunicorn's own worker holds under TLS goes the stock way."""
    raw = environ.get("gunicorn.socket")
    return DETACH in environ or (isinstance(raw, socket.socket) and not isinstance(raw, ssl.SSLSocket))


def _serve_stock(
    handler: Any, server: Any, connections: Connections, environ: Environ, start_response: Any
) -> Iterable[bytes]:
    # simple-websocket accepts permessage-deflate whenever it is offered: +70 % CPU and 100 kB a socket, measured.
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    raw = environ.get("werkzeug.socket")
    if isinstance(raw, socket.socket):
        _tune(raw)
    sid: str = handler.__self__.sid
    threaded = ThreadedDriver(handler, server, server.max_http_buffer_size)
    connections.add_threaded(sid, threaded)
    try:
        upgrade.check_upgrade(environ)
        result: Iterable[bytes] = threaded(environ, start_response)
    except upgrade.UpgradeError as error:
        handler.__self__.close(wait=False, abort=True)
        return _refuse_upgrade(error, start_response)
    except Exception:
        # A server that gives no socket; a session that has been is closed already.
        handler.__self__.close(wait=False, abort=True)
        raise
    finally:
        connections.remove_stock(sid)
    return result


def _refuse_upgrade(error: upgrade.UpgradeError, start_response: Any) -> Iterable[bytes]:
    start_response(f"{error.status} Refused", [("Content-Type", "text/plain"), ("Sec-WebSocket-Version", "13")])
    return [str(error).encode()]


def _prepare_sockets(eio: Any, bridge: Bridge, connections: Connections) -> None:
    connected = eio.handlers["connect"]
    # Its thread looks for sockets whose heart has stopped, one every so often: with 300 of them 30 times a second. Ours
    # have a heartbeat of their own; it begins with the first of the stock driver's.
    eio.start_service_task = False

    def overflow(sid: str) -> None:
        eio_socket = eio.sockets.get(sid)
        connections.cut(sid)
        if eio_socket is not None:
            eio_socket.close(wait=False, abort=True, reason=Cause.STALLED)

    def connect(sid: str, environ: Environ) -> Any:
        eio_socket = eio.sockets[sid]
        if _is_bridgeable(environ):
            # python-engineio starts a sleeping thread per socket to ping it, but only where `last_ping` is set.
            eio_socket.last_ping = None
        else:
            if eio.service_task_handle is None:
                eio.service_task_handle = eio.start_background_task(eio._service_task)
            waiting, bounded = eio_socket.queue, BoundedQueue(MAX_OUT_BYTES, lambda: bridge.run(overflow, sid))
            while not waiting.empty():
                bounded.put(waiting.get())
            eio_socket.queue = bounded
        return connected(sid, environ)

    eio.handlers["connect"] = connect


def _tune(raw: socket.socket) -> None:
    if raw.family == socket.AF_UNIX:
        return
    # Werkzeug leaves Nagle on: 40 ms more for each small frame, measured.
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_LOSS_MS)
