"""Steady noise in the mel bands."""

import numpy as np

from voiceapp.engine.speech.noise import KEPT, without_noise

RNG = np.random.default_rng(5)


def bands(speech: float) -> np.ndarray:
    """Noise of power 1 in 80 bands, and speech in a third of the frames."""
    made = RNG.gamma(8, 1 / 8, (80, 300)).astype(np.float32)
    made[20:40, 100:200] += speech
    return made


def test_noise_is_lowered_and_speech_stays() -> None:
    before = bands(speech=300)
    after = without_noise(before)
    assert after[:, :100].mean() < 0.5 * before[:, :100].mean()
    assert (after >= KEPT * before).all()
    assert after[20:40, 100:200].mean() > 0.98 * before[20:40, 100:200].mean()


def test_clean_speech_is_left_alone() -> None:
    before = bands(speech=1e6)
    assert without_noise(before) is before


def test_nothing_at_all() -> None:
    assert without_noise(np.zeros((80, 0), np.float32)).shape == (80, 0)
    assert not without_noise(np.zeros((80, 50), np.float32)).any()
