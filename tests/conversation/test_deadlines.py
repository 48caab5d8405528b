"""Deadlines run while something is waited for, by the time that is handed in."""

from voiceapp.conversation.deadlines import SECONDS, WAITS, Deadlines, Wait


def only(*waits: Wait) -> tuple[bool, ...]:
    return tuple(wait in waits for wait in WAITS)


def test_every_wait_has_its_seconds() -> None:
    assert set(SECONDS) == set(Wait)


def test_one_runs_from_when_it_is_first_waited_for() -> None:
    deadlines = Deadlines()
    for now in (10.0, 20.0, 30.0):
        deadlines.keep(only(Wait.TOOL), now)
    assert deadlines.next == 10.0 + SECONDS[Wait.TOOL]


def test_the_nearest_is_next_and_none_where_nothing_is_waited_for() -> None:
    deadlines = Deadlines()
    assert deadlines.next is None
    deadlines.keep(only(Wait.TOOL), 0.0)
    deadlines.keep(only(Wait.TOOL, Wait.FLUSHED), 5.0)
    assert deadlines.next == 5.0 + SECONDS[Wait.FLUSHED]
    deadlines.keep(only(Wait.TOOL), 6.0)
    assert deadlines.next == SECONDS[Wait.TOOL]
    deadlines.keep(only(), 6.0)
    assert deadlines.next is None


def test_a_sign_lets_it_run_anew() -> None:
    deadlines = Deadlines()
    deadlines.keep(only(Wait.TOOL), 0.0)
    deadlines.renew(Wait.TOOL)
    deadlines.keep(only(Wait.TOOL), 50.0)
    assert deadlines.next == 50.0 + SECONDS[Wait.TOOL]


def test_one_that_is_over_is_told_once_and_with_its_mark() -> None:
    deadlines = Deadlines()
    deadlines.keep(only(Wait.PLAYBACK), 0.0, 480, {Wait.PLAYBACK: 7.0})
    due = 7.0 + SECONDS[Wait.PLAYBACK]
    assert deadlines.passed(due - 0.1) == []
    assert deadlines.passed(due) == [(Wait.PLAYBACK, 480)]
    assert deadlines.passed(due) == []


def test_what_is_waited_for_already_needs_no_second_look() -> None:
    deadlines = Deadlines()
    assert not deadlines.are_for(only(Wait.TOOL))
    deadlines.keep(only(Wait.TOOL), 0.0)
    assert deadlines.are_for(only(Wait.TOOL))
    deadlines.renew(Wait.TOOL)
    assert not deadlines.are_for(only(Wait.TOOL))


def test_many_signs_move_it_on_and_it_may_be_looked_at_too_early() -> None:
    deadlines = Deadlines()
    deadlines.keep(only(Wait.RESPONSE), 0.0, 1)
    deadlines.extend(20.0, 2)
    deadlines.extend(50.0, 2)
    assert deadlines.next is not None
    assert deadlines.passed(deadlines.next) == []
    assert deadlines.next == 50.0 + SECONDS[Wait.RESPONSE]
    assert deadlines.passed(deadlines.next) == [(Wait.RESPONSE, 2)]


def test_a_sign_counts_once() -> None:
    deadlines = Deadlines()
    deadlines.signed = True
    deadlines.extend(50.0, 2)
    assert not deadlines.signed


def test_a_sign_of_a_response_that_nobody_waits_for_begins_no_wait() -> None:
    deadlines = Deadlines()
    deadlines.extend(50.0, 2)
    assert deadlines.passed(50.0 + SECONDS[Wait.RESPONSE]) == []
    assert deadlines.next is None
