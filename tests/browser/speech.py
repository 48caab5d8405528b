"""Spoken sentences for the fake microphone."""

import subprocess
from pathlib import Path


def spoken(sentence: str, file: Path, before_s: float, after_s: float, tempo: float = 1.0) -> Path:
    """A WAV of the sentence between silences: at its end Chromium repeats the last moment for ever.

    `tempo`: so much faster, at the same pitch.
    """
    raw = file.with_suffix(".raw.wav")
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(raw), sentence], check=True)
    shape = ["-r", "48000", "-c", "1", "-b", "16", str(file)]
    shape += ["tempo", "-s", str(tempo), "pad", str(before_s), str(after_s)]
    subprocess.run(["sox", str(raw), *shape], check=True)
    return file
