"""Voice activity detection: Silero's network gives a probability for each 32 ms of 16 kHz audio."""

from pathlib import Path
from typing import Any, Self

import numpy as np

from . import models
from .detector import FRAME
from .samples import INPUT_RATE, Floats

# The network wants each frame preceded by the last samples of the frame before.
CONTEXT = 64


class SileroNetwork:
    """The loaded model, which all callers share."""

    def __init__(self, path: Path) -> None:
        self._session = models.network(path)
        self._rate = np.array(INPUT_RATE, np.int64)

    @classmethod
    def installed(cls) -> Self:
        return cls(models.VAD.checked())

    def run(self, sound: Floats, state: Floats) -> tuple[float, Floats]:
        output: list[Any] = self._session.run(None, {"input": sound, "state": state, "sr": self._rate})
        return float(output[0][0, 0]), output[1]


class SileroDetector:
    """One caller's detector: the shared network, and state of its own."""

    def __init__(self, network: SileroNetwork) -> None:
        self._network = network
        self.reset()

    def reset(self) -> None:
        self._state = np.zeros((2, 1, 128), np.float32)
        self._sound = np.zeros((1, CONTEXT + FRAME), np.float32)

    def probability(self, frame: Floats) -> float:
        """`frame` is 512 samples from −1 to 1."""
        self._sound[0, :CONTEXT] = self._sound[0, -CONTEXT:].copy()
        self._sound[0, CONTEXT:] = frame
        likely, self._state = self._network.run(self._sound, self._state)
        return likely
