"""The model that hears whether a turn is over: what it is shown, where its file is, and what it says of speech."""

import hashlib
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.engine.speech_samples import spoken
from voiceapp.engine.speech import models
from voiceapp.engine.speech.missing import MissingError
from voiceapp.engine.speech.openjtalk import OpenJTalkTts
from voiceapp.engine.speech.resampler import Resampler
from voiceapp.engine.speech.turn_end import WINDOW, SmartTurn, features
from voiceapp.ops import vendor

needs_model = pytest.mark.skipif(not models.TURN.is_file(), reason="not fetched: python -m voiceapp.ops.vendor")


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(5).normal(0, 3000, int(seconds * 16000)).astype(np.int16)


class TestWhatItIsShown:
    def test_a_short_turn_stands_at_the_end_of_the_window(self) -> None:
        short = features(noise(1.0))
        assert short.shape == (1, 80, 800)
        assert short.dtype == np.float32
        # A second of sound is the last hundred frames.
        assert short[0, :, :690].max() < short[0, :, 710:].min()

    def test_of_a_long_turn_the_last_eight_seconds(self) -> None:
        long = noise(11.0)
        assert (features(long) == features(long[-WINDOW:])).all()

    def test_how_loud_it_is_does_not_matter(self) -> None:
        assert np.abs(features(noise(2.0)) - features((noise(2.0) // 8).astype(np.int16))).max() < 0.05

    @pytest.mark.parametrize("count", [0, 16000])
    def test_nothing_and_silence_are_numbers_too(self, count: int) -> None:
        assert np.isfinite(features(np.zeros(count, np.int16))).all()


class TestItsFile:
    def test_it_is_the_one_that_is_fetched(self) -> None:
        assert (vendor.TURN_MODEL, vendor.TURN_MODEL_SHA256) == (models.TURN, models.TURN_SHA256)

    def test_a_missing_one_is_named_with_what_brings_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(models, "TURN", tmp_path / "turn.onnx")
        with pytest.raises(MissingError, match=r"turn\.onnx, which is not in .*python -m voiceapp\.ops\.vendor"):
            SmartTurn.installed()

    def test_a_changed_one_is_not_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(models, "TURN", tmp_path / "turn.onnx")
        models.TURN.write_bytes(b"another model")
        assert hashlib.sha256(b"another model").hexdigest() != models.TURN_SHA256
        with pytest.raises(MissingError, match="was changed"):
            SmartTurn.installed()


@pytest.fixture(scope="module")
def model() -> SmartTurn:
    return SmartTurn.installed()


@pytest.mark.models
@needs_model
class TestSpeech:
    def test_a_sentence_is_over_and_one_that_was_broken_off_is_not(self, model: SmartTurn, tmp_path: Path) -> None:
        if shutil.which("flite") is None:
            pytest.skip("flite speaks the sentences")
        pcm = np.frombuffer(spoken("I would like to book a table for four.", "slt", tmp_path), "<i2")
        samples = np.ascontiguousarray(pcm[: len(pcm) // 3 * 3].reshape(-1, 3)[:, :2].reshape(-1))
        loud = np.flatnonzero(np.abs(samples) > 300)
        whole, end = samples[loud[0] : loud[-1] + 3200], loud[-1]
        assert model.probability(whole) > 0.5
        # In the midst of a word that has just begun.
        assert model.probability(samples[loud[0] : loud[0] + (end - loud[0]) // 2]) < 0.5

    def test_japanese_too(self, model: SmartTurn) -> None:
        pytest.importorskip("pyopenjtalk")
        mei = OpenJTalkTts()

        def likely(text: str) -> float:
            sound = Resampler(24000, 16000).feed(mei.speak(text, "heart", 1.0).astype(np.float32))
            loud = np.flatnonzero(np.abs(sound) > 300)
            return model.probability(sound[loud[0] : loud[-1] + 3200].astype(np.int16))

        assert likely("四人で予約をお願いします。") > 0.5
        assert likely("今日の天気は、") < 0.5

    def test_threads_share_it(self, model: SmartTurn) -> None:
        expected, told = model.probability(noise(3.0)), []
        threads = [threading.Thread(target=lambda: told.append(model.probability(noise(3.0)))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told == [expected] * 4
