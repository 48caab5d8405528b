"""One connected page: its end of a call, the call it has, and how much it may ask for."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engineio.exceptions import SocketIsClosedError
from flask_socketio import SocketIO

from ..admission.access import Visitor
from ..call.call import Call
from ..config.rules import SESSIONS_PER_USER
from ..errors import TOO_FAST, BrowserError, LimitError
from ..net import engineio_driver
from ..net.link import Reader
from ..net.rate_limit import TokenBucket
from ..wire import down, rendering

log = logging.getLogger(__name__)

# Typed texts of a call, each of which is an answer that somebody pays for, and the bytes in them.
TEXTS_A_SECOND, TEXTS_AT_ONCE = 1.0, 20.0
TEXT_BYTES_A_SECOND, TEXT_BYTES_AT_ONCE = 500.0, 32_000.0
# Pictures, each of which every later answer of the call reads, and somebody pays for.
PICTURES_A_SECOND, PICTURES_AT_ONCE = 0.2, 10.0


class PageSocket:
    """The page's end of a call: written straight to the socket where the bridge owns it, else by Flask-SocketIO."""

    __slots__ = ("_connection", "_sid", "_socketio")

    def __init__(self, socketio: SocketIO, sid: str, connection: engineio_driver.Connection | None) -> None:
        self._socketio = socketio
        self._sid = sid
        self._connection = connection

    def emit(self, event: down.Event) -> None:
        self.send(rendering.packet(event))

    def read_by(self, reader: Reader | None) -> None:
        """Where the bridge owns the socket."""
        if self._connection is not None:
            self._connection.link.read_by(reader)

    def cork(self) -> None:
        if self._connection is not None:
            self._connection.link.cork()

    def uncork(self) -> None:
        if self._connection is not None:
            self._connection.link.uncork()

    def send(self, packet: rendering.Packet) -> None:
        """Never raises: a page that cannot be told is none that a call could wait for, or fail to end for."""
        try:
            if self._connection is not None:
                self._connection.send_packet(packet)
            else:
                name, args = rendering.read(packet)
                self._socketio.emit(name, tuple(args), to=self._sid)
        except SocketIsClosedError:
            pass  # The stock driver's page left in this moment.
        except Exception:
            log.exception("the event %s could not be sent to the page", rendering.name(packet))


@dataclass(slots=True)
class PageConnection:
    """One connected browser and its call, if it has one."""

    socket: PageSocket
    eio_sid: str
    visitor: Visitor
    request_id: str
    # The latest, which may be over.
    latest: Call | None = None
    watching: bool = False
    # The store is asked for its call.
    claiming: bool = False
    # Of this page alone; there are others for its person and address.
    sessions: TokenBucket = field(default_factory=lambda: TokenBucket(*SESSIONS_PER_USER))
    texts: TokenBucket = field(default_factory=lambda: TokenBucket(TEXTS_A_SECOND, TEXTS_AT_ONCE))
    text_bytes: TokenBucket = field(default_factory=lambda: TokenBucket(TEXT_BYTES_A_SECOND, TEXT_BYTES_AT_ONCE))
    pictures: TokenBucket = field(default_factory=lambda: TokenBucket(PICTURES_A_SECOND, PICTURES_AT_ONCE))
    # Since when it has had no call, as far as was looked.
    idle_since: float = 0.0

    @property
    def call(self) -> Call:
        """The call that goes on. Raises `BrowserError`."""
        if self.latest is None or self.latest.over:
            raise BrowserError("there is no call; start one first", "not_started")
        return self.latest

    @property
    def idle(self) -> bool:
        return not self.claiming and (self.latest is None or self.latest.over)

    def may_type(self, text: str) -> bool:
        """Whether one more text is not too much."""
        return self.texts.take(1) and self.text_bytes.take(len(text.encode(errors="replace")))

    def show(self, part: Mapping[str, Any]) -> None:
        """A part of a picture; with the last one the call has it. Raises `BrowserError`, and `LimitError`."""
        picture = self.call.take_part(part)
        if picture is None:
            return
        if not self.pictures.take(1):
            raise LimitError(TOO_FAST)
        self.call.take_event(picture)

    def watch(self, on: bool, after: int = 0) -> None:
        """Whether the event log is wanted: of this call after such a number, and of those to come if it goes on."""
        self.watching = on and (self.watching or self.latest is None or not self.latest.over)
        if self.latest is not None:
            self.latest.watch(on, after)
