"""Transcripts, put together."""

import pytest

from voiceapp.engine.speech.transcript import Transcript, join_texts, merged


def test_parts_of_a_turn_are_joined_as_each_script_does() -> None:
    assert merged([Transcript("今日は"), Transcript(""), Transcript("雨です。")]).text == "今日は雨です。"
    assert merged([Transcript("It is"), Transcript("raining.")]).text == "It is raining."


@pytest.mark.parametrize(
    ("texts", "whole"), [(("a ", " b"), "a b"), (("", "a"), "a"), (("今日は", "CD"), "今日は CD"), ((), "")]
)
def test_texts_are_joined_by_a_space_but_where_both_sides_have_none(texts: tuple[str, ...], whole: str) -> None:
    assert join_texts(*texts) == whole


def test_what_is_nothing_is_as_sure_as_its_surest_part() -> None:
    assert merged([Transcript("", 0.9), Transcript("", 0.7)]) == Transcript("", 0.7)
    assert merged([Transcript("Yes.", 0.1), Transcript("", 0.9)]) == Transcript("Yes.", 0.1)
    assert merged([]) == Transcript("", 1.0)
