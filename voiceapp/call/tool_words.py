"""What one run of a tool says of itself while it runs, from any thread and as often as it likes."""

import asyncio
from collections.abc import Callable

from ..conversation import events as ev

# The page is told no oftener: a loop of a tool's may say something each time around.
PACE_S = 0.25
_KINDS = ("progress", "link", "end")


class ToolWords:
    """Of one run. `wake` has `tell` called on the loop; `handle` takes what is new there.

    Nothing waits in line: of what is said again the last is told.
    """

    __slots__ = ("_awake", "_handle", "_item", "_loop", "_new", "_over", "_timer", "_wake")

    def __init__(
        self,
        item: str,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[[Callable[[], None]], None],
        handle: Callable[[ev.Event], None],
    ) -> None:
        self._item, self._loop, self._wake, self._handle = item, loop, wake, handle
        # By what it is of; taken and replaced in one step each, as threads need it.
        self._new: dict[str, ev.Event] = {}
        self._awake = self._over = False
        self._timer: asyncio.TimerHandle | None = None

    # On any thread

    def progress(self, text: str) -> None:
        self._say("progress", ev.ToolTold(self._item, str(text)))

    def link(self, url: str, title: str) -> None:
        self._say("link", ev.ToolTold(self._item, link=ev.Link(url, title)))

    def end(self) -> None:
        self._say("end", ev.EndWanted())

    def _say(self, kind: str, event: ev.Event) -> None:
        if self._over:
            return
        self._new[kind] = event
        if not self._awake:
            self._awake = True
            self._wake(self.tell)

    # On the loop

    def tell(self) -> None:
        """What is new; and then nothing for a while."""
        if self._over:
            return
        self._rest()
        # First of all: whoever says more from here on wakes it again.
        self._awake = False
        new = [event for kind in _KINDS if (event := self._new.pop(kind, None)) is not None]
        for event in new:
            self._handle(event)
        # What it said may have been the end of all.
        if new and not self._over:
            self._awake = True
            self._timer = self._loop.call_later(PACE_S, self.tell)

    def stop(self) -> None:
        """It has no say any more, though it may run on."""
        self._over = True
        self._rest()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
