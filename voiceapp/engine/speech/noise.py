"""Finds steady noise behind speech in the mel bands, and subtracts most of it."""

import numpy as np

from .samples import Floats

# Quantiles of the frames: the quiet ones hold noise alone, the loud ones speech.
QUIET_QUANTILE, LOUD_QUANTILE = 0.15, 0.9
# The noise's mean power over that of its quieter moments.
MEAN_OVER_QUIET = 1.5
# Speech more than 30 dB above the noise is left alone.
CLEAN_RATIO = 1000.0
# Shares: how much of the noise is subtracted, and how much of each band stays at least. Subtracting more makes
# artefacts that cost more words than the noise.
SUBTRACTED, KEPT = 0.7, 0.3


def without_noise(bands: Floats) -> Floats:
    """`bands` is power, as an array of (bands, frames)."""
    if bands.shape[1] == 0:
        return bands
    noise = np.quantile(bands, QUIET_QUANTILE, axis=1, keepdims=True) * MEAN_OVER_QUIET
    if np.quantile(bands.sum(axis=0), LOUD_QUANTILE) >= CLEAN_RATIO * noise.sum():
        return bands
    cleaned: Floats = np.maximum(bands - SUBTRACTED * noise, KEPT * bands).astype(np.float32)
    return cleaned
