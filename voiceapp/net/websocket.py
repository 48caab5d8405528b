"""One end of a WebSocket, client or server, without any I/O: bytes go in, events and bytes come out (RFC 6455).

The caller owns the socket. It feeds what it received, writes what `take_output` holds after that, and writes the
frames it asks for. A peer that breaks the protocol never raises here: it gets a close frame and a `Closed` event.
No extension and no subprotocol is spoken.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from .masking import apply_mask, masking_keys

_FIN, _CONTROL = 0x80, 0x08
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x81, 0x82, 0x88, 0x89, 0x8A  # first bytes of unfragmented frames
_OPCODES = frozenset({0x0, 0x1, 0x2, 0x8, 0x9, 0xA})
_BETWEEN_MESSAGES = frozenset({0x01, 0x02, _TEXT, _BINARY, _CLOSE, _PING, _PONG})
_INSIDE_MESSAGE = frozenset({0x00, 0x80, _CLOSE, _PING, _PONG})

_MASKED, _SIZE_16, _SIZE_64, _MAX_CONTROL = 0x80, 126, 127, 125
_SHORTEST = 6  # of a frame that is worth a look
_HEAD_SIZE = bytes(  # of a frame, by its second byte (section 5.2)
    2 + {_SIZE_16: 2, _SIZE_64: 8}.get(second & 0x7F, 0) + (4 if second & _MASKED else 0) for second in range(256)
)
_HEAD_16, _HEAD_64, _CODE, _LONG = (struct.Struct(layout) for layout in ("!BBH", "!BBQ", "!H", "!Q"))

_NORMAL, _PROTOCOL_ERROR, _NO_CODE, _BAD_PAYLOAD, _POLICY, _TOO_BIG = 1000, 1002, 1005, 1007, 1008, 1009
_CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})  # section 7.4 and IANA's registry

_PONGS_HELD = 4096  # bytes of unwritten pongs, above which only the latest ping is answered (section 5.5.3)


class Role(Enum):
    """Who we are. Clients mask what they send, servers do not (section 5.1)."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Text:
    """One whole text message, valid UTF-8."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Binary:
    """One whole binary message."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """A ping, already answered: the pong is in the output."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """A pong, asked for or not."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The last event: the peer's close frame (1005 if it gave no code) or, `by_us`, why we failed the connection."""

    code: int
    reason: str
    by_us: bool


Event = Text | Binary | Ping | Pong | Closed


class LocalError(ValueError):
    """We asked for a frame that may not be sent."""


class _RemoteError(Exception):
    """The peer broke the protocol or a limit; becomes a close frame (section 7.1.7)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Endpoint:
    """The state of one connection after its handshake. `keys`: a client's `masking_keys`, which several may share."""

    __slots__ = (
        "_allowed", "_close_sent", "_held", "_keys", "_kind", "_mask_in", "_max_fragments", "_max_message", "_output",
        "_parts", "_parts_size", "_wanted", "closed",
    )  # fmt: skip

    def __init__(
        self, role: Role, *, max_message: int, max_fragments: int = 1024, keys: Iterator[bytes] | None = None
    ) -> None:
        self.closed = False  # no more data will come out or be accepted
        self._close_sent = False
        self._mask_in = _MASKED if role is Role.SERVER else 0
        self._keys = (keys or masking_keys()) if role is Role.CLIENT else None
        self._max_message = max_message
        self._max_fragments = max_fragments
        self._output = b""  # pongs, then perhaps a close frame
        self._held = bytearray()  # an unfinished frame
        self._wanted = 0  # how long `_held` must be before it is worth another look
        self._allowed = _BETWEEN_MESSAGES  # first bytes the next frame may have
        self._kind = 0  # first byte of the message `_parts` belong to
        self._parts: list[bytes] = []
        self._parts_size = 0

    @property
    def between_messages(self) -> bool:
        """Whether the next byte begins a message, and more may come."""
        return not self._held and self._allowed is _BETWEEN_MESSAGES and not self.closed

    def texts(self, view: memoryview, at: int, end: int) -> tuple[list[bytes], int]:
        """The text messages that begin what was received, from `at` on, each a whole frame; and where the rest begins.

        The rest is for `feed`: anything else, and all that is not as it must be. This is what most messages are, read
        without an object for each.
        """
        found: list[bytes] = []
        if not self.between_messages:
            return found, at
        while end - at >= _SHORTEST and view[at] == _TEXT:
            size, start = view[at + 1] ^ self._mask_in, at + 2
            if size == _SIZE_16:
                size, start = view[at + 2] << 8 | view[at + 3], at + 4
                if size < _SIZE_16:
                    break
            elif size > _SIZE_16:
                break
            if self._mask_in:
                start += 4
            stop = start + size
            if stop > end or size > self._max_message:
                break
            if self._mask_in:
                payload = apply_mask(view[start:stop], bytes(view[start - 4 : start]))
            else:
                payload = bytes(view[start:stop])
            if not (payload.isascii() or _is_utf8(payload)):
                break
            found.append(payload)
            at = stop
        return found, at

    def feed(self, data: bytes | bytearray | memoryview) -> list[Event]:
        """Take bytes from the peer. Nothing of `data` is kept; after `Closed` it is ignored (section 7.1.7)."""
        if self.closed:
            return []
        if self._held:
            self._held += data
            if len(self._held) < self._wanted:
                return []
            data, self._held = self._held, bytearray()
        events: list[Event] = []
        try:
            self._read(memoryview(data), events)
        except _RemoteError as error:
            events.append(self._fail(error))
        return events

    def take_output(self) -> bytes:
        """The control frames that wait to be written; they are the caller's from now on."""
        output, self._output = self._output, b""
        return output

    def text(self, *parts: bytes) -> bytes:
        """A text message of the joined parts, as one frame. That it is UTF-8 is the caller's promise (section 5.6).

        As `_frame`, with less between: one copy of what a server sends, two of what a client does.
        """
        size, keys = sum(map(len, parts)), self._keys
        if size >= 1 << 16 or self._close_sent:
            return self._frame(_TEXT, *parts)
        masked = 0 if keys is None else _MASKED
        head = _head(_TEXT, size, masked) if size < _SIZE_16 else _HEAD_16.pack(_TEXT, masked | _SIZE_16, size)
        if keys is None:
            return b"".join((head, *parts))
        key = next(keys)
        return b"".join((head, key, apply_mask(b"".join(parts), key)))

    def ping(self, payload: bytes = b"") -> bytes:
        """A ping frame (section 5.5.2)."""
        if len(payload) > _MAX_CONTROL:
            raise LocalError(f"a ping carries at most {_MAX_CONTROL} bytes")
        return self._frame(_PING, payload)

    def close(self, code: int = _NORMAL, reason: str = "") -> bytes:
        """Our close frame, its reason cut to fit; nothing if it was sent before (section 5.5.1)."""
        if code not in _CODES:
            raise LocalError(f"{code} is no close code to send")
        if self._close_sent:
            return b""
        frame = self._frame(_CLOSE, _close_payload(code, reason))
        self._close_sent = True
        return frame

    # Frames in

    def _read(self, view: memoryview, events: list[Event]) -> None:
        at, end = 0, len(view)
        while at < end and not self.closed:
            start, stop = self._extent(view, at, end)
            if stop > end:
                self._held += view[at:]
                self._wanted = stop - at
                return
            payload = bytes(view[start:stop])
            if self._mask_in:
                payload = apply_mask(payload, bytes(view[start - 4 : start]))
            event = self._take(view[at], payload)
            if event is not None:
                events.append(event)
            at = stop

    def _extent(self, view: memoryview, at: int, end: int) -> tuple[int, int]:
        """Where the payload of the frame at `at` starts and stops, as far as `end` lets us see (section 5.2)."""
        if end - at < 2:
            return at, at + 2
        first, second = view[at], view[at + 1]
        self._check_head(first, second)
        start = at + _HEAD_SIZE[second]
        if start > end:
            return start, start
        size = _size(view, at)
        if not first & _CONTROL:
            self._check_room(size)
        return start, start + size

    def _check_head(self, first: int, second: int) -> None:
        """Sections 5.2, 5.4 and 5.5, in as much as two bytes can tell."""
        if first not in self._allowed:
            raise _RemoteError(_PROTOCOL_ERROR, _objection(first))
        if second & _MASKED != self._mask_in:
            raise _RemoteError(_PROTOCOL_ERROR, "the frame is not masked" if self._mask_in else "the frame is masked")
        if first & _CONTROL and second & 0x7F > _MAX_CONTROL:
            raise _RemoteError(_PROTOCOL_ERROR, "a control frame is too long")

    def _check_room(self, size: int) -> None:
        """Our limits, held before anything is buffered (section 10.4)."""
        if self._parts_size + size > self._max_message:
            raise _RemoteError(_TOO_BIG, f"a message has at most {self._max_message} bytes")
        if len(self._parts) >= self._max_fragments:
            raise _RemoteError(_POLICY, f"a message has at most {self._max_fragments} fragments")

    def _take(self, first: int, payload: bytes) -> Event | None:
        if first == _TEXT:
            return _text(payload)
        if first == _BINARY:
            return Binary(payload)
        if first == _PING:
            return self._answer(payload)
        if first == _PONG:
            return Pong(payload)
        if first == _CLOSE:
            return self._end(payload)
        return self._join(first, payload)

    def _join(self, first: int, payload: bytes) -> Event | None:
        """Fragments (section 5.4). UTF-8 is checked when the message is whole: section 8.1 leaves the moment open."""
        if first & ~_FIN:
            self._kind = first | _FIN
            self._allowed = _INSIDE_MESSAGE
        self._parts.append(payload)
        self._parts_size += len(payload)
        if not first & _FIN:
            return None
        message = b"".join(self._parts)
        self._forget_message()
        return self._take(self._kind, message)

    def _forget_message(self) -> None:
        self._parts.clear()
        self._parts_size = 0
        self._allowed = _BETWEEN_MESSAGES

    def _answer(self, payload: bytes) -> Ping:
        """Section 5.5.2; nothing may follow our close frame."""
        if not self._close_sent:
            waiting = self._output if len(self._output) < _PONGS_HELD else b""
            self._output = waiting + self._frame(_PONG, payload)
        return Ping(payload)

    def _end(self, payload: bytes) -> Closed:
        """The peer's close frame, answered with its own code unless ours went first (section 5.5.1)."""
        code, reason = _close_reason(payload)
        self._finish(payload[: _CODE.size])
        return Closed(code, reason, by_us=False)

    def _fail(self, error: _RemoteError) -> Closed:
        self._finish(_close_payload(error.code, error.reason))
        return Closed(error.code, error.reason, by_us=True)

    def _finish(self, payload: bytes) -> None:
        if not self._close_sent:
            self._output += self._frame(_CLOSE, payload)
        self._close_sent = self.closed = True
        self._forget_message()

    # Frames out

    def _frame(self, first: int, *parts: bytes) -> bytes:
        if self._close_sent:
            raise LocalError("nothing may follow the close frame")
        if self._keys is None:
            return b"".join((_head(first, sum(map(len, parts)), 0), *parts))
        key, payload = next(self._keys), b"".join(parts)
        return b"".join((_head(first, len(payload), _MASKED), key, apply_mask(payload, key)))


def _head(first: int, size: int, masked: int) -> bytes:
    if size < _SIZE_16:
        return bytes((first, masked | size))
    if size < 1 << 16:
        return _HEAD_16.pack(first, masked | _SIZE_16, size)
    return _HEAD_64.pack(first, masked | _SIZE_64, size)


def _size(view: memoryview, at: int) -> int:
    """The declared length, which must be written in the shortest way (section 5.2)."""
    size = view[at + 1] & 0x7F
    if size < _SIZE_16:
        return size
    if size == _SIZE_16:
        size, minimum = view[at + 2] << 8 | view[at + 3], _SIZE_16
    else:
        size, minimum = _LONG.unpack_from(view, at + 2)[0], 1 << 16
    if size < minimum or size >> 63:
        raise _RemoteError(_PROTOCOL_ERROR, "the length is ill-formed")
    return size


def _objection(first: int) -> str:
    """What is wrong with a first byte that is not allowed now."""
    opcode = first & 0x0F
    if first & 0x70:
        return "reserved bits are set"
    if opcode not in _OPCODES:
        return f"opcode {opcode} is unknown"
    if opcode & _CONTROL:
        return "a control frame is fragmented"
    return "a message begins inside another" if opcode else "a continuation has no beginning"


def _text(payload: bytes) -> Text:
    """Section 8.1; `isascii` spares audio the decoding."""
    if not payload.isascii():
        _utf8(payload)
    return Text(payload)


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _utf8(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise _RemoteError(_BAD_PAYLOAD, "the text is not UTF-8") from None


def _close_reason(payload: bytes) -> tuple[int, str]:
    """Code and reason (sections 5.5.1, 7.1.5 and 7.4)."""
    if not payload:
        return _NO_CODE, ""
    if len(payload) < _CODE.size:
        raise _RemoteError(_PROTOCOL_ERROR, "half a close code")
    code: int = _CODE.unpack_from(payload)[0]
    if code not in _CODES:
        raise _RemoteError(_PROTOCOL_ERROR, f"close code {code} may not be sent")
    return code, _utf8(payload[_CODE.size :])


def _close_payload(code: int, reason: str) -> bytes:
    """At most as long as a control frame may be, without half a character at the end."""
    room = _MAX_CONTROL - _CODE.size
    return _CODE.pack(code) + reason.encode(errors="replace")[:room].decode(errors="ignore").encode()
