"""The wire from page to server: every event, its fields and their bounds (docs/wire.md)."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, NamedTuple

from ..conversation import events as ev
from ..conversation.dialects import SessionConfig
from ..conversation.pcm16 import BASE64_PER_MS, NotBase64Error, base64_size
from ..conversation.turn_detection import Detection, PushToTalk, SemanticVad, ServerVad
from ..errors import BrowserError

MAX_TEXT_BYTES = 8_000
MAX_CHUNK_MS = 1_000
MAX_CHUNK_CHARACTERS = MAX_CHUNK_MS * BASE64_PER_MS
MAX_HEARD_MS = 3_600_000
MAX_INSTRUCTIONS = 20_000

# Socket.IO packets as the JS client writes them.
AUDIO_PACKET, HEARD_PACKET = b'2["audio",', b'2["heard",'
_HEAD, _MAX_DIGITS = len(AUDIO_PACKET), 12
# The fast path is not counted, so it parses nothing long; an item's id has 128 characters at most.
_MAX_HEARD = 2048

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")

Check = Callable[[Any], bool]


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w.:-]{1,64}", value) is not None


def is_language(value: Any) -> bool:
    """A BCP 47 tag such as en or pt-BR."""
    return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


def _is_model(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w.:/@-]{1,200}", value) is not None


def _are_instructions(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_INSTRUCTIONS


def _is_item(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 128


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value.encode(errors="replace")) <= MAX_TEXT_BYTES


def _is_whole(value: Any, minimum: int, maximum: int) -> bool:
    return type(value) is int and minimum <= value <= maximum


def _is_idle(value: Any) -> bool:
    return _is_whole(value, 0, 0) or _is_whole(value, 5000, 30000)


def _is_between(value: Any, minimum: float, maximum: float) -> bool:
    return type(value) in (int, float) and minimum <= value <= maximum


def _is_heard(value: Any) -> bool:
    return _is_whole(value, 0, MAX_HEARD_MS)


def _is_turn(value: Any) -> bool:
    return isinstance(value, dict) and read_detection(value) is not None


def _is_flag(value: Any) -> bool:
    return type(value) is bool


class _Mode(NamedTuple):
    make: type[Detection]
    fields: Mapping[str, tuple[Check, str]]


# Outside these ranges speech is cut off or never ends.
_TURN_FIELDS: Mapping[str, _Mode] = MappingProxyType({
    "server_vad": _Mode(ServerVad, {
        "threshold": (lambda value: _is_between(value, 0.1, 0.9), "a number from 0.1 to 0.9"),
        "prefix_ms": (lambda value: _is_whole(value, 0, 1000), "a whole number from 0 to 1000"),
        "silence_ms": (lambda value: _is_whole(value, 200, 2000), "a whole number from 200 to 2000"),
        "idle_ms": (_is_idle, "0 or a whole number from 5000 to 30000"),
    }),
    "semantic_vad": _Mode(SemanticVad, {
        "eagerness": (lambda value: value in ("auto", "low", "medium", "high"), "auto, low, medium or high"),
    }),
    "push_to_talk": _Mode(PushToTalk, {}),
})  # fmt: skip

# What a session is made of; session_options.py knows which there are.
_SESSION: Mapping[str, tuple[Check, str, bool]] = MappingProxyType({
    "persona": (_is_word, "a persona's name", False),
    "profile": (_is_word, "a profile's name", False),
    "model": (_is_model, "a model's name", False),
    "voice": (_is_word, "a voice's name", False),
    "instructions": (_are_instructions, f"text of 1 to {MAX_INSTRUCTIONS} characters", False),
    "language": (is_language, "a language tag such as en or ja", False),
    "turn": (_is_turn, "an object", False),
})  # fmt: skip

# Event → field → (check, what it must be, required).
UP: Mapping[str, Mapping[str, tuple[Check, str, bool]]] = MappingProxyType({
    "start": {**_SESSION, "greet": (_is_flag, "true or false", False)},
    "talk": {"down": (_is_flag, "true or false", True)},
    "configure": _SESSION,
    "text": {"text": (_is_text, f"text of 1 to {MAX_TEXT_BYTES} bytes", True)},
    "interrupt": {},
    "flushed": {
        "item": (_is_item, "an item's id", True),
        "heard_ms": (_is_heard, f"a whole number from 0 to {MAX_HEARD_MS}", True),
    },
    "heard": {
        "item": (_is_item, "an item's id", True),
        "heard_ms": (_is_heard, f"a whole number from 0 to {MAX_HEARD_MS}", True),
    },
    "watch": {"on": (_is_flag, "true or false", True)},
    "stop": {},
})  # fmt: skip


def check_fields(event: str, args: tuple[Any, ...]) -> Mapping[str, Any]:
    """The fields of an event of `UP`. Raises `BrowserError` naming what is wrong."""
    fields = args[0] if args else {}
    if len(args) > 1 or not isinstance(fields, dict):
        raise BrowserError(f"{event} carries one object")
    rules = UP[event]
    for name in fields:
        if name not in rules:
            raise BrowserError(f"{event} has no field {str(name)[:40]!r}")
    for name, (check, meaning, required) in rules.items():
        if (required or name in fields) and not check(fields.get(name)):
            raise BrowserError(f"{event}.{name} must be {meaning}")
    return fields


def browser_event(event: str, fields: Mapping[str, Any]) -> ev.BrowserEvent:
    """The conversation's event for checked fields of any event of `UP` but `start` and `watch`."""
    match event:
        case "text":
            return ev.TextTyped(fields["text"].strip())
        case "interrupt":
            return ev.Interrupted()
        case "flushed":
            return ev.Flushed(fields["item"], fields["heard_ms"])
        case "heard":
            return ev.Heard(fields["item"], fields["heard_ms"])
        case "talk":
            return ev.Talked(fields["down"])
        case "configure":
            return ev.Configured(detection_of(fields), fields.get("language"))
        case _:
            return ev.Stopped()


def detection_of(fields: Mapping[str, Any]) -> Detection | None:
    """How turns end, from checked fields; None where they do not say."""
    return read_detection(fields["turn"]) if "turn" in fields else None


def read_detection(turn: Mapping[str, Any]) -> Detection:
    """A `turn` object. Raises `BrowserError` naming what is wrong in it."""
    mode = turn.get("mode")
    rules = _TURN_FIELDS.get(mode) if isinstance(mode, str) else None
    if rules is None:
        raise BrowserError(f"turn.mode must be one of {', '.join(_TURN_FIELDS)}")
    given = {name: value for name, value in turn.items() if name != "mode"}
    for name, value in given.items():
        if name not in rules.fields:
            raise BrowserError(f"turn has no field {str(name)[:40]!r} for {mode}")
        check, meaning = rules.fields[name]
        if not check(value):
            raise BrowserError(f"turn.{name} must be {meaning}")
    return rules.make(**given)


def write_detection(detection: Detection) -> dict[str, Any]:
    """The `turn` object that reads as `detection`."""
    mode = next(name for name, mode in _TURN_FIELDS.items() if isinstance(detection, mode.make))
    return {"mode": mode, **{name: value for name, value in asdict(detection).items() if value is not None}}


def hearing(config: SessionConfig, session_request: Mapping[str, Any]) -> dict[str, Any]:
    """What of a page's wishes says how the person is heard, as it holds by now: a server may have refused it."""
    held = {"turn": write_detection(config.detection), "language": config.language}
    return {name: value for name, value in held.items() if name in session_request and value is not None}


def chunk_bytes(sound: bytes) -> int:
    """Bytes of PCM16 in a chunk's base64, found without decoding it.

    Raises `BrowserError` where it is not whole base64 of whole samples, 1 to 1,000 ms of them.
    """
    if not 0 < len(sound) <= MAX_CHUNK_CHARACTERS:
        raise BrowserError(f"audio was refused: it must be 1 to {MAX_CHUNK_MS} ms of sound")
    try:
        size = base64_size(sound)
    except NotBase64Error as error:
        raise BrowserError(f"audio was refused: {error}") from None
    if size % 2:
        raise BrowserError("audio was refused: it holds half a sample")
    return size


def chunk_from_args(args: tuple[Any, ...]) -> tuple[int, bytes]:
    """Number and base64 of an `audio` event that came the ordinary way. Raises `BrowserError`."""
    if len(args) != 2 or type(args[0]) is not int or not isinstance(args[1], str) or not args[1].isascii():
        raise BrowserError("audio carries a chunk's number and base64")
    return args[0], args[1].encode()


def chunk_from_packet(packet: bytes) -> tuple[int, bytes] | None:
    """Number and base64 of a Socket.IO packet `2["audio",n,"…"]`; None where it is not of just that form."""
    comma = packet.find(b",", _HEAD, _HEAD + _MAX_DIGITS)
    number = packet[_HEAD:comma]
    if comma < 0 or not number.isdigit() or packet[comma + 1 : comma + 2] != b'"' or not packet.endswith(b'"]'):
        return None
    sound = packet[comma + 2 : -2]
    return None if b'"' in sound or b"\\" in sound else (int(number), sound)


def heard_from_packet(packet: bytes) -> ev.Heard | None:
    """The event in a Socket.IO packet `2["heard",{…}]`; None where it is anything but a good one."""
    if len(packet) > _MAX_HEARD:
        return None
    try:
        _, *args = json.loads(packet[1:])
        fields = check_fields("heard", tuple(args))
    except (ValueError, RecursionError, BrowserError):
        return None
    return ev.Heard(fields["item"], fields["heard_ms"])
