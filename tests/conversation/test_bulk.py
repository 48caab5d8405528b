"""What a server sends in bulk costs as much for each piece however much came before: steps are counted, not seconds."""

from collections.abc import Callable, Iterator

import pytest

from tests.conversation import bulk
from voiceapp.conversation.segments import floor_word

MANY = 300
STORIES = [
    bulk.chain, bulk.chain_backwards, bulk.all_behind_one, bulk.one_led_about_with_all_behind_it,
    bulk.hidden_and_then_shown, bulk.letters, bulk.letters_looked_at, bulk.items_that_never_end,
    bulk.items_with_odd_bytes, bulk.items_that_are_cut, bulk.tools_that_never_end, bulk.tools_that_end,
    bulk.tools_and_the_person, bulk.tools_and_responses, bulk.turns_without_ids, bulk.turns, bulk.long_ids,
    bulk.responses_that_never_end, bulk.deleted, bulk.errors,
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_twice_as_much_takes_twice_as_many_steps(story: Callable[[int], Iterator[bulk.Event]]) -> None:
    assert bulk.steps(story(2 * MANY)) < 2.3 * bulk.steps(story(MANY))


@pytest.mark.parametrize("piece", ["a", "\x01", "\u200b", "\u0301", "\u200d", "\u0600", "क्", "\u1112", "🇯", "あ"])
@pytest.mark.parametrize("beginning", ["", "x", "x "])
def test_a_place_to_cut_is_found_at_once_whatever_a_text_is_made_of(piece: str, beginning: str) -> None:
    text = beginning + piece * 20_000
    assert bulk.lines_run(lambda: floor_word(text, 10_000)) < 500_000
