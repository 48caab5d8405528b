"""One timer for all that a conversation waits for."""

import asyncio
from collections.abc import Callable


class DeadlineTimer:
    """Of one call. `passed` is told that a deadline may have passed: one that comes too early does no harm."""

    __slots__ = ("_loop", "_passed", "_stopped", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        self._loop, self._passed = loop, passed
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    def keep(self, deadline: float | None) -> None:
        """The next one, by the loop's clock."""
        if self._stopped or deadline is None or (self._timer is not None and self._timer.when() <= deadline):
            return
        self._cancel()
        self._timer = self._loop.call_at(deadline, self._fire)

    def stop(self) -> None:
        """For good."""
        self._stopped = True
        self._cancel()

    def _fire(self) -> None:
        self._timer = None
        self._passed()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
