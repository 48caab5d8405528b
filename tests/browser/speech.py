"""Spoken sentences for the fake microphone, and how near a text is to another."""

import re
import subprocess
from pathlib import Path


def spoken(sentence: str, file: Path, before_s: float, after_s: float) -> Path:
    """A WAV of the sentence between silences: at its end Chromium repeats the last moment for ever."""
    raw = file.with_suffix(".raw.wav")
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", str(raw), sentence], check=True)
    shape = ["-r", "48000", "-c", "1", "-b", "16", str(file), "pad", str(before_s), str(after_s)]
    subprocess.run(["sox", str(raw), *shape], check=True)
    return file


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def word_error_rate(wanted: str, got: str) -> float:
    """Words to change, add or leave out, for each word wanted."""
    source, target = words(wanted), words(got)
    row = list(range(len(target) + 1))
    for i, word in enumerate(source, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(target, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1] / len(source)
