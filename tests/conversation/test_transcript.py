"""Items stand in spoken order, whatever order they are heard of in."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.transcript import MAX_HIDDEN, MAX_MOVED, Entry, Transcript


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


def test_the_oldest_of_many_hidden_ones_is_forgotten() -> None:
    transcript = Transcript()
    for n in range(MAX_HIDDEN + 1):
        transcript.add(entry(f"s{n}", hidden=True))
    assert transcript.get("s0") is None
    assert order(transcript)[0] == "s1"
    transcript.add(entry("a", "s0"))
    assert order(transcript)[-1] == "a"


def test_only_so_many_move_along() -> None:
    transcript = Transcript()
    for n in range(MAX_MOVED + 5):
        transcript.add(entry(f"f{n}", "x"))
    assert len(transcript.add(entry("x"))) == MAX_MOVED + 1


def test_what_was_forgotten_is_gone_from_the_middle() -> None:
    transcript = Transcript()
    entries = [entry(name) for name in "abc"]
    for each in entries:
        transcript.add(each)
    transcript.forget(entries[1])
    transcript.forget(entries[1])
    assert order(transcript) == ["a", "c"]
    assert [each.id for each in reversed(transcript)] == ["c", "a"]
    assert transcript.get("b") is None


def test_words_are_joined_in_their_order() -> None:
    words = entry("a")
    for part in ("One ", "two", "."):
        words.append(part)
    assert (words.text, words.characters) == ("One two.", 8)
    words.text = "Three"
    words.append("!")
    assert (words.text, words.characters) == ("Three!", 6)


NAMES = st.sampled_from("abcdef")
MOVES = st.lists(
    st.tuples(st.sampled_from(["place", "hide", "forget"]), NAMES, st.none() | NAMES | st.just("unknown")), max_size=25
)


@given(MOVES)
def test_whatever_is_named_in_whatever_order_the_chain_is_whole(moves: list[tuple[str, str, str | None]]) -> None:
    transcript = Transcript()
    known: set[str] = set()
    for what, name, after in moves:
        old = transcript.get(name)
        if what == "place" and old is None:
            transcript.add(entry(name, after))
            known.add(name)
        elif what == "place" and old is not None and after:
            transcript.follow(old, after)
        elif what == "hide" and old is not None:
            transcript.hide(old)
        elif what == "forget" and old is not None:
            transcript.forget(old)
            known.discard(name)
        there = order(transcript)
        assert sorted(there) == sorted(known)
        assert len(transcript) == len(known)
        assert [each.id for each in reversed(transcript)] == there[::-1]
        shown = [each for each in transcript if not each.hidden]
        assert [transcript.shown_before(each) for each in shown] == [None, *(each.id for each in shown)][: len(shown)]
