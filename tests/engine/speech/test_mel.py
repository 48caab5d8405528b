"""The spectrogram: shapes, scale and filters."""

import numpy as np
import pytest

from voiceapp.engine.speech.mel import filters, hertz, log_mel, mels


def test_shape_and_padding() -> None:
    assert log_mel(np.zeros(16000, np.float32), 8).shape == (80, 800)
    assert log_mel(np.zeros(200000, np.float32), 8).shape == (80, 800)


def test_silence_is_the_floor() -> None:
    assert np.unique(log_mel(np.zeros(16000, np.float32), 2)).tolist() == [pytest.approx(-1.5)]


def test_a_tone_lights_its_band() -> None:
    sound = np.sin(2 * np.pi * 1000 * np.arange(32000) / 16000).astype(np.float32)
    shown = log_mel(sound, 2)
    centres = hertz(np.linspace(0, mels(8000), 82))[1:-1]
    assert abs(centres[shown[:, 100].argmax()] - 1000) < 40
    assert shown.max() - shown.min() <= 2.0 + 1e-5


def test_filters_have_equal_area() -> None:
    areas = filters().sum(axis=1) * 40
    assert filters().shape == (80, 201)
    assert np.median(areas) == pytest.approx(1, rel=0.05)


def test_the_scale_is_slaneys() -> None:
    assert mels(1000) == pytest.approx(15)
    assert hertz(np.array([15.0, 42.0])).tolist() == [pytest.approx(1000), pytest.approx(6400)]
