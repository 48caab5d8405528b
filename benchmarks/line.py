"""A WebSocket over the reactor, for either end of the load: the handshake, then text messages."""

import os
import select
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable

from voiceapp.net import upgrade

from . import frames
from .frames import CLOSE, MASKED, PING, SIZE_16, SIZE_64, TEXT
from .reactor import Reactor

FULL = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Line:
    """Subclasses say what `opened` and `text` do; `lost` is for those who mind."""

    frame: Callable[[bytes, int], bytes]

    def __init__(self, reactor: Reactor) -> None:
        self.reactor = reactor
        self.is_open = False
        self.is_closed = False
        self._held = b""
        self._unsent = bytearray()

    def opened(self) -> None: ...

    def text(self, buffer: bytearray, at: int, end: int) -> None:
        """A message stands in the reactor's buffer."""

    def lost(self) -> None: ...

    def greet(self, head: bytes) -> None:
        """Take the other side's half of the handshake."""

    def take(self, connected: socket.socket) -> None:
        """Begin to speak over it."""
        connected.setblocking(False)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connected
        self._is_tls = isinstance(connected, ssl.SSLSocket)
        self.reactor.add(connected, self._ready)

    def send(self, payload: bytes) -> None:
        self.write(self.frame(payload, TEXT))

    def write(self, frame: bytes) -> None:
        """A whole frame; what has no room waits."""
        if self._unsent:
            self._unsent += frame
            return
        try:
            sent = self.socket.send(frame)
        except FULL:
            sent = 0
        except OSError:
            self.end()
            return
        if sent < len(frame):
            self._unsent += frame[sent:]
            self.reactor.watch_room(self.socket, True)

    def hang_up(self) -> None:
        if not self.is_closed:
            self.write(self.frame(b"\x03\xe8", CLOSE))
            self.end()

    def _ready(self, what: int) -> None:
        if what != select.EPOLLIN:
            self._flush()
        reactor, held, start = self.reactor, self._held, 0
        view = reactor.view
        if held:
            start = len(held)
            view[:start] = held
            view = view[start:]
        try:
            size = self.socket.recv_into(view)
        except FULL:
            return
        except OSError:
            size = 0
        if not size:
            self.end()
            return
        self._held = self._read(reactor.buffer, start + size)
        # TLS may hold more than it gave, of which the socket says nothing any more.
        if self._is_tls and not self.is_closed:
            self._ready(select.EPOLLIN)

    def _read(self, buffer: bytearray, end: int) -> bytes:
        """Take what stands in the buffer; what is left of it is not complete."""
        at = 0
        if not self.is_open:
            at = self._shake(buffer, end)
            if not at:
                return bytes(buffer[:end])
        while end - at >= 2:
            kind, second = buffer[at], buffer[at + 1]
            size, body = second & 0x7F, at + 2
            if size == SIZE_16:
                size = buffer[body] << 8 | buffer[body + 1]
                body += 2
            elif size == SIZE_64:
                size = int.from_bytes(buffer[body : body + 8])
                body += 8
            if second & MASKED:
                body += 4
            after = body + size
            if after > end:
                break
            if second & MASKED:
                self._unmask(buffer, body, after)
            if kind == TEXT:
                self.text(buffer, body, after)
            else:
                self._control(kind, bytes(buffer[body:after]))
            at = after
        return bytes(buffer[at:end]) if at < end else b""

    def _unmask(self, buffer: bytearray, at: int, end: int) -> None:
        """In place, in whole words; so the three bytes behind it must be put back."""
        turn = (at & 3) * 8
        key = int.from_bytes(buffer[at - 4 : at], "little")
        key = (key << turn | key >> (32 - turn)) & 0xFFFFFFFF
        words, behind = self.reactor.words[at >> 2 : (end + 3) >> 2], buffer[end : end + 3]
        words ^= key
        buffer[end : end + 3] = behind

    def _control(self, kind: int, payload: bytes) -> None:
        if kind == PING:
            self.write(self.frame(payload, frames.PONG))
        elif kind == CLOSE:
            self.end()

    def _flush(self) -> None:
        if self._unsent:
            try:
                del self._unsent[: self.socket.send(self._unsent)]
            except FULL:
                return
            except OSError:
                self.end()
                return
            if not self._unsent:
                self.reactor.watch_room(self.socket, False)

    def end(self) -> None:
        """Without a word, if it has not ended yet."""
        if not self.is_closed:
            self.is_closed = True
            self.reactor.remove(self.socket)
            self.socket.close()
            self.lost()

    def _shake(self, buffer: bytearray, end: int) -> int:
        """Where the frames begin; 0 if the handshake is not complete."""
        at = buffer.find(b"\r\n\r\n", 0, end)
        if at < 0:
            return 0
        self.greet(bytes(buffer[:at]))
        self.is_open = True
        self.opened()
        return at + 4


class ClientLine(Line):
    """Asks for `path`."""

    def __init__(self, reactor: Reactor, path: str, headers: str = "") -> None:
        super().__init__(reactor)
        self.frame = frames.of_client
        self.path = path
        self.headers = headers

    def connect(self, port: int) -> None:
        self.take(socket.create_connection(("127.0.0.1", port)))
        key = b64encode(os.urandom(16)).decode()
        self.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"{self.headers}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def greet(self, head: bytes) -> None:
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise ConnectionError(f"{self.path} was refused: {head[:100].decode(errors='replace')}")


class ServerLine(Line):
    """Answers any path."""

    def __init__(self, reactor: Reactor) -> None:
        super().__init__(reactor)
        self.frame = frames.of_server

    def greet(self, head: bytes) -> None:
        headers = (line.partition(b":") for line in head.split(b"\r\n"))
        key = next(value for name, _, value in headers if name.lower() == b"sec-websocket-key")
        self.write(upgrade.upgrade_response(key.strip().decode()))


class Listener:
    """A port of this machine at which lines are made."""

    def __init__(
        self, reactor: Reactor, make: Callable[[], ServerLine], certificate: ssl.SSLContext | None = None
    ) -> None:
        self._reactor = reactor
        self._make = make
        self._certificate = certificate
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2000)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        reactor.add(self._socket, self._accept)

    def close(self) -> None:
        self._reactor.remove(self._socket)
        self._socket.close()

    def _accept(self, _: int) -> None:
        try:
            accepted = self._socket.accept()[0]
        except FULL:
            return
        if self._certificate:
            accepted.setblocking(False)
            accepted = self._certificate.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False)
        self._make().take(accepted)
