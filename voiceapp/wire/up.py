"""The wire from page to server: every event, its fields and their bounds (docs/wire.md)."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from ..conversation import events as ev
from ..conversation.dialects import SessionConfig
from ..conversation.pcm16 import BASE64_PER_MS
from ..conversation.turn_detection import Detection, PushToTalk, SemanticVad, ServerVad
from ..errors import BrowserError
from . import kinds
from .kinds import Kind

MAX_TEXT_BYTES = 8_000
# Of a JPEG; its base64 comes in parts, so that sound finds its way between them.
MAX_PICTURE_BYTES, MAX_PART_CHARACTERS = 250_000, 32_768
MAX_PICTURE_CHARACTERS = -(-MAX_PICTURE_BYTES // 3) * 4
MAX_PARTS = -(-MAX_PICTURE_CHARACTERS // MAX_PART_CHARACTERS)
MAX_CHUNK_MS = 1_000
MAX_CHUNK_CHARACTERS = MAX_CHUNK_MS * BASE64_PER_MS
MAX_HEARD_MS = 3_600_000
MAX_INSTRUCTIONS = 20_000
# Of the talk before this call.
MAX_TOLD, MAX_TOLD_BYTES = 100, 64_000
# As far as JavaScript counts.
MAX_NUMBER = 2**53 - 1
MAX_TOKEN = 1_000

# Socket.IO packets as the JS client writes them.
AUDIO_PACKET, HEARD_PACKET, GOT_PACKET = b'2["audio",', b'2["heard",', b'2["got",'
_USUAL_HEARD = re.compile(rb'2\["heard",\{"item":"([\w-]{1,128})","heard_ms":([0-9]{1,7})\}\]')
_USUAL_GOT = re.compile(rb'2\["got",\{"n":([0-9]{1,15})\}\]')
_HEAD, _MAX_DIGITS = len(AUDIO_PACKET), 12
# The fast path is not counted, so it parses nothing long; an item's id has 128 characters at most.
_MAX_HEARD = 2048

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")


class Field(NamedTuple):
    """Of an event or of an object in it."""

    kind: Kind
    about: str = ""
    required: bool = False


class Incoming(NamedTuple):
    """An event the page may send; `answer`: the event that answers it, or its acknowledgement."""

    about: str
    fields: Mapping[str, Field]
    answer: str = ""


class Mode(NamedTuple):
    """A way for turns to end, and its fields."""

    about: str
    make: type[Detection]
    fields: Mapping[str, Field]


def is_language(value: Any) -> bool:
    """A BCP 47 tag such as en or pt-BR."""
    return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


def _is_turn(value: Any) -> bool:
    return isinstance(value, dict) and read_detection(value) is not None


def _is_told(value: Any) -> bool:
    """What was said before: roles and words, which a session is told of."""
    return (
        isinstance(value, list)
        and len(value) <= MAX_TOLD
        and all(map(_is_said, value))
        and sum(len(said["text"].encode(errors="replace")) for said in value) <= MAX_TOLD_BYTES
    )


def _is_said(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"role", "text"}
        and value["role"] in ("user", "assistant")
        and isinstance(value["text"], str)
        and bool(value["text"].strip(kinds.BLANKS))
    )


# Outside these ranges speech is cut off or never ends.
TURN_MODES: Mapping[str, Mode] = MappingProxyType({
    "server_vad": Mode("the server hears speech begin and end", ServerVad, {
        "threshold": Field(kinds.number(0.1, 0.9), "how sure the server must be that it is speech (0.5)"),
        "prefix_ms": Field(kinds.whole(0, 1000), "sound kept from before the speech began (300)"),
        "silence_ms": Field(kinds.whole(200, 2000), "the silence that ends a turn (500)"),
        "idle_ms": Field(
            kinds.zero_or_whole(5000, 30000),
            "after so long a silence following an answer the assistant asks whether anybody is there; 0: never; left "
            "out: the server's default",
        ),
    }),
    "semantic_vad": Mode("the server judges whether the person has finished", SemanticVad, {
        "eagerness": Field(kinds.choice("auto", "low", "medium", "high")),
    }),
    "push_to_talk": Mode(
        "the page says so with `talk`: `{down: true}` first, then the sound, with what it kept from just before the "
        "press, and `{down: false}` after the last chunk", PushToTalk, {}),
})  # fmt: skip

_SESSION: Mapping[str, Field] = MappingProxyType({
    "persona": Field(kinds.matching(r"[\w.:-]+", 64, "a persona's name")),
    "profile": Field(kinds.matching(r"[\w.:-]+", 64, "a profile's name")),
    "model": Field(kinds.matching(r"[\w.:/@-]+", 200, "a model's name")),
    "voice": Field(kinds.matching(r"[\w.:-]+", 64, "a voice's name")),
    "instructions": Field(kinds.characters(MAX_INSTRUCTIONS), "in place of the persona's, if the operator allows"),
    "language": Field(
        Kind(is_language, "a language tag such as en or ja", {"type": "string", "pattern": f"^{_LANGUAGE.pattern}$"}),
        "what the person speaks, for the transcription: a BCP 47 tag",
    ),
    "barge_in": Field(
        kinds.choice("at_once", "confirmed"),
        "when whoever speaks into an answer interrupts it: `at_once` (the default), or once there are words or 600 ms "
        "of voice, until when the page is told to `hold` it",
    ),
    "turn": Field(Kind(_is_turn, "an object", {"$ref": "#/$defs/Turn"}), "how turns end (below)"),
    "noise": Field(
        kinds.choice(*get_args(ev.Noise)),
        "how the server takes noise out, where it can: for a microphone that is `near` (a headset) or `far` (a laptop, "
        "a room), or not at all (`near`)",
    ),
})  # fmt: skip

# Of every event that changes the talk, the chunks among them, in one sequence.
_NUMBER = Field(
    kinds.whole(1, MAX_NUMBER),
    "its number in one sequence with the chunks; each is taken once. Left out: nothing is checked",
)
_RETURN: Mapping[str, Field] = MappingProxyType({
    "page": Field(
        kinds.matching("[A-Za-z0-9_-]{16,64}", 64, "16 to 64 letters, digits, - and _"),
        "this page's own random id, which a reload changes",
    ),
    "talk": Field(
        Kind(
            _is_told,
            f"a list of at most {MAX_TOLD} objects with role and text, {MAX_TOLD_BYTES:,} bytes in all",
            {"type": "array", "items": {"$ref": "#/$defs/Said"}, "maxItems": MAX_TOLD},
        ),
        f"a list of `Said`, oldest first, at most {MAX_TOLD_BYTES:,} bytes of UTF-8: a talk that goes on, of which the "
        "session is told",
    ),
})  # fmt: skip

_PLAYBACK: Mapping[str, Field] = MappingProxyType(
    {
        "item": Field(kinds.ITEM, required=True),
        "heard_ms": Field(
            kinds.whole(0, MAX_HEARD_MS), "milliseconds (below); 0 where nothing was heard", required=True
        ),
    }
)

# Beside `audio`, whose values are no fields.
UP: Mapping[str, Incoming] = MappingProxyType({
    "start": Incoming(
        "Begin a call with what is on offer (below).",
        {**_SESSION, "greet": Field(kinds.FLAG, "whether the assistant may speak first (true)"), **_RETURN},
        "acknowledgement: `Answer`",
    ),
    "resume": Incoming(
        "Come back to a call whose line was lost; the first event on a new socket, in place of `start`.",
        {
            "token": Field(kinds.matching(r"[\w.=-]+", MAX_TOKEN, "a token of ours"), "of `ready`", required=True),
            "got": Field(
                kinds.or_null(kinds.whole(0, MAX_NUMBER)),
                "number of the last event that came; null: nothing is held, as after a reload",
                required=True,
            ),
            **_RETURN,
            "before": Field(
                kinds.whole(0, MAX_TOLD),
                "so many of `talk`, the oldest, were said before this call: they are not told anew",
            ),
        },
        "`resumed` or `not_resumed`",
    ),
    "got": Incoming(
        "Up to this number nothing is needed again, not even after a reload: it came, and its sound was heard to the "
        "end or flushed. At most once a second.",
        {"n": Field(kinds.whole(1, MAX_NUMBER), required=True)},
    ),
    "text": Incoming(
        "What the person typed; it interrupts first.",
        {
            "n": _NUMBER,
            "text": Field(kinds.text(MAX_TEXT_BYTES), f"at most {MAX_TEXT_BYTES:,} bytes of UTF-8", required=True),
        },
    ),
    "picture": Incoming(
        f"A part of a picture that the person shows: a JPEG of at most {MAX_PICTURE_BYTES:,} bytes, as base64. The "
        "next part follows once this one was taken; with the last it stands in the talk. It interrupts nothing, and "
        "nothing is answered to it: whoever wants to know of it asks.",
        {
            "n": _NUMBER,
            "item": Field(
                kinds.matching("picture_[A-Za-z0-9]{8,16}", 24, "picture_ and 8 to 16 letters and digits"),
                "the item's id, which the page makes up",
                required=True,
            ),
            "part": Field(kinds.whole(1, MAX_PARTS), "which one it is, from 1", required=True),
            "parts": Field(kinds.whole(1, MAX_PARTS), "of how many", required=True),
            "data": Field(
                kinds.matching("[A-Za-z0-9+/]+={0,2}", MAX_PART_CHARACTERS, "base64"),
                f"at most {MAX_PART_CHARACTERS:,} characters",
                required=True,
            ),
        },
        "`item`",
    ),
    "interrupt": Incoming("Stop the assistant.", {"n": _NUMBER}, "`flush`"),
    "flushed": Incoming(
        "The answer to `flush`, always sent: how much of the item was heard.", {"n": _NUMBER, **_PLAYBACK}
    ),
    "heard": Incoming(
        "How much of an item was heard; sent four times a second while it plays, and once at its end.",
        _PLAYBACK,
    ),
    "voice": Incoming(
        "Since `hold` the microphone has heard a voice for `voice_ms`. Once, and not again until the next one.", {}
    ),
    "talk": Incoming(
        "The push-to-talk key; only with `turn.mode` `push_to_talk`. Down interrupts; up asks for an answer if at "
        "least 100 ms of sound came in between.",
        {"n": _NUMBER, "down": Field(kinds.FLAG, required=True)},
    ),
    "approve": Incoming(
        "Whether a tool may run that is `asked` about. No answer in 60 s is a no.",
        {"n": _NUMBER, "item": Field(kinds.ITEM, required=True), "yes": Field(kinds.FLAG, required=True)},
        "`tool`",
    ),
    "greet": Incoming(
        "Whether the assistant may still speak first; also before `ready`. Off where the person speaks already; on "
        "again where nothing came of it: then it does, if nobody has said anything.",
        {"on": Field(kinds.FLAG, required=True)},
    ),
    "configure": Incoming(
        "Change the call. `barge_in`, `language`, `turn` and `noise` change at once; the other five define a session, "
        "so all five are sent together, and another session takes over (below).",
        {"n": _NUMBER, **_SESSION},
        "acknowledgement: `Answer`, whether the fields are valid; `renewed`",
    ),
    "watch": Incoming(
        "Whether `log` events are wanted, for this call and later ones; also before `start`. Of a call that is over "
        "what is kept is told until the next one begins or the socket closes.",
        {
            "on": Field(kinds.FLAG, required=True),
            "after": Field(kinds.whole(0, MAX_NUMBER), "only those with a greater number; left out: all of the call"),
        },
        "`log`",
    ),
    "stop": Incoming("End the call.", {}, "`ended`"),
})  # fmt: skip


def check_fields(event: str, args: tuple[Any, ...]) -> Mapping[str, Any]:
    """The fields of an event of `UP`. Raises `BrowserError` naming what is wrong."""
    fields = args[0] if args else {}
    if len(args) > 1 or not isinstance(fields, dict):
        raise BrowserError(f"{event} takes one object")
    rules = UP[event].fields
    for name in fields:
        if name not in rules:
            raise BrowserError(f"{event} has no field {str(name)[:40]!r}")
    for name, (kind, _, required) in rules.items():
        if (required or name in fields) and not kind.check(fields.get(name)):
            raise BrowserError(f"{event}.{name} must be {kind.meaning}")
    return fields


def number_in(args: tuple[Any, ...]) -> int | None:
    """The number of an event whose fields are not to be trusted."""
    n = args[0].get("n") if args and isinstance(args[0], dict) else None
    return n if type(n) is int and 0 < n <= MAX_NUMBER else None


def browser_event(event: str, fields: Mapping[str, Any]) -> ev.BrowserEvent:
    """The conversation's event for checked fields of any event of `UP` that is for it."""
    match event:
        case "text":
            return ev.TextTyped(fields["text"].strip(kinds.BLANKS))
        case "interrupt":
            return ev.Interrupted()
        case "flushed":
            return ev.Flushed(fields["item"], fields["heard_ms"])
        case "heard":
            return ev.Heard(fields["item"], fields["heard_ms"])
        case "voice":
            return ev.Voiced()
        case "talk":
            return ev.Talked(fields["down"])
        case "approve":
            return ev.Approved(fields["item"], fields["yes"])
        case "greet":
            return ev.MayGreet(fields["on"])
        case "configure":
            turn, noise = detection_of(fields), fields.get("noise")
            return ev.Configured(turn, fields.get("language"), noise, confirms_in(fields))
        case _:  # stop
            return ev.Stopped()


def session_request(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of checked fields says how the session is to be."""
    return {name: value for name, value in fields.items() if name in _SESSION}


def detection_of(fields: Mapping[str, Any]) -> Detection | None:
    """How turns end, from checked fields; None where they do not say."""
    return read_detection(fields["turn"]) if "turn" in fields else None


def confirms_in(fields: Mapping[str, Any]) -> bool | None:
    """Whether an interruption has to be confirmed, from checked fields; None where they do not say."""
    return fields["barge_in"] == "confirmed" if "barge_in" in fields else None


def read_detection(turn: Mapping[str, Any]) -> Detection:
    """A `turn` object. Raises `BrowserError` naming what is wrong in it."""
    mode = turn.get("mode")
    rules = TURN_MODES.get(mode) if isinstance(mode, str) else None
    if rules is None:
        raise BrowserError(f"turn.mode must be one of {', '.join(TURN_MODES)}")
    given = {name: value for name, value in turn.items() if name != "mode"}
    for name, value in given.items():
        if name not in rules.fields:
            raise BrowserError(f"turn has no field {str(name)[:40]!r} in mode {mode}")
        kind = rules.fields[name].kind
        if not kind.check(value):
            raise BrowserError(f"turn.{name} must be {kind.meaning}")
    return rules.make(**given)


def write_detection(detection: Detection) -> dict[str, Any]:
    """The `turn` object that reads as `detection`."""
    mode = next(name for name, mode in TURN_MODES.items() if isinstance(detection, mode.make))
    return {"mode": mode, **{name: value for name, value in asdict(detection).items() if value is not None}}


def hearing(config: SessionConfig, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What of a page's wishes says how the person is heard, as it holds by now: a server may have refused it."""
    barge_in = "confirmed" if config.confirms else "at_once"
    heard = {"turn": write_detection(config.detection), "language": config.language, "noise": config.noise}
    held = {**heard, "barge_in": barge_in}
    return {name: value for name, value in held.items() if name in asked and value is not None}


def chunk_from_args(args: tuple[Any, ...]) -> tuple[int, bytes]:
    """Number and base64 of an `audio` event that came the ordinary way. Raises `BrowserError`."""
    if len(args) != 2 or type(args[0]) is not int or not isinstance(args[1], str) or not args[1].isascii():
        raise BrowserError("audio takes a chunk's number and its base64")
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
    usual = _USUAL_HEARD.fullmatch(packet)
    if usual is not None and int(usual[2]) <= MAX_HEARD_MS:
        return ev.Heard(usual[1].decode(), int(usual[2]))
    if len(packet) > _MAX_HEARD:
        return None
    try:
        _, *args = json.loads(packet[1:])
        fields = check_fields("heard", tuple(args))
    except (ValueError, RecursionError, BrowserError):
        return None
    return ev.Heard(fields["item"], fields["heard_ms"])


def got_from_packet(packet: bytes) -> int | None:
    """The number in a Socket.IO packet `2["got",{"n":…}]`; None where it is anything but a usual one."""
    usual = _USUAL_GOT.fullmatch(packet)
    return int(usual[1]) or None if usual is not None else None
