"""A turn: its text so far, what is settled of it, and whether more is to come."""

import pytest

from voiceapp.engine.session.turn import Turn, is_unfinished
from voiceapp.engine.speech.transcript import Transcript


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("昨日は学校に行って", True),
        ("I went to the", True),
        ("I went home.", False),
        ("Well,", True),
        ("それから", True),
        ("元気です。", False),
        ("東京", False),
        ("I saw Zoë and", True),
        ("What is the?", True),
        ("9 and", True),
        ("", False),
        ("?", False),
    ],
)
def test_an_unfinished_sentence_is_waited_for(text: str, more: bool) -> None:
    assert is_unfinished(text) is more


@pytest.mark.parametrize(
    "text", ["What is 9 divided by 3?", "My guess is 60.", "It is 42", "Call me at 5:30", "By 2030"]
)
def test_a_number_is_a_last_word(text: str) -> None:
    assert not is_unfinished(text)


@pytest.mark.parametrize("text", ["Do you know where the station is?", "Where are you from?", "What is it like?"])
def test_a_question_may_end_with_a_word_that_a_statement_goes_on_after(text: str) -> None:
    assert not is_unfinished(text)
    assert is_unfinished(text.replace("?", "."))


def test_words_that_two_looks_agree_on_are_shown_while_somebody_speaks() -> None:
    turn = Turn("item", 0)
    looks = ["今日はいい", "今日はいい天気ですね", "今日はいい天気ですね明日も", "今日はいい天気ですね明日は雨"]
    assert [turn.add_partial(Transcript(text)) for text in looks] == ["", "今日は", "いい天気で", "すね"]


def test_english_looks_agree_on_whole_words() -> None:
    turn = Turn("item", 0)
    looks = ["what is the", "what is the weather", "what is the weather like"]
    assert [turn.add_partial(Transcript(text)) for text in looks] == ["", "what is the", " weather"]


def test_what_is_settled_stays_and_the_rest_follows() -> None:
    turn = Turn("item", 0, transcript=Transcript("It is raining."), requested_to=1600)
    assert turn.settle() == "It is raining."
    assert (turn.text, turn.settled_to, turn.rest) == ("It is raining.", 1600, "")
    turn.transcript = Transcript("Bring a coat.")
    assert turn.text == "It is raining. Bring a coat."
    assert turn.rest == " Bring a coat."


def test_what_was_shown_and_is_wrong_is_not_gone_on_with() -> None:
    turn = Turn("item", 0, sent="what is the whether")
    turn.transcript = Transcript("What is the weather?")
    assert turn.rest == ""
