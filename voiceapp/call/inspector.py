"""Tells the page what passed between server and model: first what is kept, a few at a time, then what passes."""

import asyncio

from ..wire.down import Direction
from .inspection import line
from .observers import Tell
from .passed_events import PassedEvents, comes_in_pieces

# What is kept is told in such lots: neither the loop nor the line is to be held up.
LOT, PAUSE_S = 25, 0.025
# A page stays a moment longer than its call, and hears nothing else.
SHORT_PAUSE_S = 0.01
# What comes in pieces is told so often.
RUN_S = 1.0


class Inspector:
    """Of one call, which began at `began` on the loop's clock. `passed`: what is kept of it."""

    __slots__ = ("_began", "_loop", "_over", "_tell", "_timer", "_told", "_watched", "passed")

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: PassedEvents, began: float, tell: Tell) -> None:
        self.passed = passed
        self._loop, self._began, self._tell = loop, began, tell
        self._watched = self._over = False
        # The number of the latest that the page was told.
        self._told = 0
        self._timer: asyncio.TimerHandle | None = None

    def take(self, direction: Direction, kind: str, payload: bytes) -> None:
        """An event of this type passed."""
        passed = self.passed
        if comes_in_pieces(kind):
            passed.fold(kind, len(payload), self._loop.time)
            return
        now = self._loop.time()
        in_time = self._watched and self._told == passed.number
        passed.keep(direction, kind, payload, now)
        if in_time:
            self._tell_until(passed.number - 1, now)
            # All of it, which may be longer than what is kept.
            self._tell(line(passed.get(passed.number)._replace(payload=payload), 0))
            self._told = passed.number

    def watch(self, on: bool, after: int = 0) -> None:
        """Whether the page wants to be told, and what: all that has a number above this one."""
        self._watched, self._told = on, min(after, self.passed.number)
        self._wake(0)

    def stop(self) -> None:
        """Nothing passes any more."""
        self.passed.close_runs(self._loop.time())
        self._over = True
        self._wake(0)

    def _wake(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._go_on) if self._watched else None

    def _go_on(self) -> None:
        passed, now = self.passed, self._loop.time()
        if self._told == passed.number and not self._over:
            passed.close_runs(now)
        self._told = max(self._told, passed.first - 1)
        self._tell_until(min(passed.number, self._told + LOT), now)
        if self._told < passed.number:
            self._wake(SHORT_PAUSE_S if self._over else PAUSE_S)
        elif not self._over:
            self._wake(RUN_S)

    def _tell_until(self, number: int, now: float) -> None:
        now_ms = int((now - self._began) * 1000)
        for n in range(self._told + 1, number + 1):
            event = self.passed.get(n)
            self._tell(line(event, now_ms - event.until))
        self._told = number
