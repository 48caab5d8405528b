"""A voice activity detector behind a gate: its network, most of the work, rests while the room is quiet."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from .detector import Detector
from .samples import Floats

# Shown to the detector when the gate opens, so that it knows what came before.
LOOKBACK_FRAMES = 10
# A second without speech closes the gate.
HOLD_FRAMES = 31
MIN_PROBABILITY = 0.1
# 3 dB above the floor opens it; frames of steady noise differ by a tenth of that.
OPENING_RATIO = 2.0
# The floor rises by 3 dB a second towards what is heard, and falls at once.
FLOOR_RISE = 1.02
MIN_ENERGY = 1e-9


@dataclass
class GatedDetector:
    """Asks `inner` only while there may be speech."""

    inner: Detector
    _lookback: "deque[Floats]" = field(default_factory=lambda: deque(maxlen=LOOKBACK_FRAMES))
    _floor: float = 1.0
    _open_frames: int = HOLD_FRAMES

    def reset(self) -> None:
        self.inner.reset()
        self._lookback.clear()
        self._open_frames = HOLD_FRAMES

    def probability(self, frame: Floats) -> float:
        energy = float(np.dot(frame, frame)) / len(frame) + MIN_ENERGY
        self._floor = min(energy, self._floor * FLOOR_RISE)
        if self._open_frames == 0 and energy < OPENING_RATIO * self._floor:
            self._lookback.append(frame)
            return 0.0
        self._open()
        likely = self.inner.probability(frame)
        self._open_frames = HOLD_FRAMES if likely >= MIN_PROBABILITY else self._open_frames - 1
        return likely

    def _open(self) -> None:
        if self._open_frames > 0:
            return
        self.inner.reset()
        for frame in self._lookback:
            self.inner.probability(frame)
        self._lookback.clear()
        self._open_frames = HOLD_FRAMES
