"""When a session reaches its end by the server's clock, and when another one is to be there before that."""

import asyncio
from collections.abc import Callable

# Of an hour: from 50 minutes on the next one is made ready, and at 55 it takes over whatever goes on.
SOON, LAST = 5 / 6, 11 / 12
# One that is said to live for less leaves no time for another, which would have no more; or a clock is wrong.
# Its end is awaited.
SHORTEST_S = 5.0


class Expiry:
    """Of the session that goes on. `soon` and `last` are called once each. Lives on the loop's thread."""

    __slots__ = ("_last", "_loop", "_soon", "_timers", "near", "urgent")

    def __init__(self, loop: asyncio.AbstractEventLoop, soon: Callable[[], None], last: Callable[[], None]) -> None:
        self.near = self.urgent = False
        self._loop = loop
        self._soon = soon
        self._last = last
        self._timers: list[asyncio.TimerHandle] = []

    def watch(self, began: float, lifetime_s: float | None) -> None:
        """From now on it is a session that began then, by the loop's time, and lives so long; None: for ever."""
        self.stop()
        if lifetime_s is not None and lifetime_s >= SHORTEST_S:
            self._timers = [
                self._loop.call_at(began + SOON * lifetime_s, self._be_near),
                self._loop.call_at(began + LAST * lifetime_s, self._be_urgent),
            ]

    def stop(self) -> None:
        self.near = self.urgent = False
        for timer in self._timers:
            timer.cancel()

    def _be_near(self) -> None:
        self.near = True
        self._soon()

    def _be_urgent(self) -> None:
        self.urgent = True
        self._last()
