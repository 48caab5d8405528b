"""Rates: tones stay what they were, what does not fit is taken out, chunks make no difference."""

import numpy as np
import pytest

from voiceapp.engine.speech.resampler import Resampler


def tone(hz: float, rate: int) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(rate) / rate).astype(np.float32)


@pytest.mark.parametrize(("source", "target"), [(24000, 16000), (8000, 16000), (24000, 8000), (16000, 24000)])
def test_a_tone_stays_what_it_was(source: int, target: int) -> None:
    made = Resampler(source, target).feed(tone(1000, source))
    assert len(made) == pytest.approx(target, abs=4)
    steady = made[target // 4 : target // 4 + target // 2]
    assert np.abs(np.fft.rfft(steady)).argmax() * 2 == 1000
    assert np.sqrt(np.mean(steady**2)) == pytest.approx(np.sqrt(0.5), rel=0.02)


@pytest.mark.parametrize(("source", "target", "hz"), [(24000, 16000, 10000), (24000, 8000, 6000)])
def test_what_does_not_fit_is_taken_out(source: int, target: int, hz: int) -> None:
    made = Resampler(source, target).feed(tone(hz, source))
    assert np.abs(made[500:]).max() < 0.002


@pytest.mark.parametrize(("source", "target"), [(24000, 16000), (16000, 24000), (24000, 8000)])
def test_chunks_of_any_size_give_the_same_samples(source: int, target: int) -> None:
    whole = tone(700, source)
    resampler, parts, start = Resampler(source, target), [], 0
    for size in (1, 2, 3, 500, 7, 4000, source):
        parts.append(resampler.feed(whole[start : start + size]))
        start += size
    assert np.allclose(np.concatenate(parts), Resampler(source, target).feed(whole[:start]), atol=1e-6)


def test_the_same_rate_changes_nothing() -> None:
    samples = tone(700, 16000)
    assert Resampler(16000, 16000).feed(samples) is samples
