"""What is counted, in memory and in a real Redis: the same answers, and memory's while Redis is away."""

import time
from collections.abc import Iterator

import pytest

from tests.net.test_engineio_driver import eventually
from tests.redis_server import RedisServer, redis_server
from voiceapp.admission import quota_store as ledgers
from voiceapp.admission.quota_store import LEASE_S, Ledger
from voiceapp.config.environment import Secret


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture(params=["memory", "redis"])
def ledger(request: pytest.FixtureRequest, redis: RedisServer) -> Ledger:
    return Ledger(Secret(redis.url if request.param == "redis" else ""))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by which the ledger's clock is ahead."""
    ahead, now = [0.0], time.time
    monkeypatch.setattr(ledgers.time, "time", lambda: now() + ahead[0])
    return ahead


def test_what_is_spent_adds_up_by_person_and_kind(ledger: Ledger) -> None:
    assert ledger.spent("seconds", "spender") == 0
    ledger.spend("seconds", "spender", 30)
    ledger.spend("seconds", "spender", 31)
    assert ledger.spent("seconds", "spender") == 61
    assert ledger.spent("seconds", "another") == 0
    assert ledger.spent("money", "spender") == 0


def test_what_was_counted_too_high_is_given_back(ledger: Ledger) -> None:
    ledger.spend("money", "corrected", 500)
    ledger.spend("money", "corrected", -200)
    assert ledger.spent("money", "corrected") == 300
    ledger.spend("money", "corrected", -900)
    assert ledger.spent("money", "corrected") == 0


def test_a_day_begins_at_midnight_utc(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def set_clock(hour: int) -> None:
        now = (int(time.time()) // 86_400 + 2) * 86_400 + 3600 * hour
        monkeypatch.setattr(ledgers.time, "gmtime", lambda _: real(now))

    real = time.gmtime
    set_clock(23)
    ledger.spend("money", "late", 70)
    assert ledger.spent("money", "late") == 70
    set_clock(24)
    assert ledger.spent("money", "late") == 0
    ledger.spend("money", "late", 5)
    assert ledger.spent("money", "late") == 5


def test_what_is_counted_late_for_yesterday_takes_nothing_from_today(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that was held up over midnight, or a clock that was set back."""
    real, today = time.gmtime, (int(time.time()) // 86_400 + 4) * 86_400
    for second in (today - 1, today, today - 1, today):
        monkeypatch.setattr(ledgers.time, "gmtime", lambda _, second=second: real(second))
        ledger.spend("money", "over midnight", 5)
    assert ledger.spent("money", "over midnight") == 10


def test_tries_run_out(ledger: Ledger) -> None:
    for _ in range(5):
        assert ledger.may_try("code", "1.2.3.4", 5)
        ledger.count_try("code", "1.2.3.4", 5)
    assert not ledger.may_try("code", "1.2.3.4", 5)
    assert ledger.may_try("code", "1.2.3.5", 5)


def test_places_are_taken_renewed_and_released(ledger: Ledger) -> None:
    assert ledger.take("place", "a", 2)
    assert ledger.take("place", "b", 2)
    assert not ledger.take("place", "c", 2)
    assert ledger.take("place", "a", 2)
    ledger.release("place", "a")
    assert ledger.take("place", "c", 2)
    ledger.release("place", "b")
    ledger.release("place", "c")


def test_a_place_whose_holder_died_frees_itself(ledger: Ledger, clock: list[float]) -> None:
    assert LEASE_S <= 30
    assert ledger.take("lease", "dead", 1)
    clock[0] = LEASE_S - 1
    assert not ledger.take("lease", "next", 1)
    clock[0] = LEASE_S + 0.1
    assert ledger.take("lease", "next", 1)
    ledger.release("lease", "next")


def test_a_renewed_place_stays(ledger: Ledger, clock: list[float]) -> None:
    assert ledger.take("kept", "alive", 1)
    for _ in range(3):
        clock[0] += 10
        ledger.renew("kept", "alive")
    assert not ledger.take("kept", "next", 1)
    ledger.release("kept", "alive")


def test_two_workers_share_what_is_in_redis(redis: RedisServer) -> None:
    one, other = Ledger(Secret(redis.url)), Ledger(Secret(redis.url))
    one.spend("seconds", "shared", 50)
    assert other.spent("seconds", "shared") == 50
    assert one.take("shared", "x", 1)
    assert not other.take("shared", "y", 1)


def test_what_was_spent_while_redis_was_away_is_told_when_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "REDIS_PAUSE_S", 0.0)
    with redis_server() as server:
        ledger, other = Ledger(Secret(server.url)), Ledger(Secret(server.url))
        ledger.spend("money", "u", 4)
        server.freeze()
        ledger.spend("money", "u", 3)
        # The worker knows what it counted itself.
        assert ledger.spent("money", "u") == 7
        server.thaw()
        assert ledger.spent("money", "u") == 7
        assert other.spent("money", "u") == 7


def test_a_redis_that_forgot_all_is_told_again() -> None:
    """It was started anew, without what it held."""
    with redis_server() as server:
        ledger, other = Ledger(Secret(server.url)), Ledger(Secret(server.url))
        ledger.spend("money", "u", 4)
        other.spend("money", "u", 2)
        server.stop()
        server.start()
        assert ledger.spent("money", "u") >= 4
        assert other.spent("money", "u") >= 2
        assert eventually(lambda: (ledger.spent("money", "u"), other.spent("money", "u")) == (6, 6), timeout=10)


@pytest.mark.parametrize("trouble", ["gone", "frozen"])
def test_while_redis_is_away_memory_serves_and_soon(trouble: str) -> None:
    with redis_server() as server:
        ledger = Ledger(Secret(server.url))
        assert ledger.reachable()
        server.stop() if trouble == "gone" else server.freeze()
        began = time.monotonic()
        assert ledger.take("p", "a", 1)
        assert not ledger.take("p", "b", 1)
        ledger.spend("seconds", "u", 4)
        assert ledger.spent("seconds", "u") == 4
        assert ledger.may_try("code", "x", 5)
        assert time.monotonic() - began < 2.5
        assert not ledger.reachable()
        ledger.release("p", "a")
