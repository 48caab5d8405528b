"""Items stand in spoken order, whatever order they are heard of in."""

from itertools import permutations

import pytest

from voiceapp.conversation.transcript import Entry, Transcript


def entry(name: str, after: str | None = None, *, hidden: bool = False) -> Entry:
    return Entry(name, "user", "audio", after=after, hidden=hidden)


def order(transcript: Transcript) -> list[str]:
    return [each.id for each in transcript]


def test_without_a_named_place_it_stands_at_the_end() -> None:
    transcript = Transcript()
    for name in "abc":
        transcript.add(entry(name))
    assert order(transcript) == ["a", "b", "c"]


def test_a_late_item_goes_between() -> None:
    transcript = Transcript()
    for each in (entry("a"), entry("c", "a"), entry("b", "a")):
        transcript.add(each)
    assert order(transcript)[0] == "a"
    assert sorted(order(transcript)) == ["a", "b", "c"]


@pytest.mark.parametrize("arrival", list(permutations([("a", None), ("b", "a"), ("c", "b"), ("d", "c")])))
def test_a_chain_is_whole_in_every_order_of_arrival(arrival: tuple[tuple[str, str | None], ...]) -> None:
    transcript = Transcript()
    for name, after in arrival:
        transcript.add(entry(name, after))
    assert order(transcript) == ["a", "b", "c", "d"]


def test_those_that_waited_come_along_and_are_told_of() -> None:
    transcript = Transcript()
    transcript.add(entry("c", "b"))
    transcript.add(entry("x"))
    assert [each.id for each in transcript.add(entry("b"))] == ["b", "c"]
    assert order(transcript) == ["x", "b", "c"]


def test_a_place_learnt_later_moves_the_item() -> None:
    transcript = Transcript()
    first = entry("a")
    for each in (first, entry("b")):
        transcript.add(each)
    assert [each.id for each in transcript.follow(first, "b")] == ["a"]
    assert order(transcript) == ["b", "a"]


def test_a_place_that_is_right_already_moves_nothing() -> None:
    transcript = Transcript()
    last = entry("b")
    for each in (entry("a"), last):
        transcript.add(each)
    assert transcript.follow(last, "a") == []


def test_an_item_that_names_itself_stays() -> None:
    transcript = Transcript()
    odd = entry("a")
    transcript.add(odd)
    assert transcript.follow(odd, "a") == []


def test_two_items_that_name_each_other_do_not_spin() -> None:
    transcript = Transcript()
    transcript.add(entry("a", "b"))
    transcript.add(entry("b", "a"))
    assert sorted(order(transcript)) == ["a", "b"]


def test_hidden_items_are_passed_over_when_a_place_is_shown() -> None:
    transcript = Transcript()
    last = entry("c")
    for each in (entry("a"), entry("b", hidden=True), last):
        transcript.add(each)
    assert transcript.shown_before(last) == "a"
