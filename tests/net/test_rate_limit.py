"""Buckets, with a clock of the test's own."""

import pytest

from voiceapp.net import rate_limit
from voiceapp.net.rate_limit import TokenBucket, TokenBuckets


class Clock:
    """Stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_bucket_gives_what_it_holds_and_refills_with_time(clock: Clock) -> None:
    bucket = TokenBucket(2, 4, clock)
    assert bucket.take(4)
    assert not bucket.take(1)
    assert not bucket.full
    clock.now += 1
    assert bucket.take(2)
    clock.now += 60
    assert bucket.full
    assert not bucket.take(5)


def test_what_refilled_while_nobody_could_take_it_is_there_once(clock: Clock) -> None:
    bucket = TokenBucket(2, 4, clock)
    assert bucket.take(4)
    clock.now += 60
    bucket.catch_up(beyond=6)
    assert bucket.take(7)
    bucket.catch_up(beyond=6)
    assert bucket.take(3)
    assert not bucket.take(1)
    clock.now += 60
    assert not bucket.take(5)


def test_each_key_has_a_bucket_of_its_own(clock: Clock) -> None:
    buckets = TokenBuckets(1, 2, clock)
    assert buckets.take("ann", 2)
    assert not buckets.take("ann", 1)
    assert buckets.take("bob", 2)


def test_keys_are_forgotten_once_they_may_do_as_much_as_strangers(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MAX_KEYS", 10)
    buckets = TokenBuckets(1, 2, clock)
    for n in range(10):
        buckets.take(str(n), 2)
    clock.now += 3
    buckets.take("0", 2)
    buckets.take("new", 1)
    assert set(buckets._by_key) == {"0", "new"}
    assert not buckets.take("0", 1)


def test_keys_that_cannot_be_forgotten_are_not_looked_through_for_each_newcomer(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "MAX_KEYS", 10)
    buckets, looks = TokenBuckets(1, 2, clock), []
    monkeypatch.setattr(TokenBucket, "full", property(lambda _: looks.append(1)))
    for n in range(1000):
        buckets.take(str(n), 2)
    assert len(looks) < 2500
