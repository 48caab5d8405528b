"""From a brain's text to pieces: sound, what cannot be said, calls, and stopping."""

import threading
from collections.abc import Iterator

import numpy as np

from voiceapp.engine.brains.request import AudioPiece, Piece, Request, TextPiece, ToolCall
from voiceapp.engine.serving.answering import UNSPOKEN_NOTICE, answer_pieces
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

    return list(answer_pieces(Request("r", (), spoken=spoken), Says(*parts), speak, threading.Event())), said


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
    assert said == ["In Japanese that is this.", UNSPOKEN_NOTICE["en"], "See?"]
    assert "今日は" in text_of(answer)
    assert text_of(answer).count(UNSPOKEN_NOTICE["en"]) == 1


def test_calls_come_last() -> None:
    answer, _ = made(ToolCall("f", "{}"), "Let me see.")
    assert answer[-1] == ToolCall("f", "{}")


def test_it_stops_when_nobody_listens() -> None:
    stopped = threading.Event()

    def speak(text: str, voice: str, speed: float) -> Samples:
        stopped.set()
        return np.zeros(1, np.int16)

    answer = list(answer_pieces(Request("r", ()), Says("One sentence here. ", "Another one here. "), speak, stopped))
    assert text_of(answer) == "One sentence here. "
