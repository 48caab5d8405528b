"""gunicorn's threaded worker, for the open internet.

Three things are different. A request gets a thread only once it is there whole: until then the main loop holds its
connection, for a few seconds and in bounded number, so that slow or silent clients hold up nobody. An answer that is
not taken is given up. And a worker that is told to go closes its listening sockets at once: a newcomer is refused, and
may try another server, where it would otherwise hang.

Written against gunicorn 25.3.0, whose `ThreadWorker` is overridden in `accept`, `on_client_socket_readable`,
`murder_pending`, `handle`, `handle_request`, `set_accept_enabled` and `handle_exit`.
"""

import errno
import re
import selectors
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

# A browser sends its request in one go; so much is there for a bad line.
HEAD_S = 6.0
MOST_HEAD_BYTES, MOST_BODY_BYTES = 16 * 1024, 16 * 1024
# Beyond so many unfinished requests the oldest gives way: an honest one is whole within a round trip.
MOST_UNFINISHED = 256
MOST_KEPT_ALIVE = 500
# An answer must be taken in so much time. Most fit into the kernel's buffer whole and cost no wait at all.
ANSWER_S = 20.0
SEND_BUFFER_BYTES = 256 * 1024

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_REFUSALS = {
    411: b"411 Length Required",
    413: b"413 Content Too Large",
    431: b"431 Request Header Fields Too Large",
}


@dataclass(slots=True, eq=False)
class Unfinished:
    """A request of which not all has come."""

    conn: Any
    deadline: float
    received: bytearray = field(default_factory=bytearray)

    def verdict(self) -> int | None:
        """None: not all is there; 0: it is whole; else the status to refuse it with."""
        end = self.received.find(_END)
        if end < 0:
            return 431 if len(self.received) > MOST_HEAD_BYTES else None
        head = bytes(self.received[: end + len(_END)])
        if end > MOST_HEAD_BYTES:
            return 431
        if _CHUNKED.search(head):
            return 411
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if size > MOST_BODY_BYTES:
            return 413
        return 0 if len(self.received) >= len(head) + size else None


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_keepalived = MOST_KEPT_ALIVE
        # In the order of their deadlines.
        self._unfinished: dict[Unfinished, None] = {}

    # The main loop: nothing here waits

    def accept(self, listener: socket.socket) -> None:
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                return
            raise
        self.nr_conns += 1
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        conn = TConn(self.cfg, sock, address, listener.getsockname())
        if self.cfg.is_ssl:
            # What comes is not to be read here.
            self.enqueue_req(conn)
        else:
            self._await(conn)

    def on_client_socket_readable(self, conn: Any, client: socket.socket) -> None:
        """A connection that was kept alive has its next request."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        for each in list(self._unfinished):
            if each.deadline > now:
                return
            self._drop(each)

    def _await(self, conn: Any) -> None:
        if len(self._unfinished) >= MOST_UNFINISHED:
            self._drop(next(iter(self._unfinished)))
        unfinished = Unfinished(conn, time.monotonic() + HEAD_S)
        self._unfinished[unfinished] = None
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._readable, unfinished))

    def _readable(self, unfinished: Unfinished, sock: socket.socket) -> None:
        try:
            data = sock.recv(MOST_HEAD_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        unfinished.received += data
        verdict = unfinished.verdict() if data else None
        if verdict == 0:
            self._forget(unfinished)
            self.enqueue_req(_with_request(unfinished))
        elif verdict or not data:
            self._drop(unfinished, verdict or 0)

    def _forget(self, unfinished: Unfinished) -> None:
        del self._unfinished[unfinished]
        self.poller.unregister(unfinished.conn.sock)

    def _drop(self, unfinished: Unfinished, status: int = 0) -> None:
        self._forget(unfinished)
        self.nr_conns -= 1
        if status:
            answer = b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % _REFUSALS[status]
            # It may be gone, or not read: then there is nobody to tell.
            with suppress(OSError):
                unfinished.conn.sock.send(answer)
        unfinished.conn.close()

    # A thread of the pool

    def handle(self, conn: Any) -> Any:
        request, conn.request = getattr(conn, "request", b""), b""
        if request:
            conn.init()
            # Behind what a client sent ahead of time, if it did.
            conn.parser.unreader.buf.seek(0, 2)
            conn.parser.unreader.buf.write(request)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        conn.sock.settimeout(ANSWER_S)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the answer was not taken") from None

    # The end

    def handle_exit(self, sig: int, frame: Any) -> None:
        """On SIGTERM the bridge tells every caller and ends the calls; the threads that sleep for them then wake."""
        if self.alive:
            threading.Thread(target=self.stop_calls, name="stop", daemon=True).start()
        super().handle_exit(sig, frame)

    def stop_calls(self) -> None:
        if getattr(self, "wsgi", None) is not None:
            self.wsgi.extensions["voiceapp_bridge"].stop()

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for listener in self.sockets:
            listener.close()
        for each in list(self._unfinished):
            self._drop(each)
        # gunicorn would wait for the idle ones until its patience ends.
        while self.keepalived_conns:
            conn = self.keepalived_conns.popleft()
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()


def _with_request(unfinished: Unfinished) -> Any:
    """The connection, which carries its request to the thread that handles it."""
    conn = unfinished.conn
    conn.request = bytes(unfinished.received)
    conn.data_ready = True
    return conn
