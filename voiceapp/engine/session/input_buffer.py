"""The input audio buffer: keeps the audio and finds speech in it. Positions count samples since the session began."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..protocol.audio_formats import Decoder, Format
from ..speech.detector import FRAME, Detector
from ..speech.samples import INPUT_RATE, Samples
from .end_of_turn import PATIENCE, Judgement, judge
from .endpointer import START_FRAMES, Edge, Endpointer

SAMPLES_PER_MS = INPUT_RATE // 1000
# Recognition hears at least this much before the speech, whatever the client's padding: with 300 ms words get lost.
MIN_PREFIX_MS = 500
# How much is kept while nobody speaks, if the detector finds the turns: longer than any prefix.
KEPT_MS = 5000
# How much is kept of a turn that is not committed; what is older is forgotten.
MAX_TURN_MS = 10 * 60 * 1000
MIN_COMMIT_MS = 100


@dataclass(frozen=True)
class SpeechEdge:
    """A change in the user's speech, and where it is in milliseconds of the session's audio."""

    edge: Edge
    at_ms: int


@dataclass
class InputBuffer:
    """Takes the client's bytes, yields the edges of speech and keeps the audio of the turn."""

    detector: Detector
    format: Format
    endpointer: Endpointer = field(default_factory=Endpointer)
    detection: dict[str, Any] | None = None
    _decoder: Decoder = field(init=False)
    _audio: bytearray = field(default_factory=bytearray)
    # Position of the first sample kept.
    _origin: int = 0
    # How many samples have been appended in all.
    position: int = 0
    # How many of them the detector has seen.
    detected_to: int = 0
    _speech_start: int = 0
    # Where the silence after the turn before began: no later turn reaches back beyond it.
    _earliest: int = 0
    _uncommitted: int = 0

    def __post_init__(self) -> None:
        self._decoder = Decoder(self.format)

    def configure(self, format: Format, detection: dict[str, Any] | None) -> None:
        if format != self.format:
            self.format, self._decoder = format, Decoder(format)
        if detection != self.detection:
            self.detection = detection
            self._restart_detection()

    def append(self, data: bytes) -> Iterator[SpeechEdge]:
        samples = self._decoder.feed(data)
        self._audio += samples.tobytes()
        self.position += len(samples)
        self._uncommitted += len(samples)
        if self.detection is None:
            self._forget_before(self.position - MAX_TURN_MS * SAMPLES_PER_MS)
        else:
            yield from self._detect()

    def _detect(self) -> Iterator[SpeechEdge]:
        while self.position - self.detected_to >= FRAME and self.detection is not None:
            frame = self.samples(self.detected_to, self.detected_to + FRAME).astype(np.float32) / np.float32(32768)
            self.detected_to += FRAME
            edge = self.endpointer.feed(self.detector.probability(frame))
            if edge is Edge.STARTED:
                self._speech_started()
                yield SpeechEdge(edge, self.ms(self._speech_start - self._samples("prefix_padding_ms", 300)))
            elif edge is not None:
                yield SpeechEdge(edge, self.ms(self.detected_to))
        kept_ms = MAX_TURN_MS if self.endpointer.speaking else KEPT_MS
        self._forget_before(self.detected_to - kept_ms * SAMPLES_PER_MS)

    def _speech_started(self) -> None:
        self._speech_start = self.detected_to - START_FRAMES * FRAME
        self.endpointer.silence_ms = self._silence_ms()

    @property
    def eagerness(self) -> str | None:
        """None where a fixed silence ends a turn, or nothing does."""
        is_semantic = self.detection is not None and self.detection["type"] == "semantic_vad"
        return str(self.detection["eagerness"]) if self.detection is not None and is_semantic else None

    def _silence_ms(self) -> int:
        if self.eagerness is not None:
            return PATIENCE[self.eagerness].finished
        return int((self.detection or {}).get("silence_duration_ms", 500))

    def judge(self, probability: float | None, text: str | None) -> Judgement | None:
        """Waits as long as what is known of the turn demands; None where a fixed silence ends it."""
        if self.eagerness is None:
            return None
        judgement = judge(self.eagerness, probability, text)
        self.endpointer.silence_ms = judgement.silence_ms + judgement.reading_ms
        return judgement

    # Turns

    @property
    def turn_start(self) -> int:
        """Where to begin the recognition of the running turn."""
        prefix = max(self._samples("prefix_padding_ms", 300), MIN_PREFIX_MS * SAMPLES_PER_MS)
        return max(self._origin, self._earliest, self._speech_start - prefix)

    @property
    def uncommitted_ms(self) -> int:
        return self._uncommitted // SAMPLES_PER_MS

    def samples(self, start: int, end: int) -> Samples:
        first, last = max(start, self._origin) - self._origin, end - self._origin
        return np.frombuffer(bytes(self._audio[first * 2 : last * 2]), np.int16)

    def commit(self) -> Samples:
        """Returns what came since the last commit or clear and is still kept."""
        taken = self.samples(self.position - self._uncommitted, self.position)
        self.clear()
        return taken

    def end_turn(self) -> None:
        """The turn has ended. Resets the detector: a fresh one hears the next turn better."""
        self._uncommitted = self.position - self.detected_to
        self._earliest = self.detected_to - self.endpointer.ended_after_ms * SAMPLES_PER_MS
        self.detector.reset()

    def clear(self) -> None:
        self._uncommitted = 0
        self._restart_detection()

    def _restart_detection(self) -> None:
        self._forget_before(self.position)
        self.detected_to = self.position
        self.endpointer = Endpointer(float((self.detection or {}).get("threshold", 0.5)), self._silence_ms())
        self.detector.reset()

    # Below the surface

    def ms(self, position: int) -> int:
        return max(0, position) // SAMPLES_PER_MS

    def _samples(self, name: str, default: int) -> int:
        return int((self.detection or {}).get(name, default)) * SAMPLES_PER_MS

    def _forget_before(self, position: int) -> None:
        gone = min(position, self.position) - self._origin
        if gone > 0:
            del self._audio[: gone * 2]
            self._origin += gone
            self.detected_to = max(self.detected_to, self._origin)
