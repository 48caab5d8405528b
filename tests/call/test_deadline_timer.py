"""The timer of a call fires for the earliest deadline, and for none once the call is over."""

import asyncio

from voiceapp.call.deadline_timer import DeadlineTimer


class Loop:
    """Keeps what it is asked to call, and when."""

    def __init__(self) -> None:
        self.handles: list[asyncio.TimerHandle] = []
        self.real = asyncio.new_event_loop()

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


def timer() -> tuple[DeadlineTimer, Loop, list[None]]:
    loop, fired = Loop(), list[None]()
    return DeadlineTimer(loop, lambda: fired.append(None)), loop, fired  # type: ignore[arg-type]


def test_it_fires_for_the_earliest_and_is_kept_where_that_is_not_later() -> None:
    kept, loop, fired = timer()
    for deadline, pending in ((None, []), (5.0, [5.0]), (7.0, [5.0]), (3.0, [3.0])):
        kept.keep(deadline)
        assert loop.pending == pending
    loop.fire()
    assert len(fired) == 1
    kept.keep(9.0)
    assert loop.pending == [9.0]


def test_after_the_end_it_does_not() -> None:
    kept, loop, _ = timer()
    kept.keep(5.0)
    kept.stop()
    kept.keep(4.0)
    assert loop.pending == []
