"""What another session is told: the latest of the talk, within a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation import history
from voiceapp.conversation.history import ITEM_TOKENS, MAX_TOKENS, Said, ToolUse, latest, text_tokens


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("Hello there.", 3), ("Hello", 2), ("こんにちは", 5), ("GPTです", 3)]
)
def test_four_letters_are_a_token_and_so_is_a_character_of_japanese(text: str, tokens: int) -> None:
    assert text_tokens(text) == tokens


def test_a_short_talk_is_told_whole_and_in_its_order() -> None:
    talk = [("u1", Said("user", "Hi.")), ("a1", Said("assistant", "Hello."))]
    assert latest(reversed(talk)) == (talk, False)


def test_of_a_long_one_the_oldest_is_left_out() -> None:
    talk = [(f"u{k}", Said("user", "語" * (MAX_TOKENS // 4))) for k in range(5)]
    told, shortened = latest(reversed(talk))
    assert shortened
    assert told == talk[-3:]


def test_of_one_that_is_too_long_by_itself_the_end_is_told() -> None:
    ((_, part),), shortened = latest([("u1", Said("user", "x" * 100_000 + "the end"))])
    assert shortened
    assert isinstance(part, Said)
    assert part.text.endswith("the end")
    assert text_tokens(part.text) + ITEM_TOKENS <= MAX_TOKENS


def test_of_a_result_that_is_too_long_by_itself_the_beginning_is_told() -> None:
    used = ToolUse("find", "{}", "Ответ: " + "ж" * MAX_TOKENS)
    ((_, part),), shortened = latest([("f1", used), ("u1", Said("user", "Hi."))])
    assert shortened
    assert isinstance(part, ToolUse)
    assert (part[:2], part.result[:7]) == (used[:2], "Ответ: ")
    assert sum(map(text_tokens, part.words)) + ITEM_TOKENS <= MAX_TOKENS


PARTS = st.one_of(
    st.builds(Said, st.sampled_from(["user", "assistant"]), st.text(max_size=200)),
    st.builds(ToolUse, st.text(max_size=9), st.text(max_size=99), st.text(max_size=99)),
)


@given(st.lists(st.tuples(st.just("i"), PARTS), max_size=30), st.integers(30, 300))
def test_it_is_always_the_end_of_the_talk_and_within_the_budget(talk: list[history.Told], budget: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "MAX_TOKENS", budget)
        told, shortened = latest(reversed(talk))
    assert sum(ITEM_TOKENS + sum(map(text_tokens, part.words)) for _, part in told) <= budget
    if shortened:
        assert len(told) < len(talk) or (len(told) == 1 and told != talk[-1:])
        assert told == (talk[-len(told) :] if told else []) or len(told) == 1
    else:
        assert told == talk


def test_an_earlier_talk_is_told_newest_first_and_nothing_empty_of_it() -> None:
    assert [part for _, part in history.earlier([("user", "Hi."), ("assistant", ""), ("assistant", "Yes?")])] == [
        Said("assistant", "Yes?"),
        Said("user", "Hi."),
    ]
