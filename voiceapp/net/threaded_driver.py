"""Flask-SocketIO's simple-websocket driver, for any server but gunicorn, with the same limits as far as it allows."""

import queue
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from simple_websocket import ConnectionClosed
from wsproto.utilities import LocalProtocolError

_KINDS = frozenset("134")
_SOCKETIO_KINDS = frozenset("0123456")
# It is closed already, by either side.
_CLOSED = (ConnectionClosed, LocalProtocolError, OSError)


class ThreadedDriver(SimpleWebSocketWSGI):  # type: ignore[misc]  # the library has no types
    """One connection. What python-engineio would stumble over is refused here, with a close code."""

    def __init__(self, handler: Any, server: Any, max_message: int) -> None:
        super().__init__(handler, server, max_message_size=max_message)
        self.ws: Any = None
        self._eio_socket: Any = getattr(handler, "__self__", None)
        self._goodbye = (1000, "")

    def wait(self) -> str | None:
        """The next packet; None once the connection is over."""
        packet = super().wait()
        if packet is None:
            return None
        if not isinstance(packet, str):
            self.refuse(1003, "no binary packets are taken")
            return None
        # python-engineio parses a message as JSON before anyone else sees it, and falls over deep nesting.
        if packet[:1] not in _KINDS or (packet[0] == "4" and packet[1:2] not in _SOCKETIO_KINDS):
            self.refuse(1002, "not an Engine.IO packet")
            return None
        return packet

    def refuse(self, code: int, reason: str) -> None:
        """Close with a code; callable from any thread."""
        if self.ws is not None:
            with suppress(*_CLOSED):
                self.ws.close(code, reason)

    def dismiss(self, code: int, reason: str) -> None:
        """The same, once all that waits was sent; for a peer that reads."""
        self._goodbye = code, reason
        self._eio_socket.queue.put(None)

    def close(self) -> None:
        """What python-engineio's writer calls in the end, on a thread where nobody would catch what it raises."""
        self.refuse(*self._goodbye)

    def cut(self) -> None:
        """End the connection without waiting for a peer that does not read."""
        sock = getattr(self.ws, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class BoundedQueue(queue.Queue[Any]):
    """Packets for a browser, up to a number of bytes; beyond it `overflow` is called once and nothing is kept."""

    def __init__(self, max_bytes: int, overflow: Callable[[], None]) -> None:
        super().__init__()
        self._room = max_bytes
        self._overflow = overflow
        self._over = False

    def _put(self, item: Any) -> None:
        if self._over and item is not None:
            return
        self._room -= _size(item)
        if self._room < 0 and not self._over:
            self._over = True
            self.queue.clear()
            self._overflow()
        super()._put(item)

    def _get(self) -> Any:
        item = super()._get()
        self._room += _size(item)
        return item


def _size(packet: Any) -> int:
    return len(packet.data) if packet is not None and isinstance(packet.data, str | bytes) else 0
