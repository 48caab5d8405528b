"""When to try again for a session: ever later, and not for ever."""

import random
from collections.abc import Callable
from math import inf

# The first try is made at once; before the second one so long is waited, and then twice as long each time.
FIRST_S = 0.5
# A session that lived so long was no mistake: who loses it begins anew.
STEADY_S = 30.0


def _jitter() -> float:
    """So that all calls of a server which has gone do not come back in one moment."""
    return random.uniform(0.75, 1.25)


class Tries:
    """Of one call. `longest_s`: no wait is longer, but for one that the server asks for; `in_all_s`: then no more.

    Sessions that are lost soon after they began count as one loss: a server that ends each at once is not asked for
    ever. `now`: seconds, of a clock that never goes back.
    """

    __slots__ = ("_in_all_s", "_jitter", "_longest_s", "_since", "_spent", "_tries")

    def __init__(self, longest_s: float, in_all_s: float = inf, jitter: Callable[[], float] = _jitter) -> None:
        self._longest_s = longest_s
        self._in_all_s = in_all_s
        self._jitter = jitter
        self._tries = 0
        self._since = self._spent = 0.0

    def begin(self, now: float, lived_s: float) -> None:
        """A session that lived so long is to be replaced."""
        if lived_s >= STEADY_S:
            self._tries, self._spent = 0, 0.0
        self._since = now - self._spent

    def end(self, now: float) -> None:
        """Another one has taken over."""
        self._spent = now - self._since

    def next(self, now: float, after_s: float = 0.0) -> float | None:
        """In how many seconds to try; None: no more. `after_s`: the server asks for no less."""
        wait = min(FIRST_S * 2 ** (self._tries - 1), self._longest_s) * self._jitter() if self._tries else 0.0
        self._tries = min(self._tries + 1, 20)
        wait = max(wait, after_s)
        return wait if now + wait - self._since <= self._in_all_s else None
