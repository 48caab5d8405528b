"""An answer of 20 s: a cough at 1.5 s and a backchannel at 4 hold it up, and a question at 6.5 ends it.

They are heard in the page's microphone; the server, which is scripted, notices them as servers do.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.browser.speech import spoken
from tests.browser.whole_call import cuts
from voiceapp.engine.scripted.server import ScriptedServer

SCENARIO = "twenty_seconds"
STORY = '[data-item="a1"]'
QUESTION = "Where exactly was that island, and who lived there?"
RATE, WINDOW_MS = 16000, 20
# A shorter silence is one of a machine that is busy.
DIP_S = 0.3
NOTICED_MS, SILENCE_MS = 200, 500


def cough(file: Path) -> Path:
    """A burst of noise of a quarter of a second."""
    shape = ["synth", "0.25", "brownnoise", "fade", "0.01", "0.25", "0.1", "gain", "-3"]
    subprocess.run(["sox", "-n", "-r", "48000", "-c", "1", "-b", "16", str(file), *shape], check=True)
    return file


@dataclass(frozen=True)
class Talker:
    """`stats`: of the page; `say`: begins to play a file into its microphone."""

    stats: Callable[[], dict[str, Any]]
    say: Callable[[Path], object]
    upstream: ScriptedServer

    def speak(self, clip: Path, turn: str, ms: int, *then: dict[str, Any]) -> None:
        """It lasts so long."""
        self.say(clip)
        self.upstream.do(
            {"wait_ms": NOTICED_MS},
            {"speech_started": {"item": turn}},
            {"wait_ms": ms - NOTICED_MS + SILENCE_MS},
            {"speech_stopped": {"item": turn}},
            {"wait_ms": 200},
            *then,
        )

    def until(self, ms: int) -> None:
        """So much of the answer was heard."""
        self.wait_until(lambda stats: stats["msHeard"].get("a1", 0) >= ms)

    def wait_until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        deadline = time.monotonic() + 20
        while not condition(stats := self.stats()):
            assert time.monotonic() < deadline, stats
            time.sleep(0.05)

    def interrupt(self, folder: Path) -> None:
        """All three, in a call that is live."""
        # Half a second, as people hum it: the voice alone would take 0.8 s.
        hum = spoken("Mm hmm.", folder / "hum.wav", before_s=0, after_s=0, tempo=1.6)
        question = spoken(QUESTION, folder / "question.wav", before_s=0, after_s=0)
        self.until(1500)
        self.speak(cough(folder / "cough.wav"), "u2", 250, {"transcript": {"item": "u2", "text": ""}})
        self.wait_until(lambda stats: stats["holds"] == [1, 1])
        self.until(4000)
        self.speak(hum, "u3", 500, {"transcript": {"item": "u3", "text": "Mm-hmm."}})
        self.wait_until(lambda stats: stats["holds"] == [2, 2])
        self.until(6500)
        assert cuts(self.upstream) == []
        words = {"transcript": {"item": "u4", "text": QUESTION}}
        self.speak(question, "u4", 3000, words, {"say": {"item": "a2", "text": "Far away.", "ms": 600}})

    def judge(self, heard: np.ndarray, entries: list[dict[str, Any]]) -> None:
        """`heard`, at the loudspeaker, 16 kHz: two short dips and one stop; and the server knows one interruption."""
        (cut,) = cuts(self.upstream)
        sent = [event["type"] for event in self.upstream.connections[-1].events]
        first, *dips, (_, answer), _ = stretches(heard)
        assert [entry["item"] for entry in entries if entry["text"]] == ["u1", "a1", "u3", "u4", "a2"]
        assert 6500 <= cut < 8000
        assert cut == pytest.approx(self.stats()["msHeard"]["a1"], abs=20)
        assert (sent.count("response.cancel"), sent.count("response.create")) == (0, 0)
        # Each dip is as long as it takes to know, and what comes behind it begins a little before it.
        silences, tones = [s for loud, s in dips if not loud], [first[1], *(s for loud, s in dips if loud)]
        assert len(silences) == 3, silences
        assert max(silences[:2]) < 2.0
        assert silences[2] > 2.0
        assert sum(tones) == pytest.approx(cut / 1000 + 2 * 0.3, abs=0.5)
        assert answer == pytest.approx(0.6, abs=0.2)


def stretches(heard: np.ndarray) -> list[tuple[bool, float]]:
    """Whether something is heard, and for how many seconds, in turn, from the first sound on."""
    heard, size = np.append(heard, np.zeros(RATE)), RATE * WINDOW_MS // 1000
    windows = heard[: len(heard) // size * size].reshape(-1, size).astype(float)
    found: list[tuple[bool, float]] = []
    for loud, run in groupby(np.sqrt((windows**2).mean(axis=1)) > 400):
        seconds = len(list(run)) * WINDOW_MS / 1000
        if found and (seconds < DIP_S or found[-1][0] == loud):
            found[-1] = (found[-1][0], found[-1][1] + seconds)
        elif loud or found:
            found.append((bool(loud), seconds))
    return found
