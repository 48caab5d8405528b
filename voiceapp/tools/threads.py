"""Runs functions beside a loop, a bounded number at once; one that hangs holds its seat, but not the server's end."""

import asyncio
import contextvars
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# So long a seat is waited for.
BUSY_S = 3.0


class BusyError(Exception):
    """All seats are taken, and stay so."""


class Threads:
    """Made on its loop. The threads are daemons, unlike those of an executor, which Python waits for when it ends.

    Nobody gets one more than are free then, so that others get some, too: of 32 seats one person has at most 16, the
    next one 8.
    """

    def __init__(self, most: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._free = most
        self._held: Counter[str] = Counter()
        # Who waits, in order, and is told of a seat.
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    async def run(self, function: Callable[[], Any], who: str = "") -> Any:
        """What it returns, or raises; `BusyError` for want of a seat. Who gives up leaves it running, in its seat.

        `who`: an opaque name of the person; empty: nobody in particular, who may have all.
        """
        await self._wait_for_seat(who)
        done: asyncio.Future[Any] = self._loop.create_future()
        context = contextvars.copy_context()
        work = (self._work, function, done, who)
        thread = threading.Thread(target=context.run, args=work, name="tool", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._give_back(who)
            raise
        return await done

    async def _wait_for_seat(self, who: str) -> None:
        if self._may(who):
            self._take(who)
            return
        place = (who, self._loop.create_future())
        self._waiting.append(place)
        try:
            async with asyncio.timeout(BUSY_S):
                await place[1]
        except (TimeoutError, asyncio.CancelledError) as given_up:
            if place in self._waiting:
                self._waiting.remove(place)
            else:
                # It was given a seat in this moment.
                self._give_back(who)
            if isinstance(given_up, TimeoutError):
                raise BusyError from None
            raise

    def _may(self, who: str) -> bool:
        return self._free > (self._held[who] if who else 0)

    def _take(self, who: str) -> None:
        self._free -= 1
        self._held[who] += 1

    def _give_back(self, who: str) -> None:
        self._free += 1
        self._held[who] -= 1
        # Who holds none is forgotten.
        self._held += Counter()
        for place in list(self._waiting):
            if not place[1].done() and self._may(place[0]):
                self._take(place[0])
                self._waiting.remove(place)
                place[1].set_result(None)

    def _work(self, function: Callable[[], Any], done: "asyncio.Future[Any]", who: str) -> None:
        result: Any = None
        failure: BaseException | None = None
        try:
            result = function()
        except BaseException as error:
            failure = error
        # A loop that has ended waits for nobody.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over, done, result, failure, who)

    def _over(self, done: "asyncio.Future[Any]", result: Any, failure: BaseException | None, who: str) -> None:
        self._give_back(who)
        if done.done():
            return
        if failure is None:
            done.set_result(result)
        else:
            done.set_exception(failure if _fit(failure) else RuntimeError(type(failure).__name__))


def _fit(failure: BaseException) -> bool:
    """A future takes no StopIteration, and a loop ends with SystemExit."""
    return isinstance(failure, Exception) and not isinstance(failure, StopIteration)
