"""Whisper's log-mel spectrogram in numpy."""

from functools import cache

import numpy as np
import numpy.typing as npt

from .noise import without_noise
from .samples import INPUT_RATE, Floats

WINDOW, HOP, BANDS = 400, 160, 80


def log_mel(samples: Floats, seconds: float) -> Floats:
    """`samples` (mono, 16 kHz, −1 to 1), padded or cut to `seconds`, as an array of (80, frames)."""
    length = int(seconds * INPUT_RATE)
    padded = np.zeros(length, np.float32)
    padded[: min(length, len(samples))] = samples[:length]
    bands = filters() @ spectrum(padded)
    # Not of the padding, whose silence is no part of the room.
    frames = min(length, len(samples)) // HOP
    bands[:, :frames] = without_noise(bands[:, :frames])
    logs = np.log10(np.maximum(bands, 1e-10))
    scaled: Floats = ((np.maximum(logs, logs.max() - 8) + 4) / 4).astype(np.float32)
    return scaled


def spectrum(samples: Floats) -> Floats:
    """Power of each frame: (201, frames). Frames are centred and the edges mirrored, as torch.stft does."""
    mirrored = np.pad(samples, WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(mirrored, WINDOW)[::HOP][: len(samples) // HOP]
    turned = np.fft.rfft(frames * hann(), axis=1)
    power: Floats = (turned.real**2 + turned.imag**2).astype(np.float32).T
    return power


@cache
def hann() -> Floats:
    window: Floats = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
    window.setflags(write=False)
    return window


@cache
def filters() -> Floats:
    """Triangles of equal area on Slaney's mel scale, as Whisper was trained with: (80, 201)."""
    bins = np.arange(WINDOW // 2 + 1) * INPUT_RATE / WINDOW
    edges = hertz(np.linspace(0, mels(INPUT_RATE / 2), BANDS + 2))
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    table: Floats = triangles.astype(np.float32)
    table.setflags(write=False)
    return table


KNEE_HZ, HZ_PER_MEL = 1000.0, 200 / 3
KNEE_MEL = KNEE_HZ / HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27


def mels(hz: float) -> float:
    """Slaney's scale: linear below 1 kHz, logarithmic above."""
    return float(KNEE_MEL + np.log(hz / KNEE_HZ) / LOG_STEP) if hz >= KNEE_HZ else hz / HZ_PER_MEL


def hertz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    above = KNEE_HZ * np.exp(LOG_STEP * (np.maximum(mel, KNEE_MEL) - KNEE_MEL))
    return np.where(mel < KNEE_MEL, mel * HZ_PER_MEL, above)
