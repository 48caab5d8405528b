"""Finds where speech starts and stops, from one probability for each frame."""

from dataclasses import dataclass
from enum import Enum, auto

from ..speech.detector import FRAME_MS


class Edge(Enum):
    """A change that a frame brought."""

    STARTED = auto()
    # Silent for so long that it is worth recognising what was said so far.
    PAUSED = auto()
    RESUMED = auto()
    STOPPED = auto()


START_FRAMES = 3
PAUSE_MS = 192
# Speech that has started goes on down to this much below the threshold, as Silero's authors advise.
SLACK = 0.15


@dataclass
class Endpointer:
    """`threshold` is 0 to 1; `silence_ms` may be changed while speech goes on."""

    threshold: float = 0.5
    silence_ms: int = 500
    speaking: bool = False
    # The silence that ended the last speech, which may have been longer than `silence_ms` is by then.
    ended_after_ms: int = 0
    _paused: bool = False
    # Frames of speech while silent, frames of silence while speaking.
    run: int = 0

    def reset(self) -> None:
        self.speaking = self._paused = False
        self.run = 0

    def feed(self, probability: float) -> Edge | None:
        return self._while_speaking(probability) if self.speaking else self._while_silent(probability)

    @property
    def silent_ms(self) -> int:
        return self.run * FRAME_MS if self.speaking else 0

    def _while_silent(self, probability: float) -> Edge | None:
        self.run = self.run + 1 if probability >= self.threshold else 0
        if self.run < START_FRAMES:
            return None
        self.speaking, self._paused, self.run = True, False, 0
        return Edge.STARTED

    def _while_speaking(self, probability: float) -> Edge | None:
        if probability >= max(self.threshold - SLACK, 0.01):
            self.run = 0
            return self._resumed()
        self.run += 1
        if self.silent_ms >= self.silence_ms:
            self.ended_after_ms = self.silent_ms
            self.reset()
            return Edge.STOPPED
        if self.silent_ms >= PAUSE_MS and not self._paused:
            self._paused = True
            return Edge.PAUSED
        return None

    def _resumed(self) -> Edge | None:
        was, self._paused = self._paused, False
        return Edge.RESUMED if was else None
