"""What a session needs of a voice activity detector."""

from typing import Protocol

from .samples import INPUT_RATE, Floats

# In samples.
FRAME = 512
FRAME_MS = FRAME * 1000 // INPUT_RATE


class Detector(Protocol):
    """Says how likely a frame is speech, given the frames since the last reset."""

    def probability(self, frame: Floats) -> float: ...

    def reset(self) -> None: ...
