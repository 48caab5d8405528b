"""Counts that outlive a call: spent time and money, wrong codes, and slots that free themselves.

In memory, or in Redis where all workers and machines share it. While Redis is away the memory serves, so that calls go
on: limits then hold for each worker alone.
"""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from ..net.redis_connection import RedisConnection

# A holder that is not heard of for so long has died; renewed every 10 s.
LEASE_S = 25.0
# What was spent in a day is kept beyond it, whenever in the day it was counted first.
KEPT_S = 2 * 86_400

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


class _Slots:
    """Places by key in memory, each held until a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, dict[str, float]] = {}

    def take(self, key: str, holder: str, maximum: int, now: float) -> bool:
        with self._lock:
            held = {name: until for name, until in self._held.get(key, {}).items() if until > now}
            fits = holder in held or len(held) < maximum
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


class _Sums:
    """What this worker counted, by key; of days that are over only what nobody was told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: dict[str, int] = {}
        self._changed: set[str] = set()
        self._day = ""

    def add(self, key: str, amount: int, *, telling: bool) -> None:
        """`telling`: somebody is to be told of it, and it is kept until then."""
        if not amount:
            return
        with self._lock:
            day = key.rpartition("/")[2]
            if day > self._day:
                self._day = day
                self._sums = {key: total for key, total in self._sums.items() if key in self._changed}
            self._sums[key] = self._sums.get(key, 0) + amount
            if telling:
                self._changed.add(key)

    def forgotten(self, key: str) -> None:
        """Whoever was told of it knows it no more."""
        with self._lock:
            self._changed.add(key)

    def of(self, key: str) -> int:
        with self._lock:
            return self._sums.get(key, 0)

    def changed(self) -> dict[str, int]:
        """The sums that were not told yet."""
        with self._lock:
            return {key: self._sums[key] for key in self._changed}

    def told(self, sums: dict[str, int]) -> None:
        with self._lock:
            self._changed -= {key for key, total in sums.items() if self._sums.get(key) == total}


def _of_today(what: str, whom: str) -> str:
    return f"spent/{what}/{whom}/{time.strftime('%Y-%m-%d', time.gmtime(time.time()))}"


class QuotaStore:
    """Every method may wait for Redis up to a second, if there is one: then none is called on the bridge's thread."""

    def __init__(self, redis: RedisConnection | None = None) -> None:
        self._slots = _Slots()
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._sums = _Sums()
        self._saying = threading.Lock()
        # Each worker writes its own sums, and all of them together are what was spent.
        self._name = secrets.token_hex(8)
        self._redis = redis
        self._take: Any = None
        self._shared: MovingWindowRateLimiter | None = None
        if redis is not None:
            self._take = redis.client.register_script(_TAKE)
            address = redis.url.replace("unix://", "redis+unix://", 1)
            self._shared = MovingWindowRateLimiter(storage_from_string(address, wrap_exceptions=True, **redis.waits))

    @property
    def waits(self) -> bool:
        """Whether there is a Redis to wait for."""
        return self._redis is not None

    @property
    def _present(self) -> RedisConnection | None:
        """Redis, unless there is none or it is away: then memory serves."""
        return self._redis if self._redis is not None and self._redis.present else None

    # What is spent in a day

    def spend(self, what: str, whom: str, amount: int) -> None:
        """Count `amount` of `what` (seconds, millionths of money) against today of `whom`; less than 0 gives back."""
        self._sums.add(_of_today(what, whom), amount, telling=self._redis is not None)
        self._say()

    def spent(self, what: str, whom: str) -> int:
        """How much is spent of the day, which begins at 0:00 UTC; no limit has a part in it."""
        key = _of_today(what, whom)
        self._say()
        own, others = self._sums.of(key), 0
        if redis := self._present:
            try:
                told = redis.client.hgetall(f"voiceapp:{key}")
                if own and self._name not in told:
                    # It was started anew without what it held.
                    self._sums.forgotten(key)
                others = sum(int(total) for name, total in told.items() if name != self._name)
            except Exception as error:
                redis.failed(error)
        return max(0, own + others)

    def _say(self) -> None:
        """Tell Redis the sums it does not know. A sum that is told twice counts once, unlike an increase."""
        with self._saying:
            redis = self._present
            if redis is None:
                return
            changed = self._sums.changed()
            try:
                for key, total in changed.items():
                    pipe = redis.client.pipeline()
                    pipe.hset(f"voiceapp:{key}", self._name, total)
                    pipe.expire(f"voiceapp:{key}", KEPT_S)
                    pipe.execute()
            except Exception as error:
                redis.failed(error)
                return
            self._sums.told(changed)
            if changed:
                redis.worked()

    # Tries a minute

    def may_try(self, what: str, whom: str, maximum: int) -> bool:
        item = RateLimitItemPerMinute(maximum, namespace=what)
        return self._try(lambda tries: tries.test(item, whom))

    def count_try(self, what: str, whom: str, maximum: int) -> None:
        item: RateLimitItem = RateLimitItemPerMinute(maximum, namespace=what)
        self._try(lambda tries: tries.hit(item, whom))

    # Places with a lease

    def take(self, key: str, holder: str, maximum: int) -> bool:
        """Take a place for `LEASE_S`; False where `maximum` others hold one."""
        now = time.time()
        if redis := self._present:
            try:
                args = [now, now + LEASE_S, holder, maximum, int(LEASE_S * 2)]
                return bool(self._take(keys=[f"voiceapp:{key}"], args=args))
            except Exception as error:
                redis.failed(error)
        return self._slots.take(key, holder, maximum, now)

    def renew(self, key: str, holder: str) -> None:
        self.take(key, holder, _UNBOUNDED)

    def release(self, key: str, holder: str) -> None:
        self._slots.release(key, holder)
        if redis := self._present:
            try:
                redis.client.zrem(f"voiceapp:{key}", holder)
            except Exception as error:
                redis.failed(error)

    def _try(self, action: Callable[[MovingWindowRateLimiter], bool]) -> bool:
        redis = self._present
        if redis is not None and self._shared is not None:
            try:
                return action(self._shared)
            except StorageError as error:
                redis.failed(error.storage_error)
        return action(self._memory)
