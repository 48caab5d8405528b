"""The Socket.IO packets a page may send: checked before python-socketio sees them, over either driver."""

import json
import re
from collections.abc import Callable
from time import monotonic
from typing import Any

from ..net.bridge import Bridge
from ..net.engineio_driver import FRAMES_A_SECOND, FRAMES_AT_ONCE
from ..net.rate_limit import TokenBucket
from ..wire.up import MAX_PART_CHARACTERS

# From one browser. A page sends some 30 events a second: 25 chunks, a few reports, now and then a command.
EVENTS_A_SECOND, EVENTS_AT_ONCE = 50.0, 100.0
# Characters of events beside sound: one of the longest at once. Parsing costs some 50 ns for each.
EVENT_CHARACTERS_A_SECOND, EVENT_CHARACTERS_AT_ONCE = 16_384.0, 131_072.0

# Characters of pictures: one at once, and a part of one every quarter of a second.
PICTURE_CHARACTERS_A_SECOND, PICTURE_CHARACTERS_AT_ONCE = 131_072.0, 393_216.0

# Names of the library's own events: as packets they would run the handlers for connecting and leaving.
RESERVED = frozenset({"connect", "connect_error", "disconnect", "disconnecting", "__disconnect_final"})
CONNECT, DISCONNECT, EVENT = "0", "1", "2"
AUDIO, PICTURE = '2["audio",', '2["picture",'
# A part and what stands around it.
MAX_PICTURE_PACKET = MAX_PART_CHARACTERS + 512
# The longest that is not sound: a `start` with instructions of 20,000 characters, each of them escaped, and with a talk
# of 64,000 bytes as the page writes it.
MAX_CHARACTERS = 128 * 1024

# A connection without a session is of no use to a page.
SESSION_S = 6.0
# So many dropped events are no mistake any more.
MAX_EXCESS = 200
TELL_EVERY_S = 1.0

_MAX_AUTH = 4096
_NUMBERED = re.compile(r"[0-9]{0,9}(?=\[)")

PROTOCOL_ERROR, UNSUPPORTED, BAD_PAYLOAD, POLICY, TOO_BIG = 1002, 1003, 1007, 1008, 1009


class PacketError(Exception):
    """A packet no page of ours sends; the socket is closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def check(packet: Any) -> str:
    """The packet's kind: `CONNECT`, `DISCONNECT` or `EVENT`. Raises `PacketError`."""
    if not isinstance(packet, str):
        raise PacketError(UNSUPPORTED, "no binary packets are taken")
    kind, rest = packet[:1], packet[1:]
    if kind in ("5", "6"):
        raise PacketError(UNSUPPORTED, "no attachments are taken")
    if kind == CONNECT:
        _check_auth(rest)
    elif kind == EVENT:
        _check_event(rest)
    elif kind != DISCONNECT or rest:
        raise PacketError(PROTOCOL_ERROR, "not a packet that pages send")
    return kind


def is_sound(packet: str) -> bool:
    """Whether it can be nothing but a chunk: two values, and none in another, so that to parse it costs little."""
    at = len(AUDIO)
    return packet.startswith(AUDIO) and packet.count(",", at) < 2 and packet.find("[", at) < 0 > packet.find("{", at)


def _check_auth(rest: str) -> None:
    if rest and (len(rest) > _MAX_AUTH or not isinstance(_json(rest), dict)):
        raise PacketError(PROTOCOL_ERROR, "not the way to connect")


def _check_event(rest: str) -> None:
    number = _NUMBERED.match(rest)
    if number is None:
        raise PacketError(PROTOCOL_ERROR, "not an event of the default namespace")
    event = _json(rest[number.end() :])
    if not isinstance(event, list) or not event or not isinstance(event[0], str):
        raise PacketError(PROTOCOL_ERROR, "an event begins with its name")
    if event[0] in RESERVED:
        raise PacketError(POLICY, "this event's name is reserved")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise PacketError(BAD_PAYLOAD, "the packet is not JSON") from None


class _ConnectionRate:
    """One connection's rates."""

    __slots__ = ("characters", "events", "excess", "frames", "pictures", "told")

    def __init__(self, clock: Callable[[], float]) -> None:
        self.events = TokenBucket(EVENTS_A_SECOND, EVENTS_AT_ONCE, clock)
        self.characters = TokenBucket(EVENT_CHARACTERS_A_SECOND, EVENT_CHARACTERS_AT_ONCE, clock)
        self.pictures = TokenBucket(PICTURE_CHARACTERS_A_SECOND, PICTURE_CHARACTERS_AT_ONCE, clock)
        self.frames = TokenBucket(FRAMES_A_SECOND, FRAMES_AT_ONCE, clock)
        self.told = TokenBucket(1 / TELL_EVERY_S, 1, clock)
        self.excess = 0


class PacketGuard:
    """Stands between python-engineio and python-socketio: packets, their pace, and sessions that never begin."""

    def __init__(
        self,
        socketio_server: Any,
        bridge: Bridge,
        close: Callable[[str, int, str], None],
        left_out: Callable[[str, bool], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._server = socketio_server
        self._bridge = bridge
        self._close = close
        self._left_out = left_out
        self._clock = clock
        self._senders: dict[str, _ConnectionRate] = {}
        handlers = socketio_server.eio.handlers
        self._connected, self._message, self._disconnected = (
            handlers[name] for name in ("connect", "message", "disconnect")
        )
        handlers.update(connect=self._connect, message=self._take, disconnect=self._disconnect)

    def _connect(self, sid: str, environ: Any) -> Any:
        self._senders[sid] = _ConnectionRate(self._clock)
        self._expect_session(sid)
        return self._connected(sid, environ)

    def _disconnect(self, sid: str, reason: str) -> Any:
        self._senders.pop(sid, None)
        return self._disconnected(sid, reason)

    def _take(self, sid: str, packet: Any) -> Any:
        sender = self._senders.get(sid)
        if sender is None:
            return None
        try:
            # Counted before it is parsed, since parsing is what a flood would make dear.
            if not self._within_rate(sid, sender, packet):
                return None
            kind = check(packet)
            self._check_session_is_new(sid, kind)
        except PacketError as error:
            self._senders.pop(sid, None)
            self._close(sid, error.code, error.reason)
            return None
        if kind == DISCONNECT:
            self._expect_session(sid)
        return self._message(sid, packet)

    def _within_rate(self, sid: str, sender: _ConnectionRate, packet: Any) -> bool:
        """Whether the packet may pass. Sound has a measure of its own, in the relay."""
        if not sender.frames.take(1):
            raise PacketError(POLICY, "too fast")
        if not isinstance(packet, str) or is_sound(packet):
            return True
        if len(packet) > MAX_CHARACTERS:
            raise PacketError(TOO_BIG, "only sound may be so long")
        picture = packet.startswith(PICTURE) and len(packet) <= MAX_PICTURE_PACKET
        characters = sender.pictures if picture else sender.characters
        if sender.events.take(1) and characters.take(len(packet)):
            return True
        sender.excess += 1
        if sender.excess > MAX_EXCESS:
            raise PacketError(POLICY, "too fast")
        self._left_out(sid, sender.told.take(1))
        return False

    def _check_session_is_new(self, sid: str, kind: str) -> None:
        if kind == CONNECT and self._has_session(sid):
            raise PacketError(PROTOCOL_ERROR, "connected already")

    def _has_session(self, sid: str) -> bool:
        return self._server.manager.sid_from_eio_sid(sid, "/") is not None

    def _expect_session(self, sid: str) -> None:
        self._bridge.run(self._check_later, sid)

    def _check_later(self, sid: str) -> None:
        self._bridge.loop.call_later(SESSION_S, self._check_session, sid)

    def _check_session(self, sid: str) -> None:
        if sid in self._senders and not self._has_session(sid):
            self._close(sid, POLICY, "no session")
