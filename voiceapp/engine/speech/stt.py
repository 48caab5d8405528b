"""Speech to text: Whisper on CTranslate2, with windows much shorter than the usual 30 seconds."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from . import mel, models
from .missing import MissingError
from .samples import INPUT_RATE, Floats, Samples
from .transcript import Transcript, merged

# A window of 8 s is as accurate as 30 s and five times as fast; 4 s is not (docs/engine.md).
MIN_WINDOW_S, MARGIN_S, MAX_WINDOW_S = 8.0, 1.0, 28.0
# Two runs share the model and need only a little more memory; on two cores, two callers need not wait for each other.
PARALLEL_RUNS = 2
# Against greedy decoding: a quarter more time, a tenth fewer errors in noise.
BEAM_SIZE = 5
# Silence and noise score 0.78 or more, human speech 0.21 or less.
NO_SPEECH = 0.6
# A cough with some voice in it scores 0.5, and is written as one syllable over and over; words in noise score as much.
DOUBTFUL = 0.4
# Of a hum or a cough a word is made up: the mean log probability of its tokens is below this. So is that of some short
# words in loud noise: of the English ones a third is written down rightly all the same, of the Japanese ones none.
LEAST_SURE, LEAST_SURE_ELSEWHERE = MappingProxyType({"en": -1.35}), -1.3
# With the silence around it.
SHORT_S = 2.0
# Where one has to be heard at all costs.
NEVER_MADE_UP = ("stop",)
SECONDS_PER_TIME_TOKEN = 0.02
# Nobody speaks faster; in other languages a token is often less than a syllable.
TOKENS_PER_SECOND, MAX_TOKENS_PER_SECOND = MappingProxyType({"en": 7}), 15


@dataclass(frozen=True)
class Vocabulary:
    """Whisper's tokens: text below `end`, times from `times` on, instructions between them."""

    words: tuple[str, ...]
    end: int
    times: int
    prompt: tuple[int, ...]

    @classmethod
    def of(cls, words: list[str], language: str) -> Self:
        """From the words in order; a multilingual model's prompt names the language and the task."""
        place = {word: number for number, word in enumerate(words)}
        english_only = place["<|startoftranscript|>"] - place["<|endoftext|>"] == 1 and len(words) < 51865
        orders = ["<|startoftranscript|>"]
        orders += [] if english_only else [f"<|{language}|>", "<|transcribe|>"]
        times = place.get("<|0.00|>", place["<|notimestamps|>"] + 1)
        return cls(tuple(words), place["<|endoftext|>"], times, tuple(place[order] for order in orders))

    def text(self, tokens: list[int]) -> str:
        letters = "".join(self.words[token] for token in tokens if token < self.end)
        return bytes(BYTE_OF_LETTER[letter] for letter in letters if letter in BYTE_OF_LETTER).decode("utf-8", "ignore")

    def segments(self, tokens: list[int], seconds: float) -> list[str]:
        """The texts between times, but for those that start after the sound or repeat the one before.

        A short window makes the decoder go on past the end of the sound; the times tell where that is.
        """
        kept: list[str] = []
        for start, inside in timed_runs(tokens, self.times, self.end):
            text = self.text(inside).strip()
            if start < seconds and text and (not kept or text != kept[-1]):
                kept.append(text)
        return kept


def timed_runs(tokens: list[int], times: int, end: int) -> list[tuple[float, list[int]]]:
    """Runs of text tokens, each with its start in seconds."""
    runs: list[tuple[float, list[int]]] = []
    start, inside = 0.0, []
    for token in tokens:
        if token < end:
            inside.append(token)
        elif token >= times:
            if inside:
                runs.append((start, inside))
                inside = []
            start = (token - times) * SECONDS_PER_TIME_TOKEN
    return [*runs, (start, inside)] if inside else runs


class WhisperStt:
    """Loads its model once. `PARALLEL_RUNS` threads may use it; it keeps nothing between calls."""

    def __init__(self, name: str, words: list[str], language: str, files: dict[str, bytes] | None = None) -> None:
        """Loads the model from the folder `name`, or from files in memory."""
        try:
            import ctranslate2
        except ImportError as absent:
            raise MissingError("the package ctranslate2") from absent
        self._storage = ctranslate2.StorageView
        self._model = ctranslate2.models.Whisper(
            name, device="cpu", compute_type="int8", intra_threads=1, inter_threads=PARALLEL_RUNS, files=files
        )
        self._vocabulary = Vocabulary.of(words, language)
        self._tokens_per_second = TOKENS_PER_SECOND.get(language, MAX_TOKENS_PER_SECOND)
        self._language = language
        # The first recognition takes longer than those after it.
        self.transcribe(np.zeros(INPUT_RATE, np.int16))

    @classmethod
    def installed(cls) -> Self:
        """The English model that is installed, checked, or the one the user configured."""
        folder = models.stt_folder()
        return cls(str(folder), vocabulary_in(folder), "en")

    @classmethod
    def multilingual(cls, language: str) -> Self:
        """The larger model of the optional packages, checked."""
        files = models.STT_MULTILINGUAL.checked()
        return cls("whisper-base", lines_of(files["vocabulary.txt"]), language, files)

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript:
        """The words in mono 16 kHz samples. Longer audio is split at its quietest places."""
        return merged([self._transcribe_part(part, 1 if quick else BEAM_SIZE) for part in split(samples)])

    def _transcribe_part(self, samples: Samples, beam: int) -> Transcript:
        seconds = len(samples) / INPUT_RATE
        if seconds < 0.1:
            return Transcript("", 1.0)
        sound = samples.astype(np.float32) / np.float32(32768)
        features = mel.log_mel(sound, max(MIN_WINDOW_S, seconds + MARGIN_S))
        result = self._generate(np.ascontiguousarray(features[None]), seconds, beam)
        if result.no_speech_prob > NO_SPEECH:
            return Transcript("", result.no_speech_prob)
        text = without_descriptions(" ".join(self._vocabulary.segments(list(result.sequences_ids[0]), seconds)))
        stuttered = result.no_speech_prob > DOUBTFUL and stutters(text)
        if stuttered or (seconds < SHORT_S and made_up(text, self._language, result.scores[0])):
            text = ""
        return Transcript(text, result.no_speech_prob)

    def _generate(self, features: Floats, seconds: float, beam: int) -> Any:
        results = self._model.generate(
            self._storage.from_array(features),
            [list(self._vocabulary.prompt)],
            beam_size=beam,
            max_length=int(12 + self._tokens_per_second * seconds),
            return_no_speech_prob=True,
            return_scores=True,
        )
        return results[0]


def split(samples: Samples) -> list[Samples]:
    """Parts of at most `MAX_WINDOW_S`. Each ends at the quietest tenth of a second of its last eight seconds."""
    longest, slot = int(MAX_WINDOW_S * INPUT_RATE), INPUT_RATE // 10
    pieces = []
    while len(samples) > longest:
        tail = samples[longest - 8 * INPUT_RATE : longest].astype(np.float32).reshape(-1, slot)
        place = longest - 8 * INPUT_RATE + (int((tail**2).mean(axis=1).argmin()) + 1) * slot
        pieces.append(samples[:place])
        samples = samples[place:]
    return [*pieces, samples]


def without_descriptions(text: str) -> str:
    """The text without descriptions of sounds, such as [Music] or (wind blowing); they are not speech."""
    spoken = DESCRIPTION.sub(" ", text)
    spoken = " ".join(spoken.split())
    return spoken if any(letter.isalnum() for letter in spoken) else ""


def stutters(text: str) -> bool:
    """Whether it is nothing but one syllable or word, three times or more."""
    said = letters(text)
    return any(said[size:] == said[:-size] for size in range(1, min(8, len(said) // 3) + 1))


def made_up(text: str, language: str, mean_log_probability: float) -> bool:
    """Whether it is more likely no word at all than these, where it is short."""
    sure = mean_log_probability >= LEAST_SURE.get(language, LEAST_SURE_ELSEWHERE)
    return not sure and letters(text) not in NEVER_MADE_UP


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


DESCRIPTION = re.compile(r"\[[^\]]*\]|\([^)]*\)|♪[^♪]*♪?|\*[^*]+\*")


def vocabulary_in(folder: Path) -> list[str]:
    """The model's vocabulary in order, from vocabulary.json or vocabulary.txt. Raises `MissingError`."""
    listed = folder / "vocabulary.json"
    if listed.is_file():
        words: list[str] = json.loads(listed.read_text(encoding="utf-8"))
        return words
    written = folder / "vocabulary.txt"
    if not written.is_file():
        raise MissingError(f"vocabulary.txt or vocabulary.json in {folder}")
    return lines_of(written.read_bytes())


def lines_of(written: bytes) -> list[str]:
    return written.decode().removesuffix("\n").split("\n")


def byte_letters() -> dict[str, int]:
    """The bytes that GPT-2's visible letters stand for."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = {chr(byte): byte for byte in shown}
    return letters | {chr(256 + place): byte for place, byte in enumerate(hidden)}


BYTE_OF_LETTER = MappingProxyType(byte_letters())
