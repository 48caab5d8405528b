"""Where sentences end, and where those are cut that never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.engine.brains.sentences import MAX_LENGTH, MAX_WIDE_LENGTH, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Dr. Smith met J. Jones at 5 p.m. today. They spoke.",
            ["Dr. Smith met J. Jones at 5 p.m. today. ", "They spoke."],
        ),
        ("No. But it is fine. ", ["No. But it is fine. "]),
        ("It is 3.14 exactly! Yes.", ["It is 3.14 exactly! ", "Yes."]),
        ("One line here\nanother line", ["One line here\n", "another line"]),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    assert list(sentences([text])) == parts


def test_a_very_long_sentence_is_cut_at_a_comma() -> None:
    parts = list(sentences(["word, " * 60]))
    assert max(map(len, parts)) <= 222


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("the quick brown fox jumps over the lazy dog and then " * 100, MAX_LENGTH),
        ("x" * 5000, MAX_LENGTH),
        ("e\u0301" * 3000, MAX_LENGTH),
        ("今日はとても良い天気なので散歩に行こうと思っています" * 50, MAX_WIDE_LENGTH),
        ("今日はとても良い天気なので、散歩に行こうと思って、います、" * 50, MAX_WIDE_LENGTH),
        ("e.g. " * 1000, MAX_LENGTH),
    ],
)
def test_what_has_no_end_is_cut_so_that_no_piece_takes_the_voice_for_long(text: str, most: int) -> None:
    parts = list(sentences([text]))
    assert "".join(parts) == text
    assert max(map(len, parts)) <= most
    assert not any(part[0] == "\u0301" for part in parts)
    assert len(parts) <= 3 * len(text) // most + 1


@given(st.lists(st.text(alphabet="ab .!?,\nI", max_size=9), max_size=30))
def test_sentences_are_the_text(deltas: list[str]) -> None:
    assert "".join(sentences(deltas)) == "".join(deltas)


def test_where_japanese_sentences_end() -> None:
    assert list(sentences(["うん。", "元気だよ。あなたは？", "そう"])) == ["うん。元気だよ。", "あなたは？", "そう"]
