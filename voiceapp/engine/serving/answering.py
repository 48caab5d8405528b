"""Makes the pieces of an answer: a brain's text, sentence by sentence, and the sound of each."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ..brains.request import AudioPiece, Piece, Request, TextPiece, ToolCall
from ..brains.sentences import sentences
from ..speech.samples import Samples
from ..speech.voices import can_pronounce

UNSPOKEN = {
    "en": "I can only show you the next words, because my voice speaks English.",
    "ja": "次の言葉は声に出せないので、文字でお見せします。",
}

Speak = Callable[[str, str, float], Samples]
"""Text, voice, speed: sound."""


class Brain(Protocol):
    """Whatever finds the words; yields text in pieces of any size, and calls of functions."""

    def reply(self, request: Request) -> Iterator[str | ToolCall]: ...


@dataclass
class WithNotice:
    """A brain whose answer is preceded by a notice."""

    notice: str
    brain: Brain

    def reply(self, request: Request) -> Iterator[str | ToolCall]:
        yield f"{self.notice} "
        yield from self.brain.reply(request)


def pieces(
    request: Request, brain: Brain, speak: Speak, stopped: threading.Event, language: str = "en"
) -> Iterator[Piece]:
    """Ends early once `stopped` is set; the text of a sentence always comes before its sound."""
    calls: list[ToolCall] = []
    told = False
    for sentence in sentences(text_of(brain.reply(request), calls, stopped)):
        if stopped.is_set():
            return
        if request.spoken and not can_pronounce(sentence, language) and not told:
            told = True
            yield from voiced(request, f"{UNSPOKEN[language]} ", speak, language)
        yield from voiced(request, sentence, speak, language)
    if not stopped.is_set():
        yield from calls


def text_of(reply: Iterator[str | ToolCall], calls: list[ToolCall], stopped: threading.Event) -> Iterator[str]:
    for part in reply:
        if stopped.is_set():
            return
        if isinstance(part, ToolCall):
            calls.append(part)
        else:
            yield part


def voiced(request: Request, sentence: str, speak: Speak, language: str = "en") -> Iterator[Piece]:
    for word in re.findall(r"\s*\S+\s*$|\s*\S+", sentence):
        yield TextPiece(word)
    plain = spoken_text(sentence)
    if request.spoken and plain and can_pronounce(sentence, language):
        yield AudioPiece(speak(plain, request.voice, request.speed))


MARKS, LINKS, ADDRESSES = re.compile(r"[*_`#>|~]+"), re.compile(r"\[([^\]]*)\]\([^)]*\)"), re.compile(r"https?://\S+")


def spoken_text(sentence: str) -> str:
    """Without the marks that are for the eye: emphasis, headings, addresses. Numbers, times, dates, units and
    abbreviations are the voice's own affair: it reads them well."""
    plain = ADDRESSES.sub(" ", LINKS.sub(r"\1", MARKS.sub("", sentence)))
    plain = "".join(
        letter
        for letter in plain
        if letter.isascii() or letter.isalpha() or letter in "’‘“”—–…£€¥°½¼¾、。！？「」『』・〜％"
    )
    plain = " ".join(plain.split())
    return plain if any(letter.isalnum() for letter in plain) else ""
