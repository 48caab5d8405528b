"""A turn: its text so far, and what is settled of it."""

from voiceapp.engine.session.turn import Turn
from voiceapp.engine.speech.transcript import Transcript


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
