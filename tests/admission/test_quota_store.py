"""What is counted, in memory and in a real Redis: the same answers, and memory's while Redis is away."""

import time
from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer, redis_server
from tests.waiting import eventually
from voiceapp.admission import quota_store as stores
from voiceapp.admission.quota_store import LEASE_S, QuotaStore
from voiceapp.net import redis_connection
from voiceapp.net.redis_connection import RedisConnection


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def quota_store(request: pytest.FixtureRequest, redis: RedisServer) -> QuotaStore:
    return QuotaStore(RedisConnection(redis.url) if request.param == "redis" else None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by which the store's clock is ahead."""
    ahead, now = [0.0], time.time
    monkeypatch.setattr(stores.time, "time", lambda: now() + ahead[0])
    return ahead


def test_what_is_spent_adds_up_by_person_and_kind(quota_store: QuotaStore) -> None:
    assert quota_store.spent("seconds", "spender") == 0
    quota_store.spend("seconds", "spender", 30)
    quota_store.spend("seconds", "spender", 31)
    assert quota_store.spent("seconds", "spender") == 61
    assert quota_store.spent("seconds", "another") == 0
    assert quota_store.spent("money", "spender") == 0


def test_what_was_counted_too_high_is_given_back(quota_store: QuotaStore) -> None:
    quota_store.spend("money", "corrected", 500)
    quota_store.spend("money", "corrected", -200)
    assert quota_store.spent("money", "corrected") == 300
    quota_store.spend("money", "corrected", -900)
    assert quota_store.spent("money", "corrected") == 0


def test_a_day_begins_at_midnight_utc(quota_store: QuotaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def set_clock(hour: int) -> None:
        now = (int(time.time()) // 86_400 + 2) * 86_400 + 3600 * hour
        monkeypatch.setattr(stores.time, "gmtime", lambda _: real(now))

    real = time.gmtime
    set_clock(23)
    quota_store.spend("money", "late", 70)
    assert quota_store.spent("money", "late") == 70
    set_clock(24)
    assert quota_store.spent("money", "late") == 0
    quota_store.spend("money", "late", 5)
    assert quota_store.spent("money", "late") == 5


def test_what_is_counted_late_for_yesterday_takes_nothing_from_today(
    quota_store: QuotaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that was held up over midnight, or a clock that was set back."""
    real, today = time.gmtime, (int(time.time()) // 86_400 + 4) * 86_400
    for second in (today - 1, today, today - 1, today):
        monkeypatch.setattr(stores.time, "gmtime", lambda _, second=second: real(second))
        quota_store.spend("money", "over midnight", 5)
    assert quota_store.spent("money", "over midnight") == 10


def test_tries_run_out(quota_store: QuotaStore) -> None:
    for _ in range(5):
        assert quota_store.may_try("code", "1.2.3.4", 5)
        quota_store.count_try("code", "1.2.3.4", 5)
    assert not quota_store.may_try("code", "1.2.3.4", 5)
    assert quota_store.may_try("code", "1.2.3.5", 5)


def test_places_are_taken_renewed_and_released(quota_store: QuotaStore) -> None:
    assert quota_store.take("place", "a", 2)
    assert quota_store.take("place", "b", 2)
    assert not quota_store.take("place", "c", 2)
    assert quota_store.take("place", "a", 2)
    quota_store.release("place", "a")
    assert quota_store.take("place", "c", 2)
    quota_store.release("place", "b")
    quota_store.release("place", "c")


def test_a_place_whose_holder_died_frees_itself(quota_store: QuotaStore, clock: list[float]) -> None:
    assert LEASE_S <= 30
    assert quota_store.take("lease", "dead", 1)
    clock[0] = LEASE_S - 1
    assert not quota_store.take("lease", "next", 1)
    clock[0] = LEASE_S + 0.1
    assert quota_store.take("lease", "next", 1)
    quota_store.release("lease", "next")


def test_a_renewed_place_stays(quota_store: QuotaStore, clock: list[float]) -> None:
    assert quota_store.take("kept", "alive", 1)
    for _ in range(3):
        clock[0] += 10
        quota_store.renew("kept", "alive")
    assert not quota_store.take("kept", "next", 1)
    quota_store.release("kept", "alive")


def test_two_workers_share_what_is_in_redis(redis: RedisServer) -> None:
    one, other = QuotaStore(RedisConnection(redis.url)), QuotaStore(RedisConnection(redis.url))
    one.spend("seconds", "shared", 50)
    assert other.spent("seconds", "shared") == 50
    assert one.take("shared", "x", 1)
    assert not other.take("shared", "y", 1)


def test_what_was_spent_while_redis_was_away_is_told_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_connection, "PAUSE_S", 0.0)
    with redis_server() as server:
        quota_store, other = QuotaStore(RedisConnection(server.url)), QuotaStore(RedisConnection(server.url))
        quota_store.spend("money", "u", 4)
        server.freeze()
        quota_store.spend("money", "u", 3)
        # The worker knows what it counted itself.
        assert quota_store.spent("money", "u") == 7
        server.thaw()
        assert quota_store.spent("money", "u") == 7
        assert other.spent("money", "u") == 7


def test_a_redis_that_forgot_all_is_told_again() -> None:
    """It was started anew, without what it held."""
    with redis_server() as server:
        quota_store, other = QuotaStore(RedisConnection(server.url)), QuotaStore(RedisConnection(server.url))
        quota_store.spend("money", "u", 4)
        other.spend("money", "u", 2)
        server.stop()
        server.start()
        assert quota_store.spent("money", "u") >= 4
        assert other.spent("money", "u") >= 2
        assert eventually(lambda: (quota_store.spent("money", "u"), other.spent("money", "u")) == (6, 6))


@pytest.mark.parametrize("trouble", ["gone", "frozen"])
def test_while_redis_is_away_memory_serves_and_soon(trouble: str) -> None:
    with redis_server() as server:
        quota_store = QuotaStore(RedisConnection(server.url))
        server.stop() if trouble == "gone" else server.freeze()
        began = time.monotonic()
        assert quota_store.take("p", "a", 1)
        assert not quota_store.take("p", "b", 1)
        quota_store.spend("seconds", "u", 4)
        assert quota_store.spent("seconds", "u") == 4
        assert quota_store.may_try("code", "x", 5)
        assert time.monotonic() - began < 2.5
        quota_store.release("p", "a")
