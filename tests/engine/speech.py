"""Speech for tests, made by voices that are not the engine's own, and the word error rate."""

import re
import subprocess
import wave
from pathlib import Path

import numpy as np

SENTENCES = (
    "Hello, how are you today?",
    "What is the weather like in London?",
    "Please tell me a short story.",
    "I would like to book a table for four.",
    "My name is Robert and I live in Boston.",
    "What time is it now?",
    "Can you repeat that, please?",
    "Thank you very much, goodbye.",
)
VOICES = {
    "espeak": ("espeak-ng", "-v", "en-us", "-s", "150", "-w", "{path}", "{text}"),
    "slt": ("flite", "-voice", "slt", "-t", "{text}", "-o", "{path}"),
}


def spoken(text: str, voice: str, folder: Path) -> bytes:
    """PCM16 at 24 kHz, with a little silence before and enough behind to end the turn."""
    path = folder / "spoken.wav"
    subprocess.run([part.format(path=path, text=text) for part in VOICES[voice]], check=True, capture_output=True)
    converted = folder / "converted.wav"
    subprocess.run(["sox", path, "-r", "24000", "-c", "1", "-b", "16", converted], check=True, capture_output=True)
    with wave.open(str(converted)) as file:
        return bytes(48 * 400) + file.readframes(file.getnframes()) + bytes(48 * 1000)


def noises(seconds: int) -> dict[str, bytes]:
    """Sound in which nobody speaks."""
    chance, count = np.random.default_rng(7), seconds * 24000
    white = chance.normal(0, 1500, count)
    pink = np.cumsum(chance.normal(0, 60, count))
    hum = 2500 * np.sin(2 * np.pi * 50 * np.arange(count) / 24000) * (1 + 0.2 * np.sin(np.arange(count) / 9000))
    clicks = np.zeros(count)
    clicks[:: 24000 // 3] = 20000
    chord = sum(1200 * np.sin(2 * np.pi * hz * np.arange(count) / 24000) for hz in (262, 330, 392))
    made = {"silence": np.zeros(count), "white": white, "brown": pink, "hum": hum, "clicks": clicks, "chord": chord}
    return {name: np.clip(samples, -32768, 32767).astype("<i2").tobytes() for name, samples in made.items()}


NUMERALS = {"4": "four", "10": "ten"}


def words(text: str) -> list[str]:
    found = re.findall(r"[a-z']+|\d+", text.lower())
    return [NUMERALS.get(word, word) for word in found]


def errors(said: str, heard: str) -> int:
    """Words to change, add or take away: Levenshtein's distance."""
    wanted, got = words(said), words(heard)
    row = list(range(len(got) + 1))
    for place, word in enumerate(wanted, 1):
        last, row[0] = row[0], place
        for column, other in enumerate(got, 1):
            last, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, last + (word != other))
    return row[-1]


def error_rate(pairs: list[tuple[str, str]]) -> float:
    return sum(errors(said, heard) for said, heard in pairs) / sum(len(words(said)) for said, _ in pairs)
