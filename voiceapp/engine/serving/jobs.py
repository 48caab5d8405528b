"""A bounded pool of worker threads, fair to several callers."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

# How many callers the pool remembers the last turn of.
REMEMBERED_CALLERS = 1000


class BusyError(Exception):
    """The pool has more waiting than it can do in time."""


@dataclass(frozen=True)
class Job:
    """Work to do, and the promise of its result."""

    work: Callable[[], Any]
    patient: bool
    result: "Future[Any]" = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        if not self.result.set_running_or_notify_cancel():
            return
        try:
            self.result.set_result(self.work())
        except BaseException as failure:
            self.result.set_exception(failure)


class Pool:
    """Callers take turns, one job each: the next job is that of the caller who was served longest ago.

    A newcomer therefore waits for the jobs that run, not for what others have waiting. Each caller's jobs keep their
    order. `max_waiting` bounds the jobs that wait; once the oldest of them has waited for `max_wait_s` seconds, no
    further job is taken, so that none is done too late. Patient jobs are not counted and never refused: their callers
    have something to go on with.
    """

    def __init__(self, name: str, workers: int, max_waiting: int, max_wait_s: float = math.inf) -> None:
        self._max_waiting, self._max_wait_s = max_waiting, max_wait_s
        self._working = 0
        self._waiting: dict[object, deque[Job]] = {}
        self._served: dict[int, int] = {}
        """When whom, counted in jobs; by their hashes, so that nobody is kept alive."""
        self._jobs = 0
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name} {number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, caller: object, work: Callable[[], Any], patient: bool = False) -> "Future[Any]":
        """Cancel the future to withdraw the job; one that runs already goes on. Raises `BusyError`."""
        job = Job(work, patient)
        with self._changed:
            self._drop_cancelled()
            if not patient and self._is_full():
                raise BusyError
            self._waiting.setdefault(caller, deque()).append(job)
            self._changed.notify()
        return job.result

    @property
    def idle(self) -> bool:
        """Whether a job would start at once."""
        with self._changed:
            return not self._waiting and self._working < len(self._threads)

    def _is_full(self) -> bool:
        waiting = [job.since for jobs in self._waiting.values() for job in jobs if not job.patient]
        late = bool(waiting) and time.monotonic() - min(waiting) > self._max_wait_s
        return late or len(waiting) >= self._max_waiting

    def close(self) -> None:
        with self._changed:
            self._closed = True
            for jobs in self._waiting.values():
                for job in jobs:
                    job.result.cancel()
            self._waiting.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(5)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job.run()
            finally:
                with self._changed:
                    self._working -= 1

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            caller = min(self._waiting, key=lambda each: self._served.get(hash(each), 0))
            jobs = self._waiting[caller]
            job = jobs.popleft()
            if not jobs:
                del self._waiting[caller]
            self._note(caller)
            self._working += 1
            return job

    def _note(self, caller: object) -> None:
        self._jobs += 1
        self._served.pop(hash(caller), None)
        self._served[hash(caller)] = self._jobs
        if len(self._served) > REMEMBERED_CALLERS:
            del self._served[next(iter(self._served))]

    def _drop_cancelled(self) -> None:
        for caller, jobs in list(self._waiting.items()):
            left = deque(job for job in jobs if not job.result.cancelled())
            if left:
                self._waiting[caller] = left
            else:
                del self._waiting[caller]
