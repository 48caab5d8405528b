"""Counts that outlive a call: spent time and money, wrong codes, and slots that free themselves.

In memory, or in Redis where all workers and machines share it. While Redis is away the memory serves, so that calls go
on: limits then hold for each worker alone.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from .environment import Secret

log = logging.getLogger(__name__)

REDIS_WAIT_S = 1.0
# After a failure Redis is left alone so long; a frozen one would cost every request the whole wait.
REDIS_PAUSE_S = 5.0
# A holder that is not heard of for so long has died; renewed every 10 s.
LEASE_S = 25.0

# Takes a place, or renews one that is held already. KEYS: the set; ARGV: now, until, holder, the most, seconds kept.
_TAKE = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
if redis.call('ZSCORE', KEYS[1], ARGV[3]) == false and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
  return 0
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""
_UNBOUNDED = 1 << 31

Result = TypeVar("Result")


class _Slots:
    """Places by key in memory, each held until a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, dict[str, float]] = {}

    def take(self, key: str, holder: str, most: int, now: float) -> bool:
        with self._lock:
            held = {name: until for name, until in self._held.get(key, {}).items() if until > now}
            fits = holder in held or len(held) < most
            if fits:
                held[holder] = now + LEASE_S
            self._held[key] = held
            return fits

    def release(self, key: str, holder: str) -> None:
        with self._lock:
            held = self._held.get(key, {})
            held.pop(holder, None)
            if not held:
                self._held.pop(key, None)


class Ledger:
    """Every method may wait for Redis up to a second, so none is called on the bridge's thread."""

    def __init__(self, redis_url: Secret) -> None:
        self._slots = _Slots()
        self._memory = _Book(MemoryStorage())
        self._away_until = 0.0
        self._redis: Any = None
        self._take: Any = None
        self._shared: _Book | None = None
        if redis_url:
            self._open(redis_url)

    def _open(self, url: Secret) -> None:
        # An optional package: only those who share limits need it.
        import redis

        waits = {"socket_timeout": REDIS_WAIT_S, "socket_connect_timeout": REDIS_WAIT_S}
        self._redis = redis.Redis.from_url(url.reveal(), **waits)
        self._take = self._redis.register_script(_TAKE)
        address = url.reveal().replace("unix://", "redis+unix://", 1)
        self._shared = _Book(storage_from_string(address, wrap_exceptions=True, **waits))

    def reachable(self) -> bool:
        """Whether Redis answers; true where none is used."""
        if self._redis is None:
            return True
        try:
            return bool(self._redis.ping())
        except Exception as error:
            log.debug("redis: %s", type(error).__name__)
            return False

    # What is spent in a day

    def spend(self, what: str, whom: str, most: int, amount: int) -> None:
        """Count `amount` of `what` (seconds, millionths of money) against the day of `whom`."""
        if amount > 0:
            item = RateLimitItemPerDay(most, namespace=what)
            self._try(lambda book: book.spent.hit(item, whom, cost=amount))

    def left(self, what: str, whom: str, most: int) -> int:
        """How much of `most` is not spent yet."""
        item = RateLimitItemPerDay(most, namespace=what)
        return max(0, self._try(lambda book: book.spent.get_window_stats(item, whom).remaining))

    # Tries a minute

    def may_try(self, what: str, whom: str, most: int) -> bool:
        item = RateLimitItemPerMinute(most, namespace=what)
        return self._try(lambda book: book.tries.test(item, whom))

    def count_try(self, what: str, whom: str, most: int) -> None:
        item: RateLimitItem = RateLimitItemPerMinute(most, namespace=what)
        self._try(lambda book: book.tries.hit(item, whom))

    # Places with a lease

    def take(self, key: str, holder: str, most: int) -> bool:
        """Take a place for `LEASE_S`; False where `most` others hold one."""
        now = time.time()
        if self._present():
            try:
                args = [now, now + LEASE_S, holder, most, int(LEASE_S * 2)]
                return bool(self._take(keys=[f"voiceapp:{key}"], args=args))
            except Exception as error:
                self._lost(error)
        return self._slots.take(key, holder, most, now)

    def renew(self, key: str, holder: str) -> None:
        self.take(key, holder, _UNBOUNDED)

    def release(self, key: str, holder: str) -> None:
        self._slots.release(key, holder)
        if self._present():
            try:
                self._redis.zrem(f"voiceapp:{key}", holder)
            except Exception as error:
                self._lost(error)

    # Redis, or memory while it is away

    def _present(self) -> bool:
        return self._redis is not None and time.monotonic() >= self._away_until

    def _lost(self, error: Exception) -> None:
        self._away_until = time.monotonic() + REDIS_PAUSE_S
        log.warning("redis is away (%s): limits are counted by each worker alone", type(error).__name__)

    def _try(self, action: "Callable[[_Book], Result]") -> Result:
        if self._shared is not None and self._present():
            try:
                return action(self._shared)
            except StorageError as error:
                self._lost(error)
        return action(self._memory)


class _Book:
    """The two ways of counting over one storage."""

    def __init__(self, storage: Any) -> None:
        self.spent = FixedWindowRateLimiter(storage)
        self.tries = MovingWindowRateLimiter(storage)
