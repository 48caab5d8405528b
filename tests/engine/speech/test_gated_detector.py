"""The gate: the network is left alone in steady noise, and is asked as soon as anything rises above it."""

import numpy as np

from voiceapp.engine.speech.gated_detector import HOLD_FRAMES, LOOKBACK_FRAMES, GatedDetector

RNG = np.random.default_rng(3)


class Counting:
    """A detector that knows how often it was asked and reset."""

    likely = 0.0

    def __init__(self) -> None:
        self.asked = self.resets = 0

    def probability(self, frame: np.ndarray) -> float:
        self.asked += 1
        return self.likely

    def reset(self) -> None:
        self.resets += 1


def noise(loudness: float) -> np.ndarray:
    return RNG.normal(0, loudness, 512).astype(np.float32)


def test_it_rests_in_steady_noise_and_in_silence() -> None:
    for loudness in (0.01, 0.0):
        inner = Counting()
        gated = GatedDetector(inner)
        for _ in range(200):
            assert gated.probability(noise(loudness)) == 0
        assert inner.asked == HOLD_FRAMES


def test_something_louder_opens_the_gate_and_the_detector_is_shown_what_came_before() -> None:
    inner = Counting()
    gated = GatedDetector(inner)
    for _ in range(100):
        gated.probability(noise(0.01))
    inner.asked, inner.likely = 0, 0.9
    assert gated.probability(noise(0.02)) == 0.9
    assert (inner.asked, inner.resets) == (LOOKBACK_FRAMES + 1, 1)
    inner.likely = 0.2
    for _ in range(100):
        assert gated.probability(noise(0.001)) == 0.2


def test_it_gets_used_to_a_louder_room() -> None:
    inner = Counting()
    gated = GatedDetector(inner)
    for loudness in [0.001] * 100 + [0.03] * 400:
        gated.probability(noise(loudness))
    inner.asked = 0
    for _ in range(100):
        gated.probability(noise(0.03))
    assert inner.asked == 0
