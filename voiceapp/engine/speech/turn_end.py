"""How likely a turn is over, by how its last words sound: Smart Turn v3.2, which hears tempo and pitch in any language.

Ask it soon after the last word: the longer the silence it is shown, the surer it becomes.
"""

from pathlib import Path
from typing import Any, Self

import numpy as np

from . import mel, models
from .samples import INPUT_RATE, Floats, Samples

# What it was trained on: the last eight seconds, at the end of the window.
WINDOW = 8 * INPUT_RATE


class SmartTurn:
    """The loaded model, which all callers and threads share."""

    def __init__(self, path: Path) -> None:
        self._session = models.network(path)
        # The first run takes longer than those after it.
        self.probability(np.zeros(INPUT_RATE, np.int16))

    @classmethod
    def installed(cls) -> Self:
        """Raises `MissingError` if the file is missing or was changed."""
        return cls(models.turn_model())

    def probability(self, samples: Samples) -> float:
        """That a turn is over, 0 to 1; `samples`: all of the turn until now, mono, 16 kHz."""
        output: list[Any] = self._session.run(None, {"input_features": features(samples)})
        # The graph ends with the sigmoid, although its output is called logits.
        return float(output[0].reshape(-1)[0])


def features(samples: Samples) -> Floats:
    """Whisper's log-mel of the last eight seconds, silence before them, brought to one loudness: (1, 80, 800)."""
    sound = np.zeros(WINDOW, np.float32)
    kept = samples[-WINDOW:]
    if len(kept):
        sound[-len(kept) :] = kept.astype(np.float32) / np.float32(32768)
    sound = (sound - sound.mean()) / np.sqrt(sound.var() + 1e-7)
    logs = np.log10(np.maximum(mel.filters() @ mel.spectrum(sound), 1e-10))
    scaled: Floats = ((np.maximum(logs, logs.max() - 8) + 4) / 4).astype(np.float32)
    return scaled[None]
