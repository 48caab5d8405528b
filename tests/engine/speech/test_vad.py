"""Silero's network: silence is no speech, and a caller's state is their own."""

import numpy as np
import pytest

from voiceapp.engine.speech.vad import SileroDetector, SileroNetwork

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def network() -> SileroNetwork:
    return SileroNetwork.installed()


def test_silence_is_no_speech(network: SileroNetwork) -> None:
    detector = SileroDetector(network)
    assert all(detector.probability(np.zeros(512, np.float32)) < 0.1 for _ in range(30))


def test_what_one_caller_says_is_not_heard_by_another(network: SileroNetwork) -> None:
    loud, alone, beside = (SileroDetector(network) for _ in range(3))
    noise = np.random.default_rng(1).normal(0, 0.3, (20, 512)).astype(np.float32)
    frames = np.random.default_rng(2).normal(0, 0.01, (20, 512)).astype(np.float32)
    expected = [alone.probability(frame) for frame in frames]
    told = []
    for frame, other in zip(frames, noise, strict=True):
        loud.probability(other)
        told.append(beside.probability(frame))
    assert told == expected


def test_after_a_reset_it_hears_as_at_first(network: SileroNetwork) -> None:
    detector = SileroDetector(network)
    frames = np.random.default_rng(3).normal(0, 0.1, (10, 512)).astype(np.float32)
    first = [detector.probability(frame) for frame in frames]
    detector.reset()
    assert [detector.probability(frame) for frame in frames] == first
