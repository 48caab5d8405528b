"""After a call ends in mid-answer: asks the upstream to stop, and waits briefly for its report of what was used."""

import asyncio
from collections.abc import Callable

from ..conversation.conversation import Conversation
from ..conversation.effects import Effect
from ..conversation.event_reader import EventReader
from ..net.link import Ending, Link

# The provider answers a cancel within a round trip; who waits longer would pay for an upstream that is silent.
WAIT_S = 1.0


class Drain:
    """Owns the link from the call's end until it is closed. Lives on the bridge's thread."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        link: Link,
        reader: EventReader,
        conversation: Conversation,
        perform: Callable[[Effect], None],
    ) -> None:
        self._link = link
        self._reader = reader
        self._conversation = conversation
        self._perform = perform
        self._timer = loop.call_later(WAIT_S, self._close)
        link.hand_over(self)

    def link_text(self, payload: bytes) -> None:
        delta = self._reader.sound(payload)
        if delta is not None:
            self._conversation.take_late_sound(delta.size)
            return
        for effect in self._conversation.take_late(self._reader.read(payload).event):
            self._perform(effect)
        if not self._conversation.usage_pending:
            self._close()

    def link_binary(self, _: bytes) -> None:
        """No upstream sends any."""

    def link_closed(self, _: Ending) -> None:
        self._end()

    def _close(self) -> None:
        self._link.hand_over(None)
        self._link.close(1000)
        self._end()

    def _end(self) -> None:
        self._timer.cancel()
        for effect in self._conversation.close():
            self._perform(effect)
