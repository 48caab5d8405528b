"""Speech for tests, made by voices that are not the engine's own."""

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
    rng, count = np.random.default_rng(7), seconds * 24000
    white = rng.normal(0, 1500, count)
    pink = np.cumsum(rng.normal(0, 60, count))
    hum = 2500 * np.sin(2 * np.pi * 50 * np.arange(count) / 24000) * (1 + 0.2 * np.sin(np.arange(count) / 9000))
    clicks = np.zeros(count)
    clicks[:: 24000 // 3] = 20000
    chord = sum(1200 * np.sin(2 * np.pi * hz * np.arange(count) / 24000) for hz in (262, 330, 392))
    made = {"silence": np.zeros(count), "white": white, "brown": pink, "hum": hum, "clicks": clicks, "chord": chord}
    return {name: np.clip(samples, -32768, 32767).astype("<i2").tobytes() for name, samples in made.items()}
