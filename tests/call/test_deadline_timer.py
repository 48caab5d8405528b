"""The timer of a call fires for the earliest deadline, and for none once the call is over."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest

from voiceapp.call.deadline_timer import DeadlineTimer


class Loop:
    """Keeps what it is asked to call, and when."""

    def __init__(self, real: asyncio.AbstractEventLoop) -> None:
        self.handles: list[asyncio.TimerHandle] = []
        self.real = real

    def call_at(self, when: float, call: object, *args: object) -> asyncio.TimerHandle:
        self.handles.append(asyncio.TimerHandle(when, call, args, self.real))  # type: ignore[arg-type]
        return self.handles[-1]

    @property
    def pending(self) -> list[float]:
        return [handle.when() for handle in self.handles if not handle.cancelled()]

    def fire(self) -> None:
        handle = next(handle for handle in self.handles if not handle.cancelled())
        self.handles.remove(handle)
        handle._run()


@pytest.fixture
def loop() -> Iterator[Loop]:
    with closing(asyncio.new_event_loop()) as real:
        yield Loop(real)


def timer(loop: Loop) -> tuple[DeadlineTimer, list[None]]:
    fired = list[None]()
    return DeadlineTimer(loop, lambda: fired.append(None)), fired  # type: ignore[arg-type]


def test_it_fires_for_the_earliest_and_is_kept_where_that_is_not_later(loop: Loop) -> None:
    kept, fired = timer(loop)
    for deadline, pending in ((None, []), (5.0, [5.0]), (7.0, [5.0]), (3.0, [3.0])):
        kept.keep(deadline)
        assert loop.pending == pending
    loop.fire()
    assert len(fired) == 1
    kept.keep(9.0)
    assert loop.pending == [9.0]


def test_after_the_end_it_does_not(loop: Loop) -> None:
    kept, _ = timer(loop)
    kept.keep(5.0)
    kept.stop()
    kept.keep(4.0)
    assert loop.pending == []
