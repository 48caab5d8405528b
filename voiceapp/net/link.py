"""One live WebSocket on the bridge's loop: its socket, its endpoint, its out-buffer."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from . import websocket
from .rate_limit import TokenBucket

log = logging.getLogger(__name__)

# TLS holds whole records back from select(), so a reader goes on until told to wait; yet other links have their turn.
READS_PER_TURN = 16
# Nor may a peer that sends many small messages keep others waiting: each costs far more than its bytes.
MESSAGES_PER_TURN = 50
# So many frames are counted at once.
FRAMES_COUNTED = 20
CLOSE_WAIT_S = 2.0
# Of a peer we refused: a socket closed on unread bytes resets the line, and our close frame with its reason is lost.
MAX_DISCARDED = 1024 * 1024


class Cause(Enum):
    """Why a link ended."""

    PEER = "the peer closed it"
    LOST = "the peer vanished without closing it"
    STALLED = "the peer stopped reading"
    TOO_FAST = "the peer sent too many frames"
    PROTOCOL = "the peer broke the protocol or sent too long a message"
    US = "we closed it"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a link ended. `code` and `reason` are those of the close frame, the peer's or ours; 1006: there was none."""

    cause: Cause
    code: int = 1006
    reason: str = ""


# Takes messages at the beginning of what was just read into the buffer, of so many bytes; how many it took.
Shortcut = Callable[[memoryview, int], int]
# Makes for a link what reads it in place of its own way.
Reader = Callable[["Link"], Callable[[], None]]
# What a socket says that has nothing to read, or no room to write.
NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class LinkOwner(Protocol):
    """Who is told what happens on a link. Called on the loop's thread, and never from within a call to the link."""

    def link_text(self, payload: bytes) -> None: ...

    def link_binary(self, payload: bytes) -> None: ...

    def link_closed(self, end: Ending) -> None:
        """The link is over, said once: nothing more comes, and what is sent is dropped."""


class Link:
    """Feeds what arrives to the endpoint, writes what there is to write, never waits, never raises.

    `buffer` is the loop's own and is shared by all links. `max_out` bounds the bytes a peer that does not read may
    hold here; beyond it the link is cut (`STALLED`). `frames` bounds how fast frames may come; beyond it the link is
    closed with 1008 (`TOO_FAST`).

    What a peer sends before its close frame is told, then the close. From the close on, by whomever, the link is over
    for its owner; the socket lingers for as long as a close frame takes to arrive. At its end `forget` is called, and
    the socket closed; or, where `released` is given, only shut down, and `released` called: it is another's.
    `receive` and `buffer`: for a `Reader`, which leaves to `take` what it does not take. `plain`: nothing is under way
    but whole messages. `messages`: how many were told.
    """

    __slots__ = (
        "_all_below", "_corked", "_discarding", "_ending", "_endpoint", "_fd", "_forget", "_frames", "_lingering",
        "_loop", "_max_out", "_now", "_out", "_over", "_owner", "_read_otherwise", "_reads_on", "_released",
        "_send_bytes", "_served", "_shortcut", "_sock", "_uncounted", "buffer", "last_heard", "messages", "plain",
        "receive", "received_bytes", "sent_bytes",
    )  # fmt: skip

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        endpoint: websocket.Endpoint,
        buffer: memoryview,
        *,
        max_out: int,
        forget: Callable[["Link"], None],
        released: Callable[[], None] | None = None,
        frames: TokenBucket | None = None,
    ) -> None:
        self._loop = loop
        self._sock = sock
        self.receive, self._send_bytes = sock.recv_into, sock.send
        self._fd = sock.fileno()
        self._endpoint = endpoint
        self.buffer = buffer
        self._max_out = max_out
        self._forget = forget
        self._released = released
        self._frames = frames
        self._out = bytearray()
        # What waits for `uncork`.
        self._corked: list[bytes] | None = None
        self._owner: LinkOwner | None = None
        self._ending: Ending | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._served = self._over = self._read_otherwise = False
        self._shortcut: Shortcut | None = None
        self.plain = True
        # What is short of a full buffer is all that there is to read.
        self._all_below = 0 if isinstance(sock, ssl.SSLSocket) else len(buffer)
        self._discarding = 0
        self.messages = self._uncounted = 0
        self._reads_on = False
        self._now = loop.time
        self.last_heard = loop.time()
        self.received_bytes = self.sent_bytes = 0

    def open(self, owner: LinkOwner) -> None:
        """Start serving the socket, which becomes non-blocking. One that cannot be served is `LOST`."""
        self._owner = owner
        if self._ending is not None:
            self._loop.call_soon(self._tell_ending)
            return
        self._serve()

    def hand_over(self, owner: LinkOwner | None) -> None:
        """From now on another is told; None: nobody is."""
        self._owner = owner
        self._shortcut = None
        if self._read_otherwise:
            self.read_by(None)

    def cut_short(self, shortcut: Shortcut | None) -> None:
        """Ask `shortcut` first of what is read, while nothing but whole messages comes; None: no longer."""
        self._shortcut = shortcut

    def read_by(self, reader: Reader | None) -> None:
        """Have the loop call what `reader` makes, in place of our own way; None: no longer. Not over TLS."""
        if self._served and not self._over and self._all_below:
            self._read_otherwise = reader is not None
            with suppress(OSError, ValueError):
                self._loop.add_reader(self._fd, self._readable if reader is None else reader(self))

    @property
    def ending(self) -> Ending | None:
        """How it ended; None while it can be used."""
        return self._ending

    @property
    def waiting_bytes(self) -> int:
        return len(self._out)

    def send(self, *parts: bytes) -> None:
        """Send the parts, joined, as one text message. Silently dropped once the link is over."""
        if self._ending is None:
            self._write(self._endpoint.text(*parts))

    def cork(self) -> None:
        """What is sent from now on goes in one write, with `uncork`: within the same call of the loop's."""
        self._corked = []

    def uncork(self) -> None:
        waiting, self._corked = self._corked, None
        if waiting:
            self._write(b"".join(waiting))

    def ping(self) -> None:
        if self._ending is None:
            self._write(self._endpoint.ping())

    def close(self, code: int = 1000, reason: str = "", cause: Cause = Cause.US) -> None:
        """Say goodbye and be over."""
        if self._ending is not None:
            return
        frame = self._endpoint.close(code, reason)
        self._end(Ending(cause, code, reason))
        # One that was never open is read from now on, for the peer's goodbye.
        self._serve()
        self._write(frame)
        self._linger()

    def abort(self, cause: Cause = Cause.US) -> None:
        """End the link now, without a word to the peer."""
        if self._over:
            return
        self._over = True
        self._end(Ending(cause))
        if self._lingering is not None:
            self._lingering.cancel()
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            self._loop.remove_writer(self._fd)
        self._out.clear()
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._forget(self)
        if self._released is None:
            with suppress(OSError):
                self._sock.close()
        else:
            self._released()

    def _serve(self) -> None:
        if self._served:
            return
        self._served = True
        try:
            self._sock.setblocking(False)
            self._loop.add_reader(self._fd, self._readable)
        except (OSError, ValueError):
            self.abort(Cause.LOST)
            return
        if isinstance(self._sock, ssl.SSLSocket) and self._sock.pending():
            self._loop.call_soon(self._read_on)

    # The end: first the state, then, in a turn of its own, the owner

    def _end(self, ending: Ending) -> None:
        self.plain = False
        if self._ending is None:
            self._ending = ending
            self._loop.call_soon(self._tell_ending)

    def _tell_ending(self) -> None:
        owner, self._owner = self._owner, None
        if owner is not None and self._ending is not None:
            try:
                owner.link_closed(self._ending)
            except Exception:
                log.exception("the owner of a link failed at its end")

    def _linger(self) -> None:
        if not self._over and self._lingering is None:
            self._lingering = self._loop.call_later(CLOSE_WAIT_S, self.abort)

    # Reading

    def _readable(self) -> None:
        before = self.messages
        for _ in range(READS_PER_TURN):
            try:
                size = self.receive(self.buffer)
            except NOT_NOW:
                return
            except OSError:
                self.abort(Cause.LOST)
                return
            self.last_heard = self._now()
            self.received_bytes += size
            taken = self._shortcut(self.buffer, size) if self.plain and self._shortcut is not None else 0
            if (taken < size or not size) and not self.take(taken, size):
                return
            if size < self._all_below:
                return
            if self.messages - before > MESSAGES_PER_TURN:
                break
        # The loop tells again of what is left in a plain socket.
        if not self._all_below and not self._reads_on:
            self._reads_on = True
            self._loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        self._reads_on = False
        if not self._over:
            self._readable()

    def take(self, at: int, size: int) -> bool:
        """What was read, from `at` on, into the buffer; whether there may be more to read."""
        if size == 0:
            self.abort(Cause.LOST)
            return False
        if self._discarding:
            return self._discard(size)
        texts, at = self._endpoint.texts(self.buffer, at, size) if self._ending is None else ([], at)
        if at < size:
            self._take_rest(texts, self.buffer[at:size])
        elif self._in_time(len(texts)):
            self._tell(texts)
        else:
            self._refuse_flood()
        self.plain = self._ending is None and self._endpoint.between_messages
        return not self._over

    def _in_time(self, count: int) -> bool:
        """Whether so many more frames are not too many; the bucket is asked of several at once."""
        self.messages += count
        self._uncounted += count
        if self._uncounted < FRAMES_COUNTED or self._frames is None:
            return True
        uncounted, self._uncounted = self._uncounted, 0
        return self._frames.take(uncounted)

    def _take_rest(self, texts: list[bytes], data: memoryview) -> None:
        """What the endpoint has to look at, behind these texts: control frames, parts, and what should not be there."""
        before = self._ending
        events = self._endpoint.feed(data)
        flood = not self._in_time(len(texts) + len(events))
        if self._endpoint.closed and not flood:
            self._take_close(events)
        answer = self._endpoint.take_output()
        if answer:
            self._write(answer)
        if flood:
            self._refuse_flood()
        elif before is None:
            self._tell(texts)
            self._tell(events)
        if self._endpoint.closed and not self._discarding and not self._out:
            self.abort()

    def _take_close(self, events: list[websocket.Event]) -> None:
        """The last of `events` is the close frame that the peer sent, or the one we sent it."""
        closed = events[-1] if events else None
        if isinstance(closed, websocket.Closed):
            self._end(Ending(Cause.PROTOCOL if closed.by_us else Cause.PEER, closed.code, closed.reason))
            if closed.by_us:
                self._discarding = MAX_DISCARDED
            self._linger()

    def _refuse_flood(self) -> None:
        self.close(1008, "too fast", Cause.TOO_FAST)
        self._discarding = self._discarding or MAX_DISCARDED

    def _tell(self, messages: Iterable[bytes | websocket.Event]) -> None:
        """All that the peer sent before the end, unless the end is our own wish. Texts may come as they are."""
        for message in messages:
            owner = self._owner
            if owner is None or (self._ending is not None and self._ending.cause is Cause.US):
                return
            try:
                if type(message) is bytes:
                    owner.link_text(message)
                elif type(message) is websocket.Text:
                    owner.link_text(message.payload)
                elif type(message) is websocket.Binary:
                    owner.link_binary(message.payload)
            except Exception:
                log.exception("the owner of a link failed at a message")
                self.close(1011, "internal error")

    def _discard(self, size: int) -> bool:
        self._discarding -= size
        if self._discarding <= 0:
            self.abort()
        return not self._over

    # Writing

    def _write(self, data: bytes) -> None:
        if self._over or not data:
            return
        if self._corked is not None:
            self._corked.append(data)
            return
        if self._out:
            self._keep(data)
            return
        sent = self._try_send(data)
        if sent < len(data) and not self._over:
            self._keep(data[sent:])
            if not self._over:
                self._loop.add_writer(self._fd, self._writable)

    def _keep(self, data: bytes) -> None:
        self._out += data
        if len(self._out) > self._max_out:
            self.abort(Cause.STALLED)

    def _try_send(self, data: bytes | bytearray) -> int:
        try:
            sent = self._send_bytes(data)
        except NOT_NOW:
            return 0
        except OSError:
            self.abort(Cause.LOST)
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
