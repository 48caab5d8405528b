"""What the session needs of a voice activity detector."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

RATE = 16000
FRAME = 512
FRAME_MS = FRAME * 1000 // RATE

Floats = npt.NDArray[np.float32]


class Detector(Protocol):
    """How likely a frame is speech, given the frames since the last reset."""

    def probability(self, frame: Floats) -> float: ...

    def reset(self) -> None: ...
