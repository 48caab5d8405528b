"""The English voices: understood, unlike, and as loud as each other."""

import numpy as np
import pytest

from tests.word_errors import error_rate
from voiceapp.engine.speech.resampler import Resampler
from voiceapp.engine.speech.stt import WhisperStt
from voiceapp.engine.speech.tts import HibariTts, at_one_loudness, with_formants_moved

from ..speech_samples import SENTENCES


@pytest.fixture(scope="module")
def models() -> tuple[HibariTts, WhisperStt]:
    return HibariTts.installed(), WhisperStt.installed()


@pytest.mark.models
@pytest.mark.parametrize(("name", "texts"), [("heart", SENTENCES[::2]), ("oak", SENTENCES[1::2])], ids=["heart", "oak"])
def test_it_understands_its_own_voices(models: tuple[HibariTts, WhisperStt], name: str, texts: tuple[str, ...]) -> None:
    voice, recogniser = models
    pairs = []
    for text in texts:
        sound = Resampler(24000, 16000).feed(voice.speak(text, name, 1.0).astype(np.float32))
        pairs.append((text, recogniser.transcribe(sound.astype(np.int16)).text))
    assert error_rate(*pairs) <= 0.05, pairs


@pytest.mark.models
def test_the_voices_differ_in_pitch_not_in_loudness(models: tuple[HibariTts, WhisperStt]) -> None:
    high, low = (models[0].speak("One two three.", name, 1.0).astype(float) for name in ("heart", "oak"))
    assert pitch(low) < 0.8 * pitch(high)
    assert np.sqrt((low**2).mean()) == pytest.approx(np.sqrt((high**2).mean()), rel=0.3)


@pytest.mark.models
def test_speed_changes_the_length(models: tuple[HibariTts, WhisperStt]) -> None:
    slow, fast = (len(models[0].speak("One two three four five.", "heart", speed)) for speed in (0.5, 1.5))
    assert slow > 2 * fast


def pitch(samples: np.ndarray) -> float:
    """Hz, by the highest peak of the autocorrelation between 60 and 400 Hz; the median of the loud parts."""
    found = []
    for start in range(0, len(samples) - 2400, 1200):
        part = samples[start : start + 2400] - samples[start : start + 2400].mean()
        if (part**2).mean() > 5e5:
            likeness = np.correlate(part, part, "full")[2399:]
            found.append(24000 / (60 + likeness[60:400].argmax()))
    return float(np.median(found))


def test_loud_and_quiet_come_out_at_one_loudness_and_are_never_clipped() -> None:
    sound = np.sin(np.arange(2400) / 10).astype(np.float32)
    quiet, loud = at_one_loudness(sound * np.float32(0.01)), at_one_loudness(sound * np.float32(3))
    assert np.allclose(quiet, loud, atol=1e-5)
    click = np.zeros(24000, np.float32)
    click[100] = 1
    assert np.abs(at_one_loudness(click)).max() <= 0.9 + 1e-6
    assert at_one_loudness(np.zeros(10, np.float32)).tolist() == [0] * 10


def test_formants_move_to_their_place() -> None:
    spectrum = np.zeros((100, 2), np.float32)
    spectrum[50] = 1
    assert with_formants_moved(spectrum, 0.8)[:, 0].argmax() == 40
