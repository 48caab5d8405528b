"""A question whose answer gave way to noise is asked again, and never one that nobody asked."""

from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.unanswered import MAX_TURNS, Unanswered


def test_noise_in_the_place_of_a_question_has_it_asked_again_once() -> None:
    turns = Unanswered()
    turns.began("u2", waiting=True)
    assert turns.nothing_said("u2")
    assert not turns.nothing_said("u2")


def test_noise_where_nobody_waits_is_nothing() -> None:
    turns = Unanswered()
    turns.began("u1", waiting=False)
    assert not turns.nothing_said("u1")


def test_words_have_an_answer_of_their_own_once_they_are_taken() -> None:
    for late in (False, True):
        turns = Unanswered()
        turns.began("u2", waiting=True)
        for step in [turns.worded, turns.taken][:: -1 if late else 1]:
            assert not step("u2")
        assert not turns.nothing_said("u2")
        assert not turns.give_up()


def test_of_what_has_no_end_the_answer_is_asked_for_if_there_was_a_question() -> None:
    for waiting, words, owed in ((True, False, True), (False, True, True), (False, False, False)):
        turns = Unanswered()
        turns.began("u2", waiting=waiting)
        assert not (words and turns.worded("u2"))
        assert turns.give_up() is owed


def test_noise_upon_noise_is_nothing_and_upon_words_it_is_not() -> None:
    for words in (False, True):
        turns = Unanswered()
        turns.began("u1", waiting=False)
        turns.taken("u1")
        turns.began("u2", waiting=True)
        if words:
            assert not turns.worded("u1")
        else:
            assert not turns.nothing_said("u1")
        assert turns.nothing_said("u2") is words


def test_one_that_is_named_late_is_known_by_its_name() -> None:
    turns = Unanswered()
    turns.began("", waiting=True)
    turns.taken("u2")
    assert turns.nothing_said("u2")


def test_what_the_person_gave_up_themselves_is_not_asked_again() -> None:
    turns = Unanswered()
    turns.began("u2", waiting=True)
    turns.clear()
    assert not turns.nothing_said("u2")


@given(st.lists(st.booleans(), min_size=1, max_size=MAX_TURNS), st.data())
def test_in_whatever_order_words_come_a_question_without_an_answer_is_asked_for(
    has_words: list[bool], data: st.DataObject
) -> None:
    turns = Unanswered()
    for place in range(len(has_words)):
        turns.began(f"u{place}", waiting=place > 0)
        turns.taken(f"u{place}")
    asked = 0
    for place in data.draw(st.permutations(range(len(has_words)))):
        if has_words[place]:
            asked += turns.worded(f"u{place}")
        else:
            asked += turns.nothing_said(f"u{place}")
    # The last of them with words is answered by the server, unless noise has taken its place.
    assert asked == (any(has_words) and not has_words[-1])
