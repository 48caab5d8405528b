"""What was said that only its sound tells yet: from where on another session would need it."""

from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.open_turns import MAX_CLOSED, MAX_OPEN, OpenTurns

LEAD = 100


def test_a_turn_begins_a_little_before_it_is_noticed() -> None:
    turns = OpenTurns()
    assert not turns.began("u1", 1000, LEAD)
    assert turns.begin == 900


def test_it_never_reaches_into_the_turn_before() -> None:
    turns = OpenTurns()
    turns.began("u1", 1000, LEAD)
    turns.taken("u1", 2000, LEAD)
    turns.close("u1")
    turns.began("u2", 2050, LEAD)
    assert turns.begin == 2000


def test_it_is_over_once_it_is_written_down() -> None:
    turns = OpenTurns()
    turns.began("u1", 1000, LEAD)
    turns.taken("u1", 2000, LEAD)
    turns.began("u2", 3000, LEAD)
    turns.close("u1")
    assert turns.begin == 2900


def test_or_answered_but_what_goes_on_is_not() -> None:
    turns = OpenTurns()
    turns.began("u1", 1000, LEAD)
    turns.taken("u1", 2000, LEAD)
    turns.began("u2", 3000, LEAD)
    turns.answered()
    assert turns.begin == 2900
    turns.give_up()
    assert not turns


def test_what_is_said_once_more_of_one_that_is_over_opens_none() -> None:
    turns = OpenTurns()
    turns.began("u1", 1000, LEAD)
    turns.taken("u1", 2000, LEAD)
    turns.answered()
    turns.taken("u1", 2000, LEAD)
    assert not turns.began("u1", 2000, LEAD)
    assert not turns


def test_a_server_may_name_it_only_when_it_is_over() -> None:
    turns = OpenTurns()
    turns.began("", 1000, LEAD)
    turns.began("", 1100, LEAD)
    turns.taken("u1", 2000, LEAD)
    assert turns.begin == 900
    turns.close("u1")
    assert not turns


def test_another_session_hears_all_of_them_as_one() -> None:
    turns = OpenTurns()
    turns.began("u1", 1000, LEAD)
    turns.taken("u1", 2000, LEAD)
    turns.began("u2", 3000, LEAD)
    assert turns.say_again() == ["u1", "u2"]
    assert turns.say_again() == []
    assert turns.began("u9", 5000, LEAD)
    assert turns.begin == 900
    turns.taken("u9", 5000, LEAD)
    turns.close("u9")
    assert not turns


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["began", "taken", "close", "answered", "give_up", "say_again"]),
        st.sampled_from(["", *(f"u{k}" for k in range(60))]),
        st.integers(0, 5000),
    ),
    max_size=100,
)


@given(STEPS)
def test_whatever_a_server_says_it_stays_small_and_within_what_was_said(steps: list[tuple[str, str, int]]) -> None:
    turns, at = OpenTurns(), 0
    for name, item, passed in steps:
        at += passed
        values = {"began": (item, at, LEAD), "taken": (item, at, LEAD), "close": (item,)}.get(name, ())
        getattr(turns, name)(*values)
        assert turns.begin is None or 0 <= turns.begin <= at
        assert 0 <= turns.behind_last(at, LEAD) <= at
        assert len(turns._turns) <= MAX_OPEN
        assert len(turns._closed) <= MAX_CLOSED
