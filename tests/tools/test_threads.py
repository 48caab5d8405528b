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
