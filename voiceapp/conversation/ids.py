"""Translates the ids in a server's events into ours, and back in what we send."""

from collections.abc import Collection, Mapping
from typing import Any

from .fields import part

# The page takes ids of 128; of a call that moved they have a mark before them.
MAX_CHARACTERS = 112
# A longer one is of no use, and of those that are no plain ids so many are remembered.
MAX_ODD_CHARACTERS = 4_096
MAX_ODD = 1_000
MAX_WAITING = 100
MAX_SEEN = 20_000

_NAMES = ("item_id", "response_id", "previous_item_id", "call_id")
_PARTS, _PART_NAMES = ("item", "response"), ("id", "call_id")
_NAMES_SENT = ("item_id", "response_id", "call_id", "approval_request_id")
_TRANSCRIPTION = "conversation.item.input_audio_transcription."


class Ids:
    """Those of one call; `begin_session` where another session takes over.

    One that is too long, or a number, has a short name of ours. What an event lacks is put in: the response that runs,
    its latest item, the turn whose words are due. Where that has no id either, one is made up, and the server's own,
    should it come later, means the same from then on.
    """

    __slots__ = (
        "_answer", "_committed", "_earlier", "_made_up", "_ours", "_response", "_seen", "_theirs", "_turn", "_waiting",
    )  # fmt: skip

    def __init__(self) -> None:
        self._made_up = 0
        # A server may begin to count anew: what it named in an earlier session is another item now.
        self._earlier: Collection[str] = ()
        self._seen: set[str] = set()
        self.begin_session()

    def begin_session(self) -> None:
        if self._seen:
            self._earlier = self._seen.union(self._earlier if len(self._earlier) < MAX_SEEN else ())
            self._seen.clear()
        self._ours: dict[str | int, str] = {}
        # None where we made it up and the server's own is not known.
        self._theirs: dict[str, str | int | None] = {}
        self._response = self._answer = self._turn = ""
        self._committed = False
        # Made-up turns whose words have not come, oldest first.
        self._waiting: dict[str, None] = {}

    # From the server

    def inward(self, message: dict[str, Any], kind: str) -> None:
        """Make the event's ids fit, in place. `kind`: its type, by the GA name."""
        self._fit(message, _NAMES)
        for name in _PARTS:
            if name in message:
                self._fit(message[name], _PART_NAMES)
        if kind.startswith("response."):
            self._of_response(message, kind)
        elif kind.startswith("input_audio_buffer."):
            self._of_turn(message, kind)
        elif kind.startswith(_TRANSCRIPTION):
            self._of_words(message, kind)
        elif kind == "conversation.item.added":
            self._of_item(part(message, "item"))

    def of_sound(self, envelope: dict[str, Any]) -> tuple[str, str]:
        """Response and item of an audio delta: `inward`, without its cost where all is as it was."""
        response, item = envelope.get("response_id"), envelope.get("item_id")
        if not item or not response or item != self._answer or response != self._response:
            self.inward(envelope, "response.output_audio.delta")
        return envelope["response_id"], envelope["item_id"]

    def _fit(self, fields: Any, names: tuple[str, ...]) -> None:
        if isinstance(fields, dict):
            seen, ours = self._seen, self._ours
            for name in names:
                if name in fields:
                    value = fields[name]
                    # Most were seen before, and are ours as they are.
                    if ours or type(value) is not str or value not in seen:
                        fields[name] = self._fit_one(value)

    def _fit_one(self, value: object) -> str:
        """Empty where it can be no id."""
        if type(value) is str and len(value) <= MAX_CHARACTERS and value.isascii():
            return self._ours.get(value) or self._plain(value)
        if type(value) is int:
            return self._ours.get(value) or self._remember(value, str(value))
        if type(value) is str and len(value) <= MAX_ODD_CHARACTERS:
            return self._ours.get(value) or self._remember(value, self._name())
        return ""

    def _plain(self, value: str) -> str:
        if value in self._earlier and value not in self._seen:
            return self._remember(value, self._name()) if value else ""
        if len(self._seen) < MAX_SEEN:
            self._seen.add(value)
        return value

    def _of_response(self, message: dict[str, Any], kind: str) -> None:
        if kind == "response.created":
            self._answer = ""
            self._response = _put(message, "response", self._itself(message) or self._make_up())
        elif kind == "response.done":
            _put(message, "response", self._same(self._itself(message), self._response))
            self._response = self._answer = ""
        else:
            message["response_id"] = self._same(message.get("response_id", ""), self._response)
            self._of_answer(message, kind)

    def _itself(self, message: dict[str, Any]) -> str:
        return str(part(message, "response").get("id", ""))

    def _of_answer(self, message: dict[str, Any], kind: str) -> None:
        if kind.startswith("response.output_item."):
            item = message.get("item")
            if isinstance(item, dict) and item.get("type") == "message" and item.get("id"):
                self._answer = item["id"] = self._same(item["id"], self._answer)
        elif kind.startswith("response.output_"):
            self._answer = self._same(message.get("item_id", ""), self._answer) or self._make_up()
            message["item_id"] = self._answer

    def _of_turn(self, message: dict[str, Any], kind: str) -> None:
        item = message["item_id"] = message.get("item_id", "")
        if kind.endswith(".speech_started"):
            if item or self._committed:
                self._turn, self._committed = item, False
        elif kind.endswith((".speech_stopped", ".committed")):
            known = "" if self._committed else self._turn
            self._turn = message["item_id"] = item or known or self._new_turn()
            self._committed = kind.endswith(".committed")

    def _new_turn(self) -> str:
        turn = self._make_up()
        self._waiting[turn] = None
        if len(self._waiting) > MAX_WAITING:
            del self._waiting[next(iter(self._waiting))]
        return turn

    def _of_words(self, message: dict[str, Any], kind: str) -> None:
        waiting = next(iter(self._waiting), "")
        item = self._same(message.get("item_id", ""), waiting) or self._turn or self._make_up()
        message["item_id"] = item
        if not kind.endswith(".delta"):
            self._waiting.pop(item, None)

    def _of_item(self, item: Mapping[str, Any]) -> None:
        """The server gives an item its place: it may be a turn that had no id so far."""
        unnamed = next((turn for turn in self._waiting if self._theirs.get(turn) is None), "")
        parts = item.get("content")
        typed = isinstance(parts, list) and any(isinstance(each, dict) and each.get("text") for each in parts)
        if unnamed and item.get("role") == "user" and item.get("id") and not typed and isinstance(item, dict):
            item["id"] = self._same(item["id"], unnamed)

    def _same(self, named: str, known: str) -> str:
        """Which of them it is: one that we made up for want of another is meant by the first that comes."""
        if named and named != known and self._theirs.get(known, "") is None:
            self._remember(named, known)
            return known
        return named or known

    def _make_up(self) -> str:
        name = self._name()
        self._theirs[name] = None
        return name

    def _name(self) -> str:
        self._made_up += 1
        return f"unnamed_{self._made_up}"

    def _remember(self, theirs: str | int, ours: str) -> str:
        self._ours[theirs] = ours
        self._theirs[ours] = theirs
        if len(self._ours) > MAX_ODD:
            del self._ours[next(iter(self._ours))]
        if len(self._theirs) > 2 * MAX_ODD:
            del self._theirs[next(iter(self._theirs))]
        return ours

    # To the server

    def outward(self, message: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The event with the server's own ids; None where it names an item of which the server told us none."""
        if not self._theirs:
            return message
        named = self._named(message)
        item = part(message, "item")
        if named is None or not item:
            return named
        return {**named, "item": self._named(item) or item}

    def _named(self, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        named = dict(fields)
        for name in _NAMES_SENT:
            if named.get(name) not in self._theirs:
                continue
            theirs = self._theirs[named[name]]
            if theirs is not None:
                named[name] = theirs
            elif name == "response_id":
                # Then the one that runs is meant.
                del named[name]
            else:
                return None
        return named


def _put(message: dict[str, Any], name: str, value: str) -> str:
    inner = message.get(name)
    message[name] = {**inner, "id": value} if isinstance(inner, dict) else {"id": value}
    return value
