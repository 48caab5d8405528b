"""Steady noise behind speech: found in the mel bands, and most of it taken away."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

QUIETEST, LOUDEST = 0.15, 0.9
"""Shares of the frames: the quieter hold the noise alone, the louder speech."""
ABOVE_QUIETEST = 1.5
"""The noise's mean power, to that of its quieter moments."""
NEAR = 1000.0
"""Speech more than 30 dB above the noise is left alone."""
TAKEN, LEFT = 0.7, 0.3
"""Of the noise, and at least of what was there: more taken away makes artefacts that cost more words than the noise."""


def without_noise(bands: Floats) -> Floats:
    """`bands` is power, (bands, frames)."""
    if bands.shape[1] == 0:
        return bands
    noise = np.quantile(bands, QUIETEST, axis=1, keepdims=True) * ABOVE_QUIETEST
    if np.quantile(bands.sum(axis=0), LOUDEST) >= NEAR * noise.sum():
        return bands
    cleaned: Floats = np.maximum(bands - TAKEN * noise, LEFT * bands).astype(np.float32)
    return cleaned
