"""Runs functions beside a loop, a bounded number at once; one that hangs holds its seat, but not the server's end."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# So long a seat is waited for.
BUSY_S = 3.0


class BusyError(Exception):
    """All seats are taken, and stay so."""


class Threads:
    """Made on its loop. The threads are daemons, unlike those of an executor, which Python waits for when it ends."""

    def __init__(self, most: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._seats = asyncio.Semaphore(most)

    async def run(self, function: Callable[[], Any]) -> Any:
        """What it returns, or raises; `BusyError` for want of a seat. Who gives up leaves it running, in its seat."""
        try:
            await asyncio.wait_for(self._seats.acquire(), BUSY_S)
        except TimeoutError:
            raise BusyError from None
        done: asyncio.Future[Any] = self._loop.create_future()
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._work, function, done), name="tool", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._seats.release()
            raise
        return await done

    def _work(self, function: Callable[[], Any], done: "asyncio.Future[Any]") -> None:
        result: Any = None
        failure: BaseException | None = None
        try:
            result = function()
        except BaseException as error:
            failure = error
        # A loop that has ended waits for nobody.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._over, done, result, failure)

    def _over(self, done: "asyncio.Future[Any]", result: Any, failure: BaseException | None) -> None:
        self._seats.release()
        if done.done():
            return
        if failure is None:
            done.set_result(result)
        else:
            done.set_exception(failure if _fit(failure) else RuntimeError(type(failure).__name__))


def _fit(failure: BaseException) -> bool:
    """A future takes no StopIteration, and a loop ends with SystemExit."""
    return isinstance(failure, Exception) and not isinstance(failure, StopIteration)
