"""How fast something may come: a bucket that refills with time."""

from collections.abc import Callable
from time import monotonic

# Of so many keys, those whose bucket is full again are forgotten; and of twice as many as were left then.
MAX_KEYS = 4096


class TokenBucket:
    """Holds `at_once`, refills by `a_second`. Full at the beginning. `clock`: seconds, which never go back."""

    __slots__ = ("_a_second", "_at", "_at_once", "_clock", "_level", "_spare")

    def __init__(self, a_second: float, at_once: float, clock: Callable[[], float] = monotonic) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._level = at_once
        self._spare = 0.0
        self._clock = clock
        self._at = clock()

    def take(self, amount: float) -> bool:
        """Take `amount` if it is there."""
        now = self._clock()
        level = self._level + (now - self._at) * self._a_second
        if level > self._at_once:
            level = self._at_once
        self._at = now
        if amount > level:
            if amount > level + self._spare:
                self._level = level
                return False
            self._spare -= amount - level
            level = amount
        self._level = level - amount
        return True

    def catch_up(self, beyond: float) -> None:
        """What has run over since the last `take` is kept in spare, up to so much, until it is taken."""
        now = self._clock()
        over = max(0.0, self._level + (now - self._at) * self._a_second - self._at_once)
        self._level = min(self._at_once, self._level + (now - self._at) * self._a_second)
        self._spare = min(beyond, self._spare + over)
        self._at = now

    def allow(self, beyond: float) -> None:
        """So much more may be taken, once."""
        self._spare += beyond

    @property
    def full(self) -> bool:
        """Whether it is as at the beginning."""
        return self._level + (self._clock() - self._at) * self._a_second >= self._at_once


class TokenBuckets:
    """A bucket for each key, such as a person or an address; full buckets are dropped when there are many."""

    def __init__(self, a_second: float, at_once: float, clock: Callable[[], float] = monotonic) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._clock = clock
        self._by_key: dict[str, TokenBucket] = {}
        self._threshold = MAX_KEYS

    def take(self, key: str, amount: float) -> bool:
        """Take `amount` of the key's, if it is there."""
        bucket = self._by_key.get(key)
        if bucket is None:
            if len(self._by_key) >= self._threshold:
                self._by_key = {each: held for each, held in self._by_key.items() if not held.full}
                self._threshold = max(MAX_KEYS, 2 * len(self._by_key))
            bucket = self._by_key[key] = TokenBucket(self._a_second, self._at_once, self._clock)
        return bucket.take(amount)
