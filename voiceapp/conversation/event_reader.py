"""What comes from a server, read once: whatever spelling it has, what is behind this knows one.

Beyond its bounds, and where it cannot be read, it is left out, and the reason is told for the log.
"""

import json
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from . import dialects
from . import events as ev
from .ids import MAX_CHARACTERS, Ids
from .pcm16 import NotBase64Error, Samples, base64_size, standard_base64, usual_pcm
from .spelling import Spelling

# Every server seen writes the type first, or behind an event_id; one that does not takes the ordinary way.
_TYPE_WITHIN = 120
_TYPE = re.compile(rb'\s*\{\s*(?:"event_id"\s*:\s*"[^"\\]*"\s*,\s*)?"type"\s*:\s*"([^"\\]*)"')
_DELTA = re.compile(rb'"delta"\s*:\s*"')
# Sound in events that we read other things of (a server may echo what the person said).
_LONG_BASE64 = re.compile(rb'"[A-Za-z0-9+/=_\\-]{4096,}+"')
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_SOUND_DELTAS = frozenset({"response.output_audio.delta", "response.audio.delta"})
# Sound apart. A session's settings and an answer's words are a tenth of it.
MAX_EVENT_BYTES = 1024 * 1024
# Python makes an object of each: 340,000 empty lists, which are 1 MB, would hold the bridge for half a second.
MAX_VALUES = 20_000
# Of sound in an odd spelling, which has to be copied to be read: a minute.
MAX_ODD_SOUND_BYTES = 4 * 1024 * 1024
# What stands around the sound of a delta; recorded ones have 250 bytes.
MAX_AROUND_BYTES = 4096
# Texts that are said at once, each cut in the middle of a character.
MAX_HALVES = 50
# To see whether so little is needed takes as long as to parse it.
FEW_BYTES = 1000


class LeftOut(Enum):
    """Why something a server sent was ignored; the value is for the log."""

    TOO_LONG = "an event of more than 1 MB or 20,000 values beside its sound"
    UNREADABLE = "an event that is no JSON object with the fields it must have"
    NOT_BASE64 = "sound that is not base64"


class SoundDelta(NamedTuple):
    """An audio delta as standard base64 of whole samples. `size`: bytes of PCM16; 0: there is nothing in it."""

    response: str
    item: str
    sound: bytes
    size: int

    def event(self) -> ev.AudioDelta:
        return ev.AudioDelta(self.response, self.item, self.sound.decode())


class Words(NamedTuple):
    """More of what the assistant says, in letters."""

    response: str
    item: str
    delta: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One message of the server's. `message`: its JSON, or its type alone where the rest was not looked at."""

    message: dict[str, Any] = field(default_factory=dict)
    event: ev.UpstreamEvent | None = None
    left_out: LeftOut | None = None

    @property
    def type(self) -> str:
        """As the server names it."""
        return str(self.message.get("type", ""))


class EventReader:
    """Of one call; `begin_session` where another session takes over."""

    __slots__ = ("_halves", "_samples", "_sound", "_words", "ids")

    def __init__(self) -> None:
        self.ids = Ids()
        self._samples = Samples()
        # First halves of characters, by item: a server that counts in UTF-16 may cut a text between two.
        self._halves: dict[str, str] = {}
        # Of the sound and of the words of the latest item, until anything else comes than these.
        self._sound: Spelling | None = None
        self._words: Spelling | None = None

    def begin_session(self) -> None:
        self._sound = self._words = None
        self.ids.begin_session()
        self._samples.clear()
        self._halves.clear()

    def usual_sound(self, payload: bytes) -> SoundDelta | None:
        """The audio delta in a message that differs from the last one in its sound alone: no JSON is parsed.

        None where `sound` has to look.
        """
        spelling = self._sound
        if spelling is None:
            return None
        sound = spelling.value(payload)
        size = len(usual_pcm(sound))
        return SoundDelta(spelling.response, spelling.item, sound, size) if size else None

    def usual_words(self, payload: bytes) -> Words | None:
        """The same for words, where they are spelled as they are; None where `read` has to look."""
        spelling = self._words
        if spelling is None or self._halves:
            return None
        words = spelling.value(payload)
        if not words or b"\\" in words or b'"' in words:
            return None
        try:
            text = words.decode()
        except UnicodeDecodeError:
            return None
        return Words(spelling.response, spelling.item, text) if text.isprintable() else None

    def sound(self, payload: bytes) -> SoundDelta | None:
        """The audio delta in a message, without parsing its sound; None where `read` has to look.

        Base64 that is standard and of whole samples goes through as it is.
        """
        if payload.find(b"audio.delta", 0, _TYPE_WITHIN) < 0:
            return None
        found = _DELTA.search(payload)
        end = payload.find(b'"', found.end()) if found else -1
        if found is None or end < 0 or len(payload) - end + found.end() > MAX_AROUND_BYTES:
            return None
        sound = payload[found.end() : end]
        try:
            # What is left around the sound is small, and is JSON again.
            envelope = _loads(payload[: found.end()] + payload[end:])
            size = base64_size(sound)
        except (ValueError, RecursionError):
            return None
        if not isinstance(envelope, dict) or envelope.get("delta") != "" or envelope.get("type") not in _SOUND_DELTAS:
            return None
        words, self._words, self._sound = self._words, None, None
        response, item = self.ids.of_sound(envelope)
        if size & 1 or item in self._samples:
            sound, size = self._samples.join(item, sound)
        else:
            self._sound = Spelling.of(payload, found.end(), end, response, item)
            self._words = words if words and words[-2:] == (response, item) else None
        return SoundDelta(response, item, sound, size)

    def read(self, payload: bytes) -> Reading:
        """Any message."""
        usual, self._sound, self._words = self._sound, None, None
        if len(payload) > FEW_BYTES:
            kind = _kind(payload)
            if kind is not None and not dialects.means_something(kind):
                return Reading({"type": kind})
        try:
            message = parse(payload)
            if message is None:
                return _left_out(payload, LeftOut.TOO_LONG)
            if self._halves or _HALF.search(payload):
                message = self._join_halves(message)
            return self._understand(message, payload, usual)
        except NotBase64Error:
            return _left_out(payload, LeftOut.NOT_BASE64)
        except (ValueError, RecursionError):
            return _left_out(payload, LeftOut.UNREADABLE)

    def _understand(self, message: dict[str, Any], payload: bytes, usual: Spelling | None) -> Reading:
        """`usual`: of the sound before it. Raises `ValueError` where it lacks what it needs."""
        self.ids.inward(message, dialects.ga_name(message.get("type")))
        event = dialects.decode(message)
        match event:
            case ev.AudioDelta(response, item, audio):
                sound, size = self._samples.join(item, standard_base64(audio))
                event = SoundDelta(response, item, sound, size).event()
            case ev.AssistantTextDelta(response, item, delta):
                self._words = _spelling_of_words(payload, response, item, delta)
                self._sound = usual if usual and usual[-2:] == (response, item) else None
            case ev.AudioDone(_, item):
                self._samples.end(item)
            case ev.ResponseDone():
                self._halves.clear()
        return Reading(message, event)

    def _join_halves(self, message: dict[str, Any]) -> dict[str, Any]:
        """A half belongs before the item's next text; one that stays alone becomes U+FFFD: nothing can print it."""
        delta = message.get("delta")
        if isinstance(delta, str) and dialects.ga_name(message.get("type")) != dialects.AUDIO_DELTA:
            item = str(message.get("item_id"))[:MAX_CHARACTERS]
            delta = self._halves.pop(item, "") + delta
            if "\ud800" <= delta[-1:] <= "\udbff":
                self._halves[item] = delta[-1]
                delta = delta[:-1]
            if len(self._halves) > MAX_HALVES:
                self._halves.clear()
            message = {**message, "delta": delta}
        text = json.dumps(message, ensure_ascii=False)
        joined: dict[str, Any] = json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        return joined


def _spelling_of_words(payload: bytes, response: str, item: str, delta: str) -> Spelling | None:
    """None where they are escaped, or stand in more than one place."""
    found = _DELTA.search(payload)
    end = payload.find(b'"', found.end()) if found else -1
    if found is None or payload.count(b'"delta"') > 1 or payload[found.end() : end] != delta.encode(errors="replace"):
        return None
    return Spelling.of(payload, found.end(), end, response, item)


def _left_out(payload: bytes, why: LeftOut) -> Reading:
    return Reading({"type": _kind(payload) or "?"}, left_out=why)


def _kind(payload: bytes) -> str | None:
    """The type of the event, where it stands at the beginning."""
    found = _TYPE.match(payload, 0, MAX_AROUND_BYTES)
    return found[1].decode(errors="replace") if found else None


def parse(payload: bytes) -> dict[str, Any] | None:
    """The message; None where it is too long. Raises `ValueError`, and `RecursionError`."""
    if len(payload) > MAX_VALUES:
        without_sound = _LONG_BASE64.sub(b'""', payload)
        if len(without_sound) > MAX_EVENT_BYTES or _values(without_sound) > MAX_VALUES:
            return None
        if payload.find(b"audio.delta", 0, _TYPE_WITHIN) < 0:
            payload = without_sound
        elif len(payload) > MAX_ODD_SOUND_BYTES:
            return None
    message = _loads(payload)
    if not isinstance(message, dict):
        raise ValueError("an event is a JSON object")  # noqa: TRY004 - the peer's fault, not a programmer's
    return message


def _loads(payload: bytes) -> Any:
    """As `json.loads`, in a sixth of the time; which is asked where a peer's JSON is not quite JSON."""
    try:
        return msgspec.json.decode(payload)
    except (ValueError, RecursionError):
        return json.loads(payload)


def _values(payload: bytes) -> int:
    """No fewer than there are in it."""
    return payload.count(b",") + payload.count(b"[") + payload.count(b"{")
