"""Makes the pieces of an answer: the brain's text, sentence by sentence, and the sound of each sentence."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np

from ..brains.brain import Brain
from ..brains.request import AudioPiece, Piece, Request, TextPiece, ToolCall
from ..brains.sentences import sentences
from ..speech.languages import TextToSpeech
from ..speech.pronunciation import can_pronounce, spoken_text
from ..speech.samples import Samples
from .jobs import Pool

UNSPOKEN_NOTICE = MappingProxyType(
    {
        "en": "I can only show you the next words, because my voice speaks English.",
        "ja": "次の言葉は声に出せないので、文字でお見せします。",
    }
)

# Text, voice, speed: sound.
Speak = Callable[[str, str, float], Samples]


def answer_pieces(
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
            yield from sentence_pieces(request, f"{UNSPOKEN_NOTICE[language]} ", speak, language)
        yield from sentence_pieces(request, sentence, speak, language)
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


def sentence_pieces(request: Request, sentence: str, speak: Speak, language: str = "en") -> Iterator[Piece]:
    for word in re.findall(r"\s*\S+\s*$|\s*\S+", sentence):
        yield TextPiece(word)
    plain = spoken_text(sentence)
    if request.spoken and plain and can_pronounce(sentence, language):
        yield AudioPiece(speak(plain, request.voice, request.speed))


@dataclass
class PooledTts:
    """The voice for one answer, shared with other callers. Only its first sentence may be refused as busy."""

    caller: object
    pool: Pool
    tts: TextToSpeech
    stopped: threading.Event
    _begun: bool = False

    def __call__(self, text: str, voice: str, speed: float) -> Samples:
        """Waits for its turn; call it in a thread. Raises `BusyError`."""
        spoken: Samples = self.pool.submit(self.caller, partial(self._made, text, voice, speed), self._begun).result()
        self._begun = True
        return spoken

    def _made(self, text: str, voice: str, speed: float) -> Samples:
        # It may have waited for other callers, and nobody may want it any more.
        return np.zeros(0, np.int16) if self.stopped.is_set() else self.tts.speak(text, voice, speed)
