"""A detector that dozes while nothing rises above the room's noise: its network is most of what listening costs."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from .detector import Detector, Floats

KEPT_FRAMES = 10
"""Shown to the detector when it wakes, so that it knows what came before."""
AWAKE_FRAMES = 31
"""A second without speech sends it to sleep."""
NO_SPEECH = 0.1
RISE = 2.0
"""3 dB above the floor wakes it; frames of steady noise differ by a tenth of that."""
FORGETTING = 1.02
"""The floor rises by 3 dB a second towards what is heard, and falls at once."""
LOWEST = 1e-9


@dataclass
class Drowsy:
    """Asks `inner` only while something may be going on."""

    inner: Detector
    kept: "deque[Floats]" = field(default_factory=lambda: deque(maxlen=KEPT_FRAMES))
    floor: float = 1.0
    awake: int = AWAKE_FRAMES

    def reset(self) -> None:
        self.inner.reset()
        self.kept.clear()
        self.awake = AWAKE_FRAMES

    def probability(self, frame: Floats) -> float:
        energy = float(np.dot(frame, frame)) / len(frame) + LOWEST
        self.floor = min(energy, self.floor * FORGETTING)
        if self.awake == 0 and energy < RISE * self.floor:
            self.kept.append(frame)
            return 0.0
        self._wake()
        likely = self.inner.probability(frame)
        self.awake = AWAKE_FRAMES if likely >= NO_SPEECH else self.awake - 1
        return likely

    def _wake(self) -> None:
        if self.awake > 0:
            return
        self.inner.reset()
        for frame in self.kept:
            self.inner.probability(frame)
        self.kept.clear()
        self.awake = AWAKE_FRAMES
