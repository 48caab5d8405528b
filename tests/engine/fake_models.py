"""Models that need nothing: loud is speech, all speech says one thing, and answers hum."""

import threading

import numpy as np

from voiceapp.engine.speech.transcript import Transcript


class FixedStt:
    """A recogniser."""

    def __init__(self, text: str) -> None:
        self.text = text

    def transcribe(self, samples: np.ndarray, quick: bool = False) -> Transcript:
        return Transcript(self.text)


class FixedTurnEnd:
    """A model of turns: each is as likely over as the next."""

    def __init__(self, probability: float) -> None:
        self.likely = probability
        self.asked: list[int] = []

    def probability(self, samples: np.ndarray) -> float:
        self.asked.append(len(samples))
        return self.likely


class LoudnessNetwork:
    """A detector's network."""

    def run(self, sound: np.ndarray, state: np.ndarray) -> tuple[float, np.ndarray]:
        return float(np.abs(sound[0, 64:]).max() > 0.1), state


class ToneTts:
    """A voice: 50 ms for each letter."""

    def speak(self, text: str, voice: str, speed: float) -> np.ndarray:
        return np.full(24 * 50 * len(text), 1000, np.int16)


class LoudnessDetector:
    """A detector for tests."""

    resets = 0

    def probability(self, frame: np.ndarray) -> float:
        return float(np.abs(frame).max() > 0.1)

    def reset(self) -> None:
        self.resets += 1


class StuckStt(FixedStt):
    """A recogniser that falls behind until the gate opens."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.gate = threading.Event()

    def transcribe(self, samples: np.ndarray, quick: bool = False) -> Transcript:
        assert self.gate.wait(10)
        return super().transcribe(samples)


class SteppedTts:
    """A voice that makes one piece each time it is let, and knows which it was asked for."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.steps = threading.Semaphore(0)

    def speak(self, text: str, voice: str, speed: float) -> np.ndarray:
        self.begun.append(text)
        assert self.steps.acquire(timeout=10)
        return np.full(2400, 1000, np.int16)
