"""A conversation in hand: what happens goes in, what it asks for comes out; and a page that follows."""

import base64
from typing import Any

from voiceapp.conversation import events as ev
from voiceapp.conversation.conversation import Capabilities, Conversation
from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.effects import (
    EntryRemoved,
    ItemPlaced,
    Send,
    TextAdded,
    TextFinished,
    TextHeard,
    TextIncomplete,
    TurnChanged,
    Used,
)
from voiceapp.conversation.functions import Function
from voiceapp.conversation.usage import Charge

SECOND = base64.b64encode(bytes(48_000)).decode()

CREATE = {"type": "response.create"}

TEXTS = (TextAdded, TextFinished, TextHeard, TextIncomplete, EntryRemoved)


class Call:
    """A conversation, and all it asked for since one last looked; `now` is its clock, in seconds."""

    now = 100.0

    def __init__(
        self,
        *,
        confirms: bool = False,
        yields: bool = False,
        transcription_model: str | None = None,
        functions: tuple[Function, ...] = (),
        **capabilities: Any,
    ) -> None:
        config = SessionConfig(
            "marin", "Be kind.", transcription_model, confirms=confirms, yields=yields, functions=functions
        )
        self.conversation = Conversation(config, Capabilities(yields=yields, **capabilities))

    def hear(self, *events: ev.Event) -> list[Any]:
        return [effect for event in events for effect in self.conversation.handle(event, self.now)]

    def wait(self, seconds: float) -> list[Any]:
        """Nothing happens for so long, but what the clock says."""
        end, effects = self.now + seconds, []
        while self.conversation.deadline is not None and self.conversation.deadline <= end:
            self.now = self.conversation.deadline
            effects += self.hear(ev.DeadlinePassed())
        self.now = end
        return effects

    def begin(self) -> "Call":
        self.hear(ev.SessionUpdated("gpt", "marin", None))
        return self

    def ask(self, item: str = "u1", after: str | None = None) -> list[Any]:
        """The person says something, and the server has it."""
        return self.hear(ev.SpeechStarted(item), ev.SpeechStopped(item), ev.Committed(item, after))

    def answer(self, item: str = "a1", response: str = "r1", seconds: int = 1, *, done: bool = True) -> list[Any]:
        sounds = [ev.AudioDelta(response, item, SECOND) for _ in range(seconds)]
        end = [ev.AudioDone(response, item), ev.ResponseDone(response, "completed", None)] if done else []
        text = ev.AssistantTextDelta(response, item, "One two three four five.")
        return self.hear(
            ev.ResponseCreated(response), ev.OutputItemAdded(response, item, "assistant", "audio"), text, *sounds, *end
        )


def careful(yields: bool = True, **config: Any) -> Call:
    """A call in which an interruption has to be confirmed; whether the server leaves it to us."""
    return Call(confirms=True, yields=yields, **{"transcription_model": "w", **config}).begin()


def sent(effects: list[Any]) -> list[dict[str, Any]]:
    """Without the event_ids, which are running numbers; see `named`."""
    return [{name: value for name, value in message.items() if name != "event_id"} for message in named(effects)]


def named(effects: list[Any]) -> list[dict[str, Any]]:
    return [effect.message for effect in effects if isinstance(effect, Send)]


def create_id(effects: list[Any]) -> str:
    """Under which event_id a response was last asked for."""
    return str([message["event_id"] for message in named(effects) if message["type"] == "response.create"][-1])


def charges(effects: list[Any]) -> list[Charge]:
    return [effect.charge for effect in effects if isinstance(effect, Used)]


def shown(effects: list[Any], *kinds: type) -> list[Any]:
    """What the page is told of these kinds."""
    return [effect for effect in effects if isinstance(effect, kinds)]


def turns(effects: list[Any]) -> list[str]:
    return [effect.state for effect in shown(effects, TurnChanged)]


class Page:
    """Follows `item` and `transcript` events as docs/wire.md says."""

    def __init__(self, effects: list[Any]) -> None:
        self.ids: list[str] = []
        self.texts: dict[str, str] = {}
        for place in shown(effects, ItemPlaced):
            if place.id in self.ids:
                self.ids.remove(place.id)
            self.ids.insert(self.ids.index(place.after) + 1 if place.after else 0, place.id)
        for words in shown(effects, *TEXTS):
            self.texts[words.item] = getattr(words, "text", "")
