"""What one event leads to, collected in order."""

from collections.abc import Mapping
from typing import Any

from .effects import Effect, Send, TalkEffect, Used
from .usage import Charge

# Of the event_ids of our messages, so that an error which names one is told from one that names something else.
OWN = "voiceapp_"


class EffectList:
    """Collects effects, and names what the server is sent. `told`: something of the talk is among them.

    `has_session`: between two sessions there is nobody to be sent anything.
    """

    __slots__ = ("_effects", "_sent", "has_session", "told")

    def __init__(self) -> None:
        self.told = False
        self.has_session = True
        self._sent = 0
        self._effects: list[Effect] = []

    def do(self, effect: Effect) -> None:
        self._effects.append(effect)

    def tell(self, effect: TalkEffect) -> None:
        """Something happens in the talk: the page is to know, and it is not silent."""
        self.told = True
        self._effects.append(effect)

    def charge(self, *charges: Charge | None) -> None:
        for charge in filter(None, charges):
            self.tell(Used(charge))

    def send(self, message: Mapping[str, Any]) -> None:
        """With an event_id, if it has none yet."""
        if not self.has_session:
            return
        self._effects.append(Send({"event_id": self.new_id(), **message} if "event_id" not in message else {**message}))

    def new_id(self) -> str:
        self._sent += 1
        return f"{OWN}{self._sent}"

    def take(self) -> list[Effect]:
        effects, self._effects, self.told = self._effects, [], False
        return effects
