"""How many browsers and calls this worker takes at once; it says no before it is too late to say anything."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .conversation.faults import Fault
from .errors import BUSY, SERVER_STOPPING, LimitError
from .rules import Rules

# What a newcomer is told to wait: calls end all the time, a restart takes longer than no time.
BUSY_S, STOPPING_S = 15, 3


class Admission:
    """Counts of what goes on; callable from any thread."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._lock = threading.Lock()
        self.sockets = 0
        self.calls = 0
        self.stopping = False

    def obstacle(self) -> Fault | None:
        """Why a newcomer cannot be taken now."""
        if self.stopping:
            return SERVER_STOPPING
        full = self.sockets >= self._rules.most_sockets or self.calls >= self._rules.max_calls
        return BUSY if full else None

    @contextmanager
    def seat(self) -> Iterator[None]:
        """A socket's place for as long as it lasts. Raises `LimitError`."""
        with self._lock:
            obstacle = self.obstacle()
            if obstacle:
                raise LimitError(obstacle)
            self.sockets += 1
        try:
            yield
        finally:
            with self._lock:
                self.sockets -= 1

    def check_call(self) -> None:
        """Raises `LimitError` where no call can begin."""
        if self.stopping:
            raise LimitError(SERVER_STOPPING)
        if self.calls >= self._rules.max_calls:
            raise LimitError(BUSY)

    def begin_call(self) -> None:
        """Count a call that begins. Raises `LimitError`."""
        with self._lock:
            self.check_call()
            self.calls += 1

    def end_call(self) -> None:
        with self._lock:
            self.calls -= 1

    def stop(self) -> None:
        """Take nobody any more."""
        self.stopping = True


def wait_s(fault: Fault) -> int:
    """How long to wait before trying again, as `Retry-After` and `after_s` say it; 0: it does not help."""
    return {BUSY.code: BUSY_S, SERVER_STOPPING.code: STOPPING_S}.get(fault.code, 60 if fault.retry else 0)
