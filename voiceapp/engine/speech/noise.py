"""Steady noise behind speech: found in the mel bands, and most of it taken away."""

import numpy as np

from .samples import Floats

# Shares of the frames: the quieter hold the noise alone, the louder speech.
QUIET_QUANTILE, LOUD_QUANTILE = 0.15, 0.9
# The noise's mean power, to that of its quieter moments.
MEAN_OVER_QUIET = 1.5
# Speech more than 30 dB above the noise is left alone.
CLEAN_RATIO = 1000.0
# Of the noise, and at least of what was there: more taken away makes artefacts that cost more words than the noise.
SUBTRACTED, KEPT = 0.7, 0.3


def without_noise(bands: Floats) -> Floats:
    """`bands` is power, (bands, frames)."""
    if bands.shape[1] == 0:
        return bands
    noise = np.quantile(bands, QUIET_QUANTILE, axis=1, keepdims=True) * MEAN_OVER_QUIET
    if np.quantile(bands.sum(axis=0), LOUD_QUANTILE) >= CLEAN_RATIO * noise.sum():
        return bands
    cleaned: Floats = np.maximum(bands - SUBTRACTED * noise, KEPT * bands).astype(np.float32)
    return cleaned
