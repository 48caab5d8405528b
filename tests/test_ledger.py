"""What is counted, in memory and in a real Redis: the same answers, and memory's while Redis is away."""

import time
from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer, redis_server
from voiceapp import ledger as ledgers
from voiceapp.environment import Secret
from voiceapp.ledger import LEASE_S, Ledger


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


def test_what_is_spent_is_gone_for_the_day(ledger: Ledger) -> None:
    assert ledger.left("seconds", "spender", 100) == 100
    ledger.spend("seconds", "spender", 100, 30)
    ledger.spend("seconds", "spender", 100, 30)
    assert ledger.left("seconds", "spender", 100) == 40
    ledger.spend("seconds", "spender", 100, 500)
    assert ledger.left("seconds", "spender", 100) == 0
    assert ledger.left("seconds", "another", 100) == 100
    assert ledger.left("money", "spender", 100) == 100


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
    one.spend("seconds", "shared", 60, 50)
    assert other.left("seconds", "shared", 60) == 10
    assert one.take("shared", "x", 1)
    assert not other.take("shared", "y", 1)


@pytest.mark.parametrize("trouble", ["gone", "frozen"])
def test_while_redis_is_away_memory_serves_and_soon(trouble: str) -> None:
    with redis_server() as server:
        ledger = Ledger(Secret(server.url))
        assert ledger.reachable()
        server.stop() if trouble == "gone" else server.freeze()
        began = time.monotonic()
        assert ledger.take("p", "a", 1)
        assert not ledger.take("p", "b", 1)
        ledger.spend("seconds", "u", 10, 4)
        assert ledger.left("seconds", "u", 10) == 6
        assert ledger.may_try("code", "x", 5)
        assert time.monotonic() - began < 2.5
        assert not ledger.reachable()
        ledger.release("p", "a")
