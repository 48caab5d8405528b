"""Thread pools that start all their threads at once: later, during a call, the system might refuse another."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

START_S = 5.0


def prestarted_pool(threads: int, name: str) -> ThreadPoolExecutor:
    """A pool with its threads running; with fewer where the system gives no more. Raises `RuntimeError` for none."""
    while True:
        try:
            return _filled(threads, name)
        except RuntimeError:
            if threads == 1:
                raise
            threads //= 2


def _filled(threads: int, name: str) -> ThreadPoolExecutor:
    pool = ThreadPoolExecutor(threads, name)
    # Each waits for the others, so that none takes two of the jobs.
    gate = threading.Barrier(threads)
    try:
        for _ in range(threads):
            pool.submit(_pass, gate)
    except RuntimeError:
        gate.abort()
        pool.shutdown(cancel_futures=True)
        raise
    return pool


def _pass(gate: threading.Barrier) -> None:
    with suppress(threading.BrokenBarrierError):
        gate.wait(START_S)
