"""The pool: fair, bounded, and able to forget."""

import threading
import time
from concurrent.futures import Future

import pytest

from voiceapp.engine.serving.jobs import BusyError, Pool


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


def blocked(pool: Pool, gate: threading.Event) -> "Future[bool]":
    """Keeps the only worker busy until the gate opens."""
    running = threading.Event()
    future = pool.submit("first", lambda: (running.set(), gate.wait(5))[1])
    assert running.wait(5)
    return future


def test_callers_take_turns(gate: threading.Event) -> None:
    pool, done = Pool("test", 1, 10), []
    blocked(pool, gate)
    futures = [pool.submit("a", lambda n=n: done.append(f"a{n}")) for n in range(3)]
    futures += [pool.submit("b", lambda: done.append("b0"))]
    gate.set()
    for future in futures:
        future.result(5)
    pool.close()
    assert done == ["a0", "b0", "a1", "a2"]


def test_who_comes_newly_waits_for_no_queue_of_others(gate: threading.Event) -> None:
    pool, done = Pool("test", 1, 100), []
    pool.submit("a", lambda: done.append("a0")).result(5)
    pool.submit("b", lambda: done.append("b0")).result(5)
    blocked(pool, gate)
    futures = [pool.submit(name, lambda name=name: done.append(name)) for name in "aaabbb"]
    futures.append(pool.submit("newcomer", lambda: done.append("newcomer")))
    gate.set()
    for future in futures:
        future.result(5)
    pool.close()
    assert done == ["a0", "b0", "newcomer", "a", "b", "a", "b", "a", "b"]


def test_patient_jobs_are_neither_refused_nor_counted(gate: threading.Event) -> None:
    pool = Pool("test", 1, 1, max_wait_s=0.05)
    blocked(pool, gate)
    later = [pool.submit("a", lambda: 1, patient=True) for _ in range(20)]
    time.sleep(0.1)
    first = pool.submit("b", lambda: 2)
    later.append(pool.submit("c", lambda: 1, patient=True))
    with pytest.raises(BusyError):
        pool.submit("d", lambda: 3)
    gate.set()
    assert first.result(5) == 2
    assert sum(future.result(5) for future in later) == 21
    pool.close()


def test_a_full_pool_says_so_and_cancelled_jobs_make_room(gate: threading.Event) -> None:
    pool = Pool("test", 1, 1)
    blocked(pool, gate)
    waiting = pool.submit("a", lambda: None)
    with pytest.raises(BusyError):
        pool.submit("b", lambda: None)
    waiting.cancel()
    last = pool.submit("b", lambda: 5)
    gate.set()
    assert last.result(5) == 5
    pool.close()


def test_behind_a_job_that_has_waited_too_long_nobody_queues(gate: threading.Event) -> None:
    pool = Pool("test", 1, 10, max_wait_s=0.05)
    blocked(pool, gate)
    assert not pool.idle
    pool.submit("a", lambda: None)
    time.sleep(0.1)
    with pytest.raises(BusyError):
        pool.submit("b", lambda: None)
    gate.set()
    pool.close()


def test_a_failure_goes_to_the_one_who_asked() -> None:
    pool = Pool("test", 1, 1)
    with pytest.raises(ZeroDivisionError):
        pool.submit("a", lambda: 1 / 0).result(5)
    assert pool.submit("a", lambda: 1).result(5) == 1
    pool.close()


def test_closing_cancels_what_waits(gate: threading.Event) -> None:
    pool = Pool("test", 1, 5)
    blocked(pool, gate)
    waiting = pool.submit("a", lambda: 1)
    gate.set()
    pool.close()
    assert waiting.cancelled() or waiting.result(0) == 1
