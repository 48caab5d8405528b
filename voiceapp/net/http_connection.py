"""One HTTP client on the loop: whole requests in, whole answers out, all within bounds and deadlines.

h11 parses, so what is bounded is what is read: nothing here looks at the bytes beside it. Nothing of a request leaves
here before all of it has come, so that a slow client holds a little memory and no thread.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import h11

# A head may pass its bound by what one read brings.
MAX_HEAD_BYTES, MAX_BODY_BYTES = 16 * 1024, 16 * 1024
# As they come, which is less than what may stand around the chunks of a body: those of a byte each fit.
MAX_REQUEST_BYTES = 128 * 1024
# Of one request, head and body together: a browser sends it in one go.
REQUEST_S = 6.0
# An answer must be taken in so much time. Most fit into the kernel's buffer whole and cost no wait at all.
ANSWER_S = 20.0
# A refused client may still be sending; a socket closed on unread bytes resets the line, and the answer is lost.
LINGER_S, LINGER_BYTES = 1.0, 64 * 1024

_READ_BYTES = 16 * 1024
# Written otherwise a length is a trick played on some other parser on the way.
_PLAIN_LENGTH = re.compile(rb"0|[1-9][0-9]{0,8}")

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Request:
    """All of one request. Header names are in lower case."""

    method: str
    target: bytes
    version: str
    headers: Headers
    body: bytes = field(repr=False)

    def header(self, name: bytes) -> bytes:
        """The first value of this name, or nothing."""
        return next((value for each, value in self.headers if each == name), b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """All of one answer."""

    status: int
    reason: bytes
    headers: Headers
    body: bytes = field(repr=False)


class RefusedError(Exception):
    """A request that is not taken; `status` says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class HttpConnection:
    """Serves one client until it goes, is refused, or its socket is handed to someone else with `detach`.

    `respond` is given each whole request; None from it means that the socket was detached meanwhile. `rests` is told
    True while the client has not sent anything of its next request, and False when the first of it has come, or when
    the client has to be waited for with an answer.
    """

    def __init__(
        self,
        sock: socket.socket,
        peer: Any,
        respond: Callable[["HttpConnection", Request], Awaitable[Answer | None]],
        rests: Callable[["HttpConnection", bool], None],
        *,
        keepalive_s: float,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._sock = sock
        self.peer = peer
        self.server = sock.getsockname()
        self._respond = respond
        self._rests = rests
        self._keepalive_s = keepalive_s
        # No request after the one that is being answered.
        self.last = keepalive_s == 0
        self._tls = tls
        self._h11 = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._detached = False
        # Of the request that is being read.
        self._bytes_left = MAX_REQUEST_BYTES

    @property
    def secure(self) -> bool:
        return self._tls is not None

    async def serve(self) -> None:
        """Until the connection is over, but for its `close`. Raises nothing but cancellation."""
        try:
            await self._serve()
        except RefusedError as error:
            await self._refuse(error.status)
        except h11.RemoteProtocolError as error:
            await self._refuse(HTTPStatus(error.error_status_hint))
        except (OSError, h11.LocalProtocolError):
            # It went, or was too slow.
            pass

    def close(self) -> None:
        """Close the socket, unless somebody else has it."""
        if not self._detached:
            self._sock.close()

    @property
    def sent_more(self) -> bool:
        """Whether bytes stand behind the request."""
        return self._h11.trailing_data[0] != b""

    def detach(self) -> socket.socket:
        """The socket, which is the caller's from now on."""
        self._detached = True
        return self._sock

    async def _serve(self) -> None:
        if self._tls is not None:
            await self._shake_hands(self._tls)
        patience_s = REQUEST_S
        while True:
            request = await self._next_request(patience_s)
            if request is None:
                return
            answer = await self._respond(self, request)
            if answer is None:
                return
            await self._send(answer, request)
            if self._h11.our_state is not h11.DONE:
                return
            self._h11.start_next_cycle()
            patience_s = self._keepalive_s

    async def _shake_hands(self, context: ssl.SSLContext) -> None:
        self._sock = context.wrap_socket(self._sock, server_side=True, do_handshake_on_connect=False)
        async with asyncio.timeout(REQUEST_S):
            await self._attempt(self._sock.do_handshake, reads=True)

    # A request

    async def _next_request(self, patience_s: float) -> Request | None:
        """The next one, whole; None where the client goes or says nothing for `patience_s`."""
        began = self.sent_more
        self._rests(self, not began)
        self._bytes_left = MAX_REQUEST_BYTES
        try:
            async with asyncio.timeout(REQUEST_S if began else patience_s) as deadline:
                while not began and await self._read():
                    began = True
                    self._rests(self, False)
                    deadline.reschedule(self._loop.time() + REQUEST_S)
                return await self._take_request()
        except TimeoutError:
            if began:
                raise RefusedError(HTTPStatus.REQUEST_TIMEOUT) from None
            return None

    async def _take_request(self) -> Request | None:
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        _check_framing(head)
        body = bytearray()
        if self._h11.they_are_waiting_for_100_continue:
            go_on = self._h11.send(h11.InformationalResponse(status_code=100, headers=[]))
            await self._write(go_on or b"")
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
            if len(body) > MAX_BODY_BYTES:
                raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return Request(
            head.method.decode("ascii"), head.target, head.http_version.decode("ascii"), list(head.headers), bytes(body)
        )

    async def _next_event(self) -> Any:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            await self._read()
        return event

    async def _read(self) -> bool:
        """Whether there was more; otherwise the client has said all it will."""
        data = await self._receive()
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        # Who sends without a pause has never to be waited for; the others have their turn all the same.
        await asyncio.sleep(0)
        self._h11.receive_data(data)
        return bool(data)

    # An answer

    async def _send(self, answer: Answer, request: Request) -> None:
        close = [(b"Connection", b"close")] if self.last else []
        head = h11.Response(status_code=answer.status, reason=answer.reason, headers=[*answer.headers, *close])
        parts = [self._h11.send(head)]
        if request.method != "HEAD" and answer.body:
            parts.append(self._h11.send(h11.Data(data=answer.body)))
        parts.append(self._h11.send(h11.EndOfMessage()))
        async with asyncio.timeout(ANSWER_S):
            await self._write(b"".join(part for part in parts if part))

    async def _refuse(self, status: HTTPStatus) -> None:
        answer = b"HTTP/1.1 %d %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        with suppress(OSError):
            async with asyncio.timeout(LINGER_S):
                await self._write(answer % (status, status.phrase.encode()))
                self._sock.shutdown(socket.SHUT_WR)
                left = LINGER_BYTES
                while left > 0 and (data := await self._receive()):
                    left -= len(data)

    # The socket

    async def _receive(self) -> bytes:
        data: bytes = await self._attempt(self._sock.recv, _READ_BYTES, reads=True)
        return data

    async def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[await self._attempt(self._sock.send, rest, reads=False) :]

    async def _attempt(self, action: Callable[..., Any], *args: Any, reads: bool) -> Any:
        """What `action` gives, once the socket lets it."""
        while True:
            try:
                return action(*args)
            except ssl.SSLWantReadError:
                await self._ready(reads=True)
            except ssl.SSLWantWriteError:
                await self._ready(reads=False)
            except (BlockingIOError, InterruptedError):
                await self._ready(reads=reads)

    async def _ready(self, *, reads: bool) -> None:
        if not reads:
            self._rests(self, False)
        loop, sock, ready = self._loop, self._sock, self._loop.create_future()
        (loop.add_reader if reads else loop.add_writer)(sock, _set, ready)
        try:
            await ready
        finally:
            (loop.remove_reader if reads else loop.remove_writer)(sock)


def _set(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)


def _check_framing(head: h11.Request) -> None:
    """Where a body ends must be said once and plainly (RFC 9112, section 6.1). Raises `RefusedError`."""
    names = {name for name, _ in head.headers}
    if b"transfer-encoding" in names and (b"content-length" in names or head.http_version != b"1.1"):
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    for name, value in head.headers:
        if name == b"content-length":
            if not _PLAIN_LENGTH.fullmatch(value):
                raise RefusedError(HTTPStatus.BAD_REQUEST)
            if int(value) > MAX_BODY_BYTES:
                raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
