"""Sound by arithmetic: as long, as loud and as high as asked for."""

from array import array

import numpy as np
import pytest

from voiceapp.engine.scripted import tone


def samples(sound: bytes) -> np.ndarray:
    return np.array(array("h", sound), float)


def test_a_tone_has_its_height_and_fades_at_both_ends() -> None:
    made = samples(tone.sine(440, 1000))
    assert len(made) == tone.RATE
    assert np.abs(np.fft.rfft(made)).argmax() == 440
    assert np.abs(made).max() == pytest.approx(32767 * tone.LOUDNESS, rel=0.01)
    assert abs(made[0]) < 100
    assert abs(made[-1]) < 100


def test_babble_swells_as_speech_does() -> None:
    made = samples(tone.babble(200, 1000)) ** 2
    loudness = made.reshape(-1, tone.RATE // 40).mean(axis=1)
    assert loudness.min() < 0.05 * loudness.max()
    assert np.abs(samples(tone.babble(200, 1000))).max() <= 32767


@pytest.mark.parametrize("ms", [0, 30, 100, 5000])
def test_pieces_are_the_sound(ms: int) -> None:
    sound = tone.sine(440, 250)
    parts = tone.pieces(sound, ms)
    assert b"".join(parts) == sound
    assert {len(part) for part in parts[:-1]} <= {max(1, ms) * tone.BYTES_PER_MS}
