"""What `python -m benchmarks.turns` plays: the sentences of turns.toml, said by several voices, and coughs.

Everything is made when it is run, with free voices: Piper's joe, flite, espeak-ng, and for Japanese Open JTalk's Mei at
two pitches and three speeds.
"""

import itertools
import subprocess
import tomllib
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine import RATE, Studio, trimmed

COUGHS = 24
TEXTS = Path(__file__).with_name("turns.toml")
PAUSES_S = (0.9, 1.4)
# Before a word that they look for, people draw out the one they are at.
DRAWN_OUT_S, TEMPO = 0.45, 0.65
LEAD_S = 0.6
# The voice that says a sentence is that of its place; each sentence is said by so many.
VOICES_EACH = 2
# Name, voice of Open JTalk, speed.
JAPANESE = (("mei", "heart", 1.0), ("mei low", "oak", 1.0), ("mei slow", "heart", 0.8), ("mei low fast", "oak", 1.2))
LANGUAGES = ("en", "ja")
# A room is never as silent as zeros.
ROOM = 6.0


@dataclass(frozen=True)
class Utterance:
    """24 kHz PCM16 of one turn. `kind`: `whole`, `spliced`, `natural`, `backchannel` or `cough`.

    `fresh`: its text was written when the rule was done. `pause_s`: in mid-sentence; 0: none.
    """

    language: str
    kind: str
    voice: str
    text: str
    sound: np.ndarray = field(repr=False)
    pause_s: float = 0.0
    fresh: bool = False

    def played(self, trail_s: float) -> np.ndarray:
        """In a room, with silence before and after."""
        silences = [np.zeros(int(seconds * RATE)) for seconds in (LEAD_S, trail_s)]
        whole = np.concatenate((silences[0], self.sound, silences[1]))
        room = np.random.default_rng(len(whole)).normal(0, ROOM, len(whole))
        return np.clip(np.rint(whole + room), -32768, 32767).astype("<i2")

    @property
    def end_s(self) -> float:
        """When the speech ends, in seconds of what is played."""
        return LEAD_S + len(self.sound) / RATE


class Sounds:
    """Says and keeps them; `folder` for what other programs write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._english = Studio(folder)
        self._texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))

    def voices(self, language: str) -> list[str]:
        return self._english.voices if language == "en" else [name for name, _, _ in JAPANESE]

    def whole(self, language: str, each: int = VOICES_EACH) -> Iterator[Utterance]:
        yield from self._said(language, "whole", each)

    def paused(self, language: str, pause_s: float, each: int = VOICES_EACH) -> Iterator[Utterance]:
        """Sentences with a pause in their midst."""
        for kind in ("spliced", "natural"):
            yield from self._said(language, kind, each, pause_s)

    def backchannels(self, language: str, each: int = VOICES_EACH) -> Iterator[Utterance]:
        yield from self._said(language, "backchannel", each)

    def replacements(self, language: str) -> Iterator[tuple[Utterance, Utterance]]:
        """A question, and the one that is asked while the first is being answered."""
        voice = self.voices(language)[0]
        for pair in self._texts[language]["replacements"]:
            first, second = (
                Utterance(language, "whole", voice, text, self.say(language, voice, text)) for text in pair
            )
            yield first, second

    def interruptions(self, language: str, each: int = 1) -> Iterator[Utterance]:
        """Short, and meant."""
        yield from self._said(language, "interruption", each)

    def coughs(self, count: int) -> Iterator[Utterance]:
        """Every other one ends in voice, as many do."""
        for number in range(count):
            sound = cough(np.random.default_rng(number), voiced=number % 2 > 0)
            yield Utterance("en", "cough", "computed", "", sound)

    def _said(self, language: str, kind: str, each: int, pause_s: float = 0.0) -> Iterator[Utterance]:
        voices = self.voices(language)
        texts = self._texts[language]
        told = [(text, False) for text in texts[kind]] + [(text, True) for text in texts["fresh"].get(kind, ())]
        for place, (text, fresh) in enumerate(told):
            for voice in itertools.islice(itertools.cycle(voices), place, place + min(each, len(voices))):
                sound = self._perform(language, kind, voice, text, pause_s)
                yield Utterance(language, kind, voice, text, sound, pause_s, fresh)

    def _perform(self, language: str, kind: str, voice: str, text: str, pause_s: float) -> np.ndarray:
        before, _, after = (part.strip() for part in text.partition("|"))
        if not after:
            return self.say(language, voice, text)
        if kind == "spliced":
            return joined(self.say(language, voice, before), self.say(language, voice, after), pause_s)
        whole = self.say(language, voice, text.replace(" | ", " " if language == "en" else ""))
        expected = len(self.say(language, voice, before)) / len(whole)
        start, end = gap_near(whole, expected)
        head = max(0, start - int(DRAWN_OUT_S * RATE))
        return joined(np.concatenate((whole[:head], self._stretched(whole[head:start]))), whole[end:], pause_s)

    def say(self, language: str, voice: str, text: str) -> np.ndarray:
        """24 kHz, without silence around it."""
        if language == "en":
            return self._english.speak(text, voice)
        _, name, speed = next(each for each in JAPANESE if each[0] == voice)
        return trimmed(self._open_jtalk.speak(text, name, speed).astype(float))

    @property
    def _open_jtalk(self) -> Any:
        if not hasattr(self, "_mei"):
            from voiceapp.engine.speech.openjtalk import OpenJTalkTts

            self._mei = OpenJTalkTts()
        return self._mei

    def _stretched(self, sound: np.ndarray) -> np.ndarray:
        """Slower, at the same pitch."""
        before, after = self._folder / "quick.wav", self._folder / "slow.wav"
        with wave.open(str(before), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(sound.astype("<i2").tobytes())
        subprocess.run(["sox", str(before), str(after), "tempo", "-s", str(TEMPO)], check=True, capture_output=True)
        with wave.open(str(after)) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def joined(first: np.ndarray, second: np.ndarray, pause_s: float) -> np.ndarray:
    return np.concatenate((first, np.zeros(int(pause_s * RATE)), second))


def gap_near(sound: np.ndarray, place: float) -> tuple[int, int]:
    """Beginning and end of the silence nearest to a place, 0 to 1, or of the quietest moment there if there is none."""
    slot = RATE // 100
    power = (sound[: len(sound) // slot * slot].reshape(-1, slot) ** 2).mean(axis=1)
    quiet = power < power.max() * 1e-3
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(int), [0]))))
    runs = [(start, end) for start, end in edges.reshape(-1, 2) if end - start >= 4]
    middle = place * len(power)
    near = [run for run in runs if abs(sum(run) / 2 - middle) < len(power) / 5]
    if near:
        start, end = min(near, key=lambda run: abs(sum(run) / 2 - middle))
    else:
        low = max(0, int(middle) - 12)
        start = end = low + int(power[low : low + 24].argmin())
    return start * slot, end * slot


def cough(chance: np.random.Generator, *, voiced: bool) -> np.ndarray:
    """One to three bursts of noise that start hard and die away, with the voice's own resonances.

    `voiced`: 50 ms behind the burst the vocal cords join in, at a pitch that falls.
    """
    bursts = []
    for _ in range(chance.integers(1, 4)):
        length = int(RATE * (chance.uniform(0.25, 0.4) if voiced else chance.uniform(0.12, 0.28)))
        time_s = np.arange(length) / RATE
        source = chance.normal(0, 1, length) * np.exp(-time_s * (12 if voiced else 14))
        if voiced:
            pitch_hz = chance.uniform(120, 260) * np.exp(-2 * time_s) * (1 + 0.05 * chance.normal(0, 1, length))
            pulses = np.sin(2 * np.pi * np.cumsum(pitch_hz) / RATE) > 0.95
            loudness = np.clip((time_s - 0.05) / 0.04, 0, 1) * np.exp(-10 * np.clip(time_s - 0.09, 0, None))
            source += 3.6 * (pulses - 0.1) * loudness
        spectrum, hz = np.fft.rfft(source), np.fft.rfftfreq(length, 1 / RATE)
        formants = sum(1 / (1 + ((hz - peak) / 250) ** 2) for peak in (500, 1400, 2700))
        burst = np.fft.irfft(spectrum * (formants + 0.05), length)
        bursts += [burst / np.abs(burst).max(), np.zeros(int(RATE * chance.uniform(0.05, 0.2)))]
    return np.concatenate(bursts) * 14000
