"""Japanese text to speech: Open JTalk with the voice Mei, and a deeper voice made from it by lowering its pitch."""

import importlib

import numpy as np

from . import models
from .missing import INSTALL_JAPANESE, MissingError
from .resampler import Resampler
from .samples import OUTPUT_RATE, Samples
from .tts import MAX_SPEED, MIN_SPEED, at_one_loudness
from .voices import HEART, VOICES

DEEPER_HALF_TONES = -7.0


class OpenJTalkTts:
    """Loads its voice once. One thread at a time may use it."""

    def __init__(self) -> None:
        models.TTS_JAPANESE.checked()
        try:
            self._openjtalk = importlib.import_module("pyopenjtalk")
        except ImportError as absent:
            raise MissingError("the package pyopenjtalk-plus", INSTALL_JAPANESE) from absent
        self.speak("はい。", "heart", 1.0)

    def speak(self, text: str, voice: str, speed: float) -> Samples:
        """One or a few sentences, as 24 kHz samples."""
        half_tone = 0.0 if VOICES[voice] is HEART else DEEPER_HALF_TONES
        rate = min(max(speed, MIN_SPEED), MAX_SPEED)
        # Plain Open JTalk: the package's own corrections need further models and a third of a second more.
        sound, sample_rate = self._openjtalk.tts(text, speed=rate, half_tone=half_tone, use_vanilla=True)
        resampled = Resampler(sample_rate, OUTPUT_RATE).feed(np.asarray(sound, np.float32) / np.float32(32768))
        return np.clip(at_one_loudness(resampled) * 32767, -32768, 32767).astype(np.int16)
