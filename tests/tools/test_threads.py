"""Functions beside a loop, so many at once and no more."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from voiceapp.tools.threads import Threads


def test_they_run_beside_the_loop_and_their_result_comes_back() -> None:
    async def run() -> Any:
        return await Threads(2).run(lambda: threading.current_thread().daemon)

    assert asyncio.run(run()) is True


def test_of_more_than_there_are_seats_for_the_last_wait() -> None:
    async def run() -> None:
        threads, gate, inside = Threads(2), threading.Event(), threading.Semaphore(0)

        def work() -> bool:
            inside.release()
            return gate.wait(10)

        running = [asyncio.create_task(threads.run(work)) for _ in range(3)]
        while len([task for task in running if not task.done()]) == 3 and inside._value < 2:
            await asyncio.sleep(0)
        assert inside._value == 2
        gate.set()
        assert await asyncio.gather(*running) == [True] * 3

    asyncio.run(run())


def test_who_gives_up_leaves_the_seat_taken_until_it_ends() -> None:
    async def run() -> None:
        threads, gate = Threads(1), threading.Event()
        first = asyncio.create_task(threads.run(lambda: gate.wait(10)))
        await asyncio.sleep(0)
        first.cancel()
        second = asyncio.create_task(threads.run(lambda: "second"))
        await asyncio.sleep(0.02)
        assert not second.done()
        gate.set()
        assert await second == "second"

    asyncio.run(run())


class Hall:
    """Threads that people fill with what does not end until it is let go."""

    def __init__(self, most: int) -> None:
        self.threads, self.gate = Threads(most), threading.Event()
        self.running: list[asyncio.Task[Any]] = []

    async def fill(self, who: str, count: int) -> int:
        """How many of so many they get."""
        before = self.threads._held[who]
        self.running += [asyncio.create_task(self.threads.run(self.work, who)) for _ in range(count)]
        for _ in range(3):
            await asyncio.sleep(0)
        return self.threads._held[who] - before

    def work(self) -> bool:
        return self.gate.wait(10)


def test_nobody_gets_more_seats_than_stay_free_so_that_others_get_some() -> None:
    async def run() -> None:
        hall = Hall(32)
        assert [await hall.fill(who, 40) for who in "abcdef"] == [16, 8, 4, 2, 1, 1]
        hall.gate.set()
        # Whoever waited has their turn.
        assert await asyncio.gather(*hall.running) == [True] * 240

    asyncio.run(run())


def test_a_seat_that_is_given_back_goes_to_whoever_waits_and_may_have_it() -> None:
    async def run() -> None:
        hall = Hall(2)
        assert await hall.fill("a", 2) == 1
        assert await hall.fill("b", 1) == 1
        hall.gate.set()
        assert await asyncio.gather(*hall.running) == [True] * 3

    asyncio.run(run())


@pytest.mark.parametrize("first", ["a seat", "the end"])
def test_one_who_gives_up_just_when_there_is_a_seat_does_not_take_it_along(first: str) -> None:
    async def run() -> None:
        hall = Hall(2)
        assert await hall.fill("a", 1) == 1
        waiting = asyncio.create_task(hall.threads.run(lambda: "a", "a"))
        await asyncio.sleep(0)
        if first == "the end":
            waiting.cancel()
        hall.threads._give_back("a")
        if first == "a seat":
            waiting.cancel()
        await asyncio.wait([waiting])
        assert hall.threads._free == 2
        hall.gate.set()

    asyncio.run(run())


def raising(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "told"), [(ValueError("no"), ValueError), (StopIteration(), RuntimeError), (SystemExit(), RuntimeError)]
)
def test_what_one_raises_is_raised_where_it_is_awaited(error: BaseException, told: type[Exception]) -> None:
    with pytest.raises(told):
        asyncio.run(_run(raising(error)))


async def _run(work: Callable[[], Any]) -> Any:
    return await Threads(1).run(work)


def test_where_the_system_gives_no_thread_the_seat_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> Any:
        threads = Threads(1)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", raising(RuntimeError("can't start new thread")))
            patch.setattr(threading.Thread, "start", lambda _: raising(RuntimeError("can't start new thread"))())
            with pytest.raises(RuntimeError, match="new thread"):
                await threads.run(lambda: None)
        return await threads.run(lambda: "again")

    assert asyncio.run(run()) == "again"
