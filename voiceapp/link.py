"""One live WebSocket on the bridge's loop: its socket, its endpoint, its out-buffer."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from . import wire
from .pace import Bucket

# TLS holds whole records back from select(), so a reader goes on until told to wait; yet other links have their turn.
READS_PER_TURN = 16
CLOSE_WAIT_S = 2.0
# Of a peer we refused: a socket closed on unread bytes resets the line, and our close frame with its reason is lost.
MOST_DISCARDED = 1024 * 1024


class LinkOwner(Protocol):
    """Who is told what happens on a link. Called on the loop's thread."""

    def link_text(self, payload: bytes) -> None: ...

    def link_binary(self, payload: bytes) -> None: ...

    def link_closed(self, code: int, reason: str) -> None:
        """The link is over, said once. 1006: the peer vanished without a word."""


class Link:
    """Feeds what arrives to the endpoint, writes what there is to write, never waits.

    `read_buffer` is the loop's own and is shared by all links. `max_out` bounds the bytes a peer that does not read may
    hold here; beyond it the link is cut with 1008 and `stalled`. `frames` bounds how fast frames may come; beyond it
    the link is closed with 1008 and `too fast`. A socket that is not its own is shut down at the end, and its
    descriptor left to its owner.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        endpoint: wire.Endpoint,
        read_buffer: bytearray,
        *,
        max_out: int,
        owns_socket: bool,
        forget: Callable[["Link"], None],
        frames: Bucket | None = None,
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._fd = sock.fileno()
        self._endpoint = endpoint
        self._buffer = memoryview(read_buffer)
        self._max_out = max_out
        self.owns_socket = owns_socket
        self._forget = forget
        self._frames = frames
        self._out = bytearray()
        self._owner: LinkOwner | None = None
        self._closing = False
        self._over = False
        self._discarding = 0
        self._verdict = (1006, "")
        self.last_heard = loop.time()
        self.received_bytes = self.sent_bytes = 0

    def open(self, owner: LinkOwner) -> None:
        """Start serving the socket, which becomes non-blocking."""
        self._owner = owner
        self._sock.setblocking(False)
        self._loop.add_reader(self._fd, self._readable)
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            self._loop.call_soon(self._readable)

    def hand_over(self, owner: LinkOwner | None) -> None:
        """From now on another is told; None: nobody is."""
        self._owner = owner

    @property
    def over(self) -> bool:
        return self._over

    @property
    def waiting_bytes(self) -> int:
        return len(self._out)

    def send(self, *parts: bytes) -> None:
        """Send the parts, joined, as one text message. Silently dropped once the link is closing."""
        if not self._closing:
            self._write(self._endpoint.text(*parts))

    def ping(self) -> None:
        if not self._closing:
            self._write(self._endpoint.ping())

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye; the link is over when the peer answers, or soon after."""
        if self._closing:
            return
        frame = self._endpoint.close(code, reason)
        self._verdict = (code, reason)
        self._write(frame)
        self._closing = True
        self._loop.call_later(CLOSE_WAIT_S, self.abort)

    def abort(self, code: int | None = None, reason: str = "") -> None:
        """End the link now, without waiting for the peer."""
        if self._over:
            return
        self._over = self._closing = True
        if code is not None:
            self._verdict = (code, reason)
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._out.clear()
        self._let_go()
        self._forget(self)
        if self._owner is not None:
            self._owner.link_closed(*self._verdict)

    def _let_go(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        if self.owns_socket:
            self._sock.close()

    # Reading

    def _readable(self) -> None:
        for _ in range(READS_PER_TURN):
            size = self._receive()
            if size is None or self._over:
                return
            if not self._take(size):
                return
            if size < len(self._buffer) and not isinstance(self._sock, ssl.SSLSocket):
                return
        self._loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        if not self._over:
            self._readable()

    def _receive(self) -> int | None:
        try:
            return self._sock.recv_into(self._buffer)
        except (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        except OSError:
            self.abort()
            return None

    def _take(self, size: int) -> bool:
        if size == 0:
            self.abort()
            return False
        if self._discarding:
            return self._discard(size)
        self.last_heard = self._loop.time()
        self.received_bytes += size
        events = self._endpoint.feed(self._buffer[:size])
        if self._frames is not None and not self._frames.take(len(events)):
            self.close(1008, "too fast")
            return False
        answer = self._endpoint.take_output()
        if answer:
            self._write(answer)
        for event in events:
            if self._over:
                return False
            self._tell(event)
        return not self._over

    def _tell(self, event: wire.Event) -> None:
        owner = self._owner
        if type(event) is wire.Closed:
            self._closed(event)
        elif owner is None:
            return
        elif type(event) is wire.Text:
            owner.link_text(event.payload)
        elif type(event) is wire.Binary:
            owner.link_binary(event.payload)

    def _closed(self, event: wire.Closed) -> None:
        if not self._closing:
            self._verdict = (event.code, event.reason)
        self._closing = True
        if event.by_us:
            self._discarding = MOST_DISCARDED
            self._loop.call_later(CLOSE_WAIT_S, self.abort)
        elif not self._out:
            self.abort()

    def _discard(self, size: int) -> bool:
        self._discarding -= size
        if self._discarding <= 0:
            self.abort()
        return not self._over

    # Writing

    def _write(self, data: bytes) -> None:
        if self._over or not data:
            return
        if self._out:
            self._keep(data)
            return
        sent = self._try_send(data)
        if sent < len(data) and not self._over:
            self._keep(data[sent:])
            self._loop.add_writer(self._fd, self._writable)

    def _keep(self, data: bytes) -> None:
        self._out += data
        if len(self._out) > self._max_out:
            self.abort(1008, "stalled")

    def _try_send(self, data: bytes | bytearray) -> int:
        try:
            sent = self._sock.send(data)
        except (BlockingIOError, InterruptedError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return 0
        except OSError:
            self.abort()
            return 0
        self.sent_bytes += sent
        return sent

    def _writable(self) -> None:
        sent = self._try_send(self._out)
        if self._over:
            return
        del self._out[:sent]
        if not self._out:
            self._loop.remove_writer(self._fd)
            if self._endpoint.closed and not self._discarding:
                self.abort()
