"""What is special about Redis: it keeps time, may lose it with everything else, and may be read by others."""

import time
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from tests.redis_server import RedisServer, redis_server
from tests.store.workers import TALK, asker, in_redis, record
from tests.waiting import eventually
from voiceapp.net.redis_connection import RedisConnection
from voiceapp.store import redis_backend
from voiceapp.store.backend import KEPT_S, LEASE_S, RENEW_S, Claimed, Gone, Held, Writing
from voiceapp.store.redis_backend import RedisBackend

LONGEST_FOR_THE_PERSON_S = 10


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """For tests that break it."""
    with redis_server() as server:
        yield server


def test_a_lease_lasts_as_long_as_it_is_said_to(redis: RedisServer) -> None:
    workers = in_redis(redis)
    workers.alive("one")
    assert (LEASE_S, RENEW_S) == (8, 2)
    assert LEASE_S + RENEW_S <= LONGEST_FOR_THE_PERSON_S
    with redis.client() as client:
        assert LEASE_S - 1 < client.pttl("voiceapp:worker:one") / 1000 <= LEASE_S


def test_a_lease_runs_out_by_redis_own_clock(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = in_redis(redis)
    other = workers.alive("other")
    monkeypatch.setattr(redis_backend, "LEASE_S", 0.3)
    monkeypatch.setattr(redis_backend, "RENEW_S", 0.1)
    one = workers.alive("one")
    one.put(Writing([record()]))
    assert isinstance(other.claim("c1", asker()), Held)
    with redis.client() as client:
        assert eventually(lambda: not client.exists("voiceapp:worker:one"))
        # All others are heard of.
        client.set("voiceapp:beat", "1")
    assert other.claim("c1", asker()) == Claimed(record())


def test_a_record_is_kept_for_an_hour_after_its_last_use(redis: RedisServer) -> None:
    workers = in_redis(redis)
    one, other = workers.alive("one"), workers.alive("other")
    with redis.client() as client:
        one.put(Writing([record()]))
        assert KEPT_S - 5 < client.ttl("voiceapp:call:c1") <= KEPT_S == 3600
        client.expire("voiceapp:call:c1", 60)
        one.put(Writing(released=[record()]))
        client.expire("voiceapp:call:c1", 60)
        other.claim("c1", asker())
        assert client.ttl("voiceapp:call:c1") > KEPT_S - 5


def test_all_that_lies_in_redis_ends_by_itself(redis: RedisServer) -> None:
    workers = in_redis(redis)
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    for _ in range(5):
        other.claim("c1", asker())
    RedisConnection(redis.url).look()
    with redis.client() as client:
        keys = list(client.scan_iter())
        assert len(keys) >= 5
        assert [key for key in keys if client.ttl(key) < 0] == []


def test_a_redis_that_was_away_takes_no_living_worker_for_dead(server: RedisServer) -> None:
    """All leases ran out with it; whoever is first to be back must not take what the others still have."""
    workers = in_redis(server)
    one = workers.alive("one")
    one.put(Writing([record()]))
    with server.client() as client:
        client.delete("voiceapp:worker:one", "voiceapp:worker:other", "voiceapp:beat")
    other = workers.alive("other")
    assert isinstance(other.claim("c1", asker()), Held)
    assert one.renew().lapsed
    assert one.put(Writing([record()])) == set()
    with server.client() as client:
        assert LEASE_S - 1 < client.pttl("voiceapp:after-gap") / 1000 <= LEASE_S
        client.delete("voiceapp:after-gap")
    assert isinstance(other.claim("c1", asker()), Held)
    workers.lapse("one")
    assert other.claim("c1", asker()) == Claimed(record())


def test_a_redis_that_lost_everything_says_of_no_call_that_it_is_gone(server: RedisServer) -> None:
    workers = in_redis(server)
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    server.stop()
    server.start()
    other.renew()
    assert isinstance(other.claim("c1", asker()), Held)
    assert one.renew().lapsed
    one.put(Writing([record()]))
    assert isinstance(other.claim("c1", asker()), Held)


def test_it_says_so_before_anybody_has_renewed_a_lease_in_it(server: RedisServer) -> None:
    """A page that comes back may be quicker than the workers."""
    workers = in_redis(server)
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    with server.client() as client:
        client.delete("voiceapp:worker:one", "voiceapp:worker:other", "voiceapp:beat")
        assert isinstance(other.claim("c1", asker()), Held)
        client.flushall()
    assert isinstance(other.claim("c1", asker()), Held)


def test_what_a_worker_let_go_is_claimed_even_where_nobody_can_tell_the_dead(server: RedisServer) -> None:
    workers = in_redis(server)
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing(released=[record()]))
    with server.client() as client:
        client.set("voiceapp:after-gap", 1)
    assert other.claim("c1", asker()) == Claimed(record())


def test_a_full_redis_keeps_the_leases_it_has(server: RedisServer) -> None:
    workers = in_redis(server)
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    server.fill()
    with pytest.raises(Exception, match="memory"):
        one.put(Writing([record(generation=4)]))
    assert not one.renew().lapsed
    with pytest.raises(Exception, match="memory"):
        other.claim("c1", asker())
    server.empty()
    assert one.put(Writing([record(generation=4)])) == set()


def test_a_redis_that_is_full_is_not_said_to_work_again_until_it_takes_something(server: RedisServer) -> None:
    redis = RedisConnection(server.url)
    one = RedisBackend("one", redis)
    one.renew()
    server.fill()
    with pytest.raises(Exception, match="memory"):
        one.put(Writing([record()]))
    one.renew()
    assert redis.trouble == "it is full"
    assert not redis.present
    server.empty()
    one.renew()
    assert redis.trouble == ""
    assert redis.present


def test_a_frozen_redis_costs_a_second(server: RedisServer) -> None:
    one = in_redis(server).alive("one")
    server.freeze()
    for action in (one.renew, lambda: one.put(Writing([record()])), lambda: one.claim("c2", asker())):
        began = time.monotonic()
        with pytest.raises(Exception, match="imeout"):
            action()
        assert time.monotonic() - began < 3
    server.thaw()
    assert isinstance(one.claim("c2", asker()), Gone | Held)


def dump(server: RedisServer) -> str:
    with server.client() as client:
        return " ".join(str(client.hgetall(key)) for key in client.scan_iter("voiceapp:call:*"))


def test_with_a_key_no_word_can_be_read_in_redis(redis: RedisServer) -> None:
    workers = in_redis(redis, Fernet.generate_key().decode())
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing(released=[record()]))
    assert not any(entry.text in dump(redis) for entry in TALK)
    assert "marin" not in dump(redis)
    assert other.claim("c1", asker()) == Claimed(record())


def test_what_another_key_wrote_cannot_be_gone_on_with(redis: RedisServer) -> None:
    workers = in_redis(redis, Fernet.generate_key().decode())
    workers.alive("one").put(Writing(released=[record()]))
    with_another_key = RedisBackend("other", RedisConnection(redis.url))
    assert with_another_key.claim("c1", asker()) == Gone()


def test_a_record_of_a_later_version_is_read_as_far_as_it_is_known(redis: RedisServer) -> None:
    workers = in_redis(redis)
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing(released=[record()]))
    with redis.client() as client:
        text = client.hget("voiceapp:call:c1", "record")
        client.hset("voiceapp:call:c1", "record", text.replace("{", '{"later":1,', 1))
    assert other.claim("c1", asker()) == Claimed(record())
