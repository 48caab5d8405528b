"""From a brain's text to pieces: sentences, sound, what cannot be said, calls, and stopping."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.engine.brains.request import AudioPiece, Piece, Request, TextPiece, ToolCall
from voiceapp.engine.brains.sentences import MAX_LENGTH, MAX_WIDE_LENGTH, sentences
from voiceapp.engine.serving.answering import UNSPOKEN, pieces, spoken_text
from voiceapp.engine.speech.samples import Samples


class Says:
    """A brain that says what it is given."""

    def __init__(self, *parts: str | ToolCall) -> None:
        self.parts = parts

    def reply(self, request: Request) -> Iterator[str | ToolCall]:
        yield from self.parts


def made(*parts: str | ToolCall, spoken: bool = True) -> tuple[list[Piece], list[str]]:
    said: list[str] = []

    def speak(text: str, voice: str, speed: float) -> Samples:
        said.append(text)
        return np.zeros(240, np.int16)

    return list(pieces(Request("r", (), spoken=spoken), Says(*parts), speak, threading.Event())), said


def text_of(made_of: list[Piece]) -> str:
    return "".join(piece.text for piece in made_of if isinstance(piece, TextPiece))


def test_each_sentence_is_spoken_as_soon_as_it_is_whole() -> None:
    answer, said = made("Good mor", "ning to you. How ", "are you today? Fine")
    assert said == ["Good morning to you.", "How are you today?", "Fine"]
    assert text_of(answer) == "Good morning to you. How are you today? Fine"
    assert [isinstance(piece, AudioPiece) for piece in answer].count(True) == 3
    assert isinstance(answer[0], TextPiece)


def test_text_only_makes_no_sound() -> None:
    answer, said = made("Good morning.", spoken=False)
    assert (text_of(answer), said) == ("Good morning.", [])


def test_what_cannot_be_said_is_shown_and_that_is_said_once() -> None:
    answer, said = made("In Japanese that is this. 今日はとても良い天気です。 そうですね、とても良い天気です。 See?")
    assert said == ["In Japanese that is this.", UNSPOKEN["en"], "See?"]
    assert "今日は" in text_of(answer)
    assert text_of(answer).count(UNSPOKEN["en"]) == 1


def test_calls_come_last() -> None:
    answer, _ = made(ToolCall("f", "{}"), "Let me see.")
    assert answer[-1] == ToolCall("f", "{}")


def test_it_stops_when_nobody_listens() -> None:
    stopped = threading.Event()

    def speak(text: str, voice: str, speed: float) -> Samples:
        stopped.set()
        return np.zeros(1, np.int16)

    answer = list(pieces(Request("r", ()), Says("One sentence here. ", "Another one here. "), speak, stopped))
    assert text_of(answer) == "One sentence here. "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Very** `good`.", "Very good."),
        ("See [the page](https://example.com) now.", "See the page now."),
        ("Look at https://example.com/x?y=1 there.", "Look at there."),
        ("It costs €5 🙂.", "It costs €5 ."),
        ("—", ""),
        ("Café naïve", "Café naïve"),
    ],
)
def test_marks_are_not_pronounced(text: str, said: str) -> None:
    assert spoken_text(text) == said


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
