"""Japanese text to speech: Open JTalk with the voice Mei, and a deeper one made of it by moving its pitch."""

import importlib

import numpy as np

from ..protocol.audio_formats import SPEAKING_RATE, Samples
from . import models
from .missing import JAPANESE, MissingError
from .resampler import Resampler
from .tts import FASTEST, SLOWEST, levelled
from .voices import HEART, VOICES

DEEPER_HALF_TONES = -7.0


class Mei:
    """Loads once; used by one thread at a time."""

    def __init__(self) -> None:
        models.JAPANESE_VOICE.checked()
        try:
            self._openjtalk = importlib.import_module("pyopenjtalk")
        except ImportError as absent:
            raise MissingError("the package pyopenjtalk-plus", JAPANESE) from absent
        self.speak("はい。", "heart", 1.0)

    def speak(self, text: str, voice: str, speed: float) -> Samples:
        """One sentence or a few, as 24 kHz samples."""
        half_tone = 0.0 if VOICES[voice] is HEART else DEEPER_HALF_TONES
        pace = min(max(speed, SLOWEST), FASTEST)
        # Plain Open JTalk: the package's own corrections need further models and a third of a second more.
        sound, rate = self._openjtalk.tts(text, speed=pace, half_tone=half_tone, use_vanilla=True)
        heard = Resampler(rate, SPEAKING_RATE).feed(np.asarray(sound, np.float32) / np.float32(32768))
        return np.clip(levelled(heard) * 32767, -32768, 32767).astype(np.int16)
