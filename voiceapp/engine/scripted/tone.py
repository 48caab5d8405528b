"""Computes sound for scripts: PCM16, little-endian, mono, at 24 kHz."""

import math
from array import array
from collections.abc import Iterable
from functools import cache

RATE = 24000
BYTES_PER_MS = RATE * 2 // 1000
LOUDNESS = 0.3


@cache
def sine(hz: float, ms: int) -> bytes:
    """A steady tone, faded over 5 ms at both ends so that it does not click."""
    count = RATE * ms // 1000
    fade = min(RATE // 200, max(count // 2, 1))
    peak = 32767 * LOUDNESS
    turn = 2 * math.pi * hz / RATE
    return pcm(peak * min(1, (k + 1) / fade, (count - k) / fade) * math.sin(turn * k) for k in range(count))


@cache
def babble(hz: float, ms: int) -> bytes:
    """A sound shaped like speech: ten harmonics that swell four times a second."""
    count = RATE * ms // 1000
    peak = 32767 * LOUDNESS / 3
    turn = 2 * math.pi * hz / RATE
    return pcm(
        peak * math.sin(math.pi * 4 * k / RATE) ** 2 * sum(math.sin(turn * n * k) / n for n in range(1, 11))
        for k in range(count)
    )


def pcm(samples: Iterable[float]) -> bytes:
    return array("h", (int(sample) for sample in samples)).tobytes()


def pieces(sound: bytes, ms: int) -> list[bytes]:
    """The sound in chunks of `ms` milliseconds; the last may be shorter."""
    size = max(1, ms) * BYTES_PER_MS
    return [sound[start : start + size] for start in range(0, len(sound), size)]
