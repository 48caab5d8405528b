"""When it is tried again for a session: at once, then ever later, and not for ever."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from voiceapp.call.tries import STEADY_S, Tries


def tries(longest_s: float = 4.0, in_all_s: float = 30.0) -> Tries:
    return Tries(longest_s, in_all_s, jitter=lambda: 1.0)


def test_at_once_and_then_after_twice_as_long_each_time() -> None:
    each = tries()
    each.begin(0.0, STEADY_S)
    assert [each.next(0.0) for _ in range(6)] == [0.0, 0.5, 1.0, 2.0, 4.0, 4.0]


def test_not_before_the_server_wants_to_be_asked() -> None:
    each = tries()
    each.begin(0.0, STEADY_S)
    assert each.next(0.0, 3.0) == 3.0
    assert each.next(3.0, 0.1) == 0.5


def test_not_at_all_where_it_would_take_too_long() -> None:
    each = tries()
    each.begin(100.0, STEADY_S)
    assert each.next(100.0, 31.0) is None
    assert each.next(129.0, 0.0) == 0.5
    assert each.next(129.5) is None


def test_a_session_that_lived_long_was_no_try() -> None:
    each = tries()
    each.begin(0.0, STEADY_S)
    assert [each.next(0.0), each.next(0.0)] == [0.0, 0.5]
    each.end(29.0)
    each.begin(100.0, STEADY_S)
    assert each.next(100.0) == 0.0


def test_sessions_that_end_at_once_are_not_asked_for_ever() -> None:
    each, now, asked = tries(), 0.0, 0
    each.begin(now, STEADY_S)
    while (wait := each.next(now)) is not None:
        now, asked = now + wait, asked + 1
        each.end(now)
        now += 1.0
        each.begin(now, 1.0)
    assert asked < 15
    assert now < 60


def test_before_an_end_that_is_known_there_is_no_last_try() -> None:
    each = tries(30.0, inf)
    each.begin(0.0, inf)
    assert [each.next(3600.0 * k) for k in range(9)] == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=30))
def test_not_all_calls_come_back_in_one_moment(steps: list[tuple[float, float]]) -> None:
    each, now = Tries(4.0, 30.0), 0.0
    each.begin(now, 0.0)
    for passed, after in steps:
        now += passed
        wait = each.next(now, after)
        assert wait is None or after <= wait <= max(after, 5.0)
