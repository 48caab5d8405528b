"""Clocks of the test's own, for whatever waits on a loop: minutes pass in milliseconds, and to the second."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from voiceapp.net.bridge import Bridge

# Turns in which what is sent on a loop is read, answered, and the answer read.
TURNS = 8
# Nothing takes no time at all: whoever asks again at once asks a moment later.
TURN_S = 1e-6


class StandingLoop(asyncio.SelectorEventLoop):
    """Real sockets, and a time that stands still until the test lets it pass; keeps what callbacks raised.

    Run by the test's own thread: nothing happens but in `spin` and `pass_time`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.raised: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.raised.append(context))

    def time(self) -> float:
        return self.now

    def spin(self, turns: int = TURNS) -> None:
        """So many turns, none of which waits."""
        for _ in range(turns):
            self.call_soon(self.stop)
            self.run_forever()

    def do(self, action: Callable[[], None]) -> None:
        """Something that happens on the loop, and what comes of it at once."""
        self.call_soon(action)
        self.spin()

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass: each timer comes at its own moment."""
        until = self.now + seconds
        self.spin()
        while (moment := self._next_timer()) <= until:
            self.now = max(self.now + TURN_S, moment)
            self.spin()
        self.now = until
        self.spin()

    def _next_timer(self) -> float:
        timers = self._scheduled  # type: ignore[attr-defined]
        return min((timer.when() for timer in timers if not timer.cancelled()), default=float("inf"))

    @property
    def watched(self) -> int:
        """Descriptors with a reader or writer, beside the loop's own."""
        return len(self._selector.get_map()) - 1  # type: ignore[attr-defined]

    @property
    def timers(self) -> int:
        return sum(not timer.cancelled() for timer in self._scheduled)  # type: ignore[attr-defined]


class AtOnce(ThreadPoolExecutor):
    """Does what it is asked to there and then, so that no thread has part in the time."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


class SkippingLoop(asyncio.SelectorEventLoop):
    """The time of the world, and what the test has skipped: for a bridge whose thread runs by itself."""

    skipped = 0.0

    def time(self) -> float:
        return super().time() + self.skipped

    def skip(self, seconds: float) -> None:
        """So much time is past at once; from any thread. Whoever had to answer in it did not."""
        self.call_soon_threadsafe(self._skip, seconds)

    def _skip(self, seconds: float) -> None:
        self.skipped += seconds


def start_skipping(bridge: Bridge) -> SkippingLoop:
    """Start a bridge on a loop whose time can be skipped."""
    loop = SkippingLoop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "new_event_loop", lambda: loop)
        bridge.start()
    assert bridge.loop is loop
    return loop
