"""HTTP on the loop, for strangers: it accepts, parses and answers there, and lends whole requests to a few threads.

An upgrade to a WebSocket never leaves the loop. Everything is bounded, and what runs out costs the newcomer: a
connection too many closes the one that has waited longest, and without a file descriptor nobody is accepted.
"""

import asyncio
import errno
import logging
import os
import resource
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from . import wsgi_call
from .bridge import Bridge
from .executor import prestarted_pool
from .http_connection import Answer, HttpConnection, RefusedError, Request

log = logging.getLogger(__name__)

# An honest request is whole within a round trip.
MAX_UNFINISHED = 256
MAX_CONNECTIONS = 1000
# As many may be with the threads or wait for one; the next is told to come again.
MAX_RUNNING = 256
# The rest of the file descriptors is for calls.
PART_OF_FILES = 4
ACCEPTS_PER_TURN = 64
PAUSE_S = 0.5
# Frames are small; a file fits in whole.
SEND_BUFFER_BYTES = 256 * 1024

FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

# Told of every answer, from a pool's thread or the loop's: request's environ, the answer, seconds it took.
AccessLog = Callable[[dict[str, Any], Answer, float], None]


class HttpServer:
    """Listens on the bridge's loop. `app` is a WSGI application that writes short answers (no endless streams)."""

    def __init__(
        self,
        bridge: Bridge,
        app: wsgi_call.Application,
        *,
        threads: int,
        keepalive_s: float,
        scheme: Callable[[str, Request], str] = lambda _address, _request: "http",
        tls: ssl.SSLContext | None = None,
        access_log: AccessLog | None = None,
        counted: Callable[[], None] = lambda: None,
    ) -> None:
        self._bridge = bridge
        self._app = app
        self._pool: ThreadPoolExecutor = prestarted_pool(threads, "http")
        self._keepalive_s = keepalive_s
        self._scheme = scheme
        self._tls = tls
        self._access_log = access_log
        self._counted = counted
        self._listeners: list[socket.socket] = []
        self._accepting = False
        # In the order in which they began to wait.
        self._resting: dict[HttpConnection, None] = {}
        self._unfinished: dict[HttpConnection, None] = {}
        self._running = 0
        self._tasks: dict[HttpConnection, asyncio.Task[None]] = {}
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._max_connections = min(MAX_CONNECTIONS, files // PART_OF_FILES)
        self._max_unfinished = min(MAX_UNFINISHED, self._max_connections)
        # Given up for a moment where there is no other, so that a newcomer is closed instead of left to hang.
        self._spare_file: int | None = os.open(os.devnull, os.O_RDONLY)

    # On the loop

    def listen(self, listeners: list[socket.socket]) -> None:
        """Take connections from these, which are bound and listening."""
        self._listeners = listeners
        for listener in listeners:
            listener.setblocking(False)
        self._accept_again()

    def refuse(self) -> None:
        """Newcomers are sent away; whoever is in may stay."""
        self._pause()
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    def stop(self) -> None:
        """Refuse newcomers, drop who waits, and let what runs finish."""
        self.refuse()
        if self._spare_file is not None:
            os.close(self._spare_file)
            self._spare_file = None
        for connection in [*self._resting, *self._unfinished]:
            self._drop(connection)
        for connection in self._tasks:
            connection.last = True
        self._pool.shutdown(wait=False)

    @property
    def connections(self) -> int:
        """Those that are no WebSocket (yet)."""
        return len(self._tasks)

    def _pause(self) -> None:
        self._accepting = False
        for listener in self._listeners:
            self._bridge.loop.remove_reader(listener)

    def _accept_again(self) -> None:
        if self._accepting:
            return
        self._accepting = True
        for listener in self._listeners:
            self._bridge.loop.add_reader(listener, self._accept_some, listener)

    def _accept_some(self, listener: socket.socket) -> None:
        for _ in range(ACCEPTS_PER_TURN):
            try:
                sock, peer = listener.accept()
            except OSError as error:
                if error.errno in _OUT_OF_FILES:
                    self._out_of_files(listener)
                return
            self._take(sock, peer)

    def _out_of_files(self, listener: socket.socket) -> None:
        """Close the newcomer, and let others come later."""
        log.warning("no file descriptor is left, so new connections are refused; raise the limit (ulimit -n)")
        if self._spare_file is not None:
            os.close(self._spare_file)
            self._spare_file = None
            with suppress(OSError):
                listener.accept()[0].close()
        with suppress(OSError):
            self._spare_file = os.open(os.devnull, os.O_RDONLY)
        self._pause()
        self._bridge.loop.call_later(PAUSE_S, self._accept_again)

    def _take(self, sock: socket.socket, peer: Any) -> None:
        if len(self._tasks) >= self._max_connections and not self._make_room():
            with suppress(OSError), sock:
                sock.setblocking(False)
                sock.send(FULL)
            return
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            connection = HttpConnection(
                sock, peer, self._respond, self._sort, keepalive_s=self._keepalive_s, tls=self._tls
            )
        except OSError:
            sock.close()
            return
        self._sort(connection, rests=False)
        task = self._tasks[connection] = self._bridge.spawn(connection.serve())
        task.add_done_callback(lambda _: self._forget(connection))

    def _sort(self, connection: HttpConnection, rests: bool) -> None:
        """By whether it is waited for in the middle of something: of its next request, or of taking its answer."""
        here, there = (self._resting, self._unfinished) if rests else (self._unfinished, self._resting)
        there.pop(connection, None)
        here.setdefault(connection)
        if len(self._unfinished) > self._max_unfinished:
            self._drop(next(iter(self._unfinished)))

    def _make_room(self) -> bool:
        oldest = next(iter(self._resting or self._unfinished), None)
        if oldest is not None:
            self._drop(oldest)
        return oldest is not None

    def _drop(self, connection: HttpConnection) -> None:
        self._resting.pop(connection, None)
        self._unfinished.pop(connection, None)
        task = self._tasks.get(connection)
        if task is not None:
            task.cancel()

    def _forget(self, connection: HttpConnection) -> None:
        # Here, since a task that is cancelled before its first step runs nothing of its own.
        connection.close()
        self._resting.pop(connection, None)
        self._unfinished.pop(connection, None)
        self._tasks.pop(connection, None)

    # One request

    async def _respond(self, connection: HttpConnection, request: Request) -> Answer | None:
        self._unfinished.pop(connection, None)
        self._counted()
        began = time.monotonic()
        environ = wsgi_call.environ_of(request, connection, self._scheme)
        if wsgi_call.is_upgrade(environ):
            return self._upgrade(connection, environ, began)
        if self._running >= MAX_RUNNING:
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE)
        self._running += 1
        try:
            return await self._bridge.loop.run_in_executor(self._pool, self._call, environ, began)
        finally:
            self._running -= 1

    def _call(self, environ: dict[str, Any], began: float) -> Answer:
        answer = wsgi_call.call(self._app, environ)
        self._note(environ, answer, began)
        return answer

    def _upgrade(self, connection: HttpConnection, environ: dict[str, Any], began: float) -> Answer | None:
        """On the loop: nothing in the way of an upgrade waits."""
        if connection.sent_more:
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        # Taken out when it is done: whoever keeps the environ for as long as a call lasts keeps no connection's state.
        once = [connection.detach]
        environ[wsgi_call.DETACH] = lambda: once.pop()()
        answer = wsgi_call.call(self._app, environ)
        upgraded = not once
        self._note(environ, wsgi_call.SWITCHED if upgraded else answer, began)
        return None if upgraded else answer

    def _note(self, environ: dict[str, Any], answer: Answer, began: float) -> None:
        if self._access_log is not None:
            self._access_log(environ, answer, time.monotonic() - began)
