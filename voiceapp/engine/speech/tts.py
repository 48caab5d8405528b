"""English text to speech: hibari's voice, and a deeper voice made from it by lowering pitch and formants."""

from typing import Any, Self

import numpy as np

from . import models
from .missing import MissingError
from .samples import Floats, Samples
from .voices import DEFAULT_VOICE, VOICES, Voice

LOUDNESS, PEAK = 0.08, 0.9
# The model was made for 0.5 to 2; the protocol asks for 0.25 to 1.5.
MIN_SPEED, MAX_SPEED = 0.5, 1.5


class HibariTts:
    """Loads its voice once. One thread at a time may use it."""

    def __init__(self) -> None:
        try:
            from hibari import Hibari, dsp
        except ImportError as absent:
            raise MissingError("the package hibari-tts") from absent
        self._dsp = dsp
        self._voice = Hibari(model=str(models.TTS_ENGLISH.checked()), threads=1)

    @classmethod
    def installed(cls) -> Self:
        """Checks the voice and warms it up: its first sentence would otherwise take half a second longer."""
        voice = cls()
        voice.speak("Ready.", DEFAULT_VOICE, 1.0)
        return voice

    def speak(self, text: str, voice: str, speed: float) -> Samples:
        """One or a few sentences, as 24 kHz samples; empty if there is nothing to pronounce."""
        rate = min(max(speed, MIN_SPEED), MAX_SPEED)
        spoken = [self._sentence(phonemes, VOICES[voice], rate) for phonemes in self._voice.phonemize(text)]
        sound = np.concatenate(spoken) if spoken else np.zeros(0, np.float32)
        return np.clip(at_one_loudness(sound) * 32767, -32768, 32767).astype(np.int16)

    def _sentence(self, phonemes: str, voice: Voice, speed: float) -> Floats:
        ids = self._voice.ids(phonemes)
        if len(ids) < 3:
            return np.zeros(0, np.float32)
        fed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        parts = [part[0] for part in self._voice.sess.run(None, fed)]
        return self._sound(parts, voice)

    def _sound(self, parts: list[Any], voice: Voice) -> Floats:
        *spectra, pitch = parts
        if voice.formants != 1.0:
            spectra = [with_formants_moved(spectrum, voice.formants) for spectrum in spectra]
        # A fixed seed: the same text sounds the same each time.
        sound: Floats = self._dsp.synth(*spectra, pitch * voice.pitch, np.random.default_rng(0))
        return sound


def at_one_loudness(sound: Floats) -> Floats:
    """The sound at the same loudness for both voices, never clipped; the deeper voice is synthesised much louder."""
    loudness = float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0
    if loudness == 0:
        return sound
    gain = min(LOUDNESS / loudness, PEAK / float(np.abs(sound).max()))
    return sound * np.float32(gain)


def with_formants_moved(spectrum: Floats, factor: float) -> Floats:
    """The spectrum, (bins, frames), with each feature at `factor` times its frequency."""
    bins = len(spectrum)
    places = np.minimum(np.arange(bins) / factor, bins - 1)
    lower = places.astype(int)
    upper = np.minimum(lower + 1, bins - 1)
    share = (places - lower).astype(np.float32)[:, None]
    moved: Floats = spectrum[lower] * (1 - share) + spectrum[upper] * share
    return moved
