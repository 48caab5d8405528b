"""How many sockets and calls this worker takes at once. It refuses the next one before the worker is overloaded."""

import threading
from collections import Counter

from ..config.rules import Rules
from ..conversation.faults import Fault
from ..errors import BUSY, SERVER_STOPPING, TOO_MANY_CALLS, LimitError
from ..net.seat import Seat
from .access import Visitor

# What a newcomer is told to wait: calls end all the time, a restart takes longer than no time.
BUSY_S, STOPPING_S = 15, 3
# Under a server whose sockets take threads: for the page, its files, health, a login.
SPARE_THREADS = 8


class Capacity:
    """Counts sockets and calls; callable from any thread. `lost`: of the calls, those that wait for their page."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._max_sockets = rules.max_sockets
        self._lock = threading.Lock()
        # Sockets by person and by address.
        self._held: Counter[str] = Counter()
        self.sockets = 0
        self.calls = 0
        self.lost = 0
        self.stopping = False

    def obstacle(self) -> Fault | None:
        """Why a newcomer cannot be taken now."""
        if self.stopping:
            return SERVER_STOPPING
        # A socket may be that of a page which comes back; one that begins a call is looked at once more.
        calls_full = self.calls >= self._rules.max_calls and not self.lost
        return BUSY if calls_full or self.sockets >= self._max_sockets else None

    def take_threads(self, threads: int) -> None:
        """Every socket takes one of so many threads, of which HTTP needs some too."""
        self._max_sockets = min(self._max_sockets, threads - max(1, min(SPARE_THREADS, threads // 4)))

    def take_seat(self, visitor: Visitor) -> Seat:
        """A socket's place. Raises `LimitError` where the worker is full, or this person's part of it."""
        with self._lock:
            obstacle = self.obstacle()
            if obstacle:
                raise LimitError(obstacle)
            if any(maximum and self._held[key] >= maximum for key, maximum in self._bounds(visitor)):
                raise LimitError(TOO_MANY_CALLS)
            self.sockets += 1
            self._held.update(key for key, _ in self._bounds(visitor))
        return Seat(lambda: self._leave_seat(visitor))

    def _leave_seat(self, visitor: Visitor) -> None:
        with self._lock:
            self.sockets -= 1
            for key, _ in self._bounds(visitor):
                self._held[key] -= 1
                if not self._held[key]:
                    del self._held[key]

    def _bounds(self, visitor: Visitor) -> tuple[tuple[str, int], tuple[str, int]]:
        rules = self._rules
        return (f"user:{visitor.user}", rules.sockets_per_user), (f"at:{visitor.address}", rules.sockets_per_address)

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
