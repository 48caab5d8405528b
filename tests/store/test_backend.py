"""Who owns a call, in memory and in a real Redis: the same answers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.redis_server import RedisServer
from tests.store.workers import Workers, asker, in_memory, in_redis, record
from voiceapp.store.backend import ASK_AGAIN_S, ASKS, Asker, Claimed, Gone, Held, Refused, Writing


def test_a_call_that_was_let_go_is_claimed_with_all_that_was_kept(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    assert one.put(Writing(released=[record()])) == set()
    assert other.claim("c1", asker()) == Claimed(record())


def test_a_call_of_a_living_worker_is_held_and_after_a_few_asks_that_worker_is_asked(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    for _ in range(ASKS - 1):
        # Over another line the page may reach the owner by itself.
        assert other.claim("c1", asker()) == Held(None)
        assert one.renew().wanted == set()
    assert other.claim("c1", asker()) == Held(ASK_AGAIN_S)
    assert one.renew().wanted == {"c1"}
    assert one.renew().wanted == set()
    assert isinstance(other.claim("c1", asker()), Held)


def test_the_calls_of_a_dead_worker_are_free(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    assert not one.renew().lapsed
    workers.lapse("one")
    assert other.claim("c1", asker()) == Claimed(record())


def test_whoever_leaves_is_not_waited_for(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    one.leave()
    assert other.claim("c1", asker()) == Claimed(record())


def test_a_worker_that_wakes_learns_what_it_has_lost_and_overwrites_nothing(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record("c1"), record("c2")]))
    workers.lapse("one")
    other.claim("c1", asker())
    other.put(Writing([record("c1", generation=4)]))
    assert one.renew().lapsed
    assert one.put(Writing([record("c1", generation=9), record("c2")])) == {"c1"}
    assert one.put(Writing(released=[record("c1", generation=9)], over=["c1"])) == {"c1"}
    workers.lapse("other")
    assert one.claim("c1", asker(generation=4)) == Claimed(record("c1", generation=4))


def test_a_call_that_is_over_is_gone(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    one.put(Writing(over=["c1", "never"]))
    assert other.claim("c1", asker()) == Gone()
    assert other.claim("never", asker()) == Gone()


def test_a_workers_own_call_is_not_to_be_claimed(workers: Workers) -> None:
    """It is over here, and that was not written yet."""
    one = workers.alive("one")
    one.put(Writing([record()]))
    assert one.claim("c1", asker()) == Gone()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (asker(), True),
        (asker(generation=4), True),
        (asker(generation=2), False),
        (asker(generation=2, page="page-1"), True),
        (asker(generation=1, page="page-1"), False),
        (asker(whose="another"), False),
        (asker(whose=""), False),
    ],
    ids=["last token", "newer", "older", "older, of the page that never got the last", "too old", "foreign", "nobody"],
)
def test_a_call_goes_to_its_person_with_the_last_token_alone(workers: Workers, who: Asker, may: bool) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing(released=[record()]))
    assert other.claim("c1", who) == (Claimed(record()) if may else Refused())


def test_without_a_page_there_is_none_that_missed_the_last_token(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing(released=[record(page="")]))
    assert other.claim("c1", asker(generation=2, page="")) == Refused()


def test_a_stranger_cannot_have_a_call_let_go(workers: Workers) -> None:
    one, other = workers.alive("one"), workers.alive("other")
    one.put(Writing([record()]))
    for _ in range(ASKS + 1):
        assert other.claim("c1", asker(generation=2)) == Refused()
    assert one.renew().wanted == set()


def test_of_several_who_claim_at_once_one_gets_it(workers: Workers) -> None:
    one, others = workers.alive("one"), [workers.alive(f"other {n}") for n in range(8)]
    with ThreadPoolExecutor(len(others)) as pool:
        for n in range(20):
            one.put(Writing(released=[record(f"c{n}")]))
            claims = list(pool.map(lambda each, call=f"c{n}": each.claim(call, asker()), others))
            assert [type(claim) for claim in claims].count(Claimed) == 1


NAMES = st.sampled_from(["a", "b", "c"])
CALLS = st.sampled_from(["c1", "c2"])
GENERATIONS = st.integers(1, 4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("renew"), NAMES),
        st.tuples(st.just("lapse"), NAMES),
        st.tuples(st.just("leave"), NAMES),
        st.tuples(st.just("write"), NAMES, CALLS, GENERATIONS),
        st.tuples(st.just("release"), NAMES, CALLS, GENERATIONS),
        st.tuples(st.just("over"), NAMES, CALLS),
        st.tuples(st.just("claim"), NAMES, CALLS, GENERATIONS),
    ),
    max_size=25,
)


def do(workers: Workers, action: str, name: str, call: str = "", generation: int = 0) -> object:
    worker = workers.made.get(name) or workers.alive(name)
    match action:
        case "renew":
            return worker.renew()
        case "lapse":
            workers.lapse(name)
            return None
        case "leave":
            worker.leave()
            return None
        case "write":
            return worker.put(Writing([record(call, generation=generation)]))
        case "release":
            return worker.put(Writing(released=[record(call, generation=generation)]))
        case "over":
            return worker.put(Writing(over=[call]))
    return worker.claim(call, asker(generation=generation, page="page-1"))


@given(STEPS)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_memory_and_redis_answer_alike(redis: RedisServer, steps: list[tuple[str, ...]]) -> None:
    memory, shared = in_memory(), in_redis(redis)
    for step in steps:
        assert do(memory, *step) == do(shared, *step), step
