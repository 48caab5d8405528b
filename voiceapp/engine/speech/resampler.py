"""Converts the sample rate of a stream, by a polyphase filter."""

from math import gcd

import numpy as np

from .samples import Floats

# Long enough for −60 dB in the stop band at 24 to 16 kHz, and 0.75 ms of delay.
TAPS_PER_PHASE = 24


class Resampler:
    """Converts from one rate to another. Feed it chunks of any size; it keeps what the filter still needs."""

    def __init__(self, source: int, target: int) -> None:
        common = gcd(source, target)
        self._up, self._down = target // common, source // common
        self._taps = taps_of_a_block(self._up, self._down)
        self._kept = np.zeros(TAPS_PER_PHASE - 1, np.float32)

    def feed(self, samples: Floats) -> Floats:
        """Returns what can be computed by now; less than one block waits for the next call."""
        if self._up == self._down:
            return samples
        samples_with_tail = np.concatenate((self._kept, samples))
        blocks = (len(samples_with_tail) - (TAPS_PER_PHASE - 1)) // self._down
        if blocks <= 0:
            self._kept = samples_with_tail
            return np.zeros(0, np.float32)
        self._kept = samples_with_tail[blocks * self._down :]
        return self._filtered(samples_with_tail, blocks)

    def _filtered(self, samples_with_tail: Floats, blocks: int) -> Floats:
        # One product for all phases; numpy's own sliding windows cost more than the filter on a short chunk.
        shape, (step,) = (blocks, len(self._taps)), samples_with_tail.strides
        windows = np.lib.stride_tricks.as_strided(samples_with_tail, shape, (self._down * step, step), writeable=False)
        made: Floats = windows @ self._taps
        return made.reshape(-1)


def taps_of_a_block(up: int, down: int) -> Floats:
    """A column of taps for each output of a block, at its place among the block's inputs."""
    steps = [down * phase // up for phase in range(up)]
    made = np.zeros((TAPS_PER_PHASE + max(steps), up), np.float32)
    for phase, (step, taps) in enumerate(zip(steps, phases(up, down), strict=True)):
        made[step : step + TAPS_PER_PHASE, phase] = taps
    return made


def phases(up: int, down: int) -> list[Floats]:
    """A row of taps for each output of a block, the newest sample last."""
    length = TAPS_PER_PHASE * up
    places = np.arange(length) - (length - 1) / 2
    cutoff = 0.92 / max(up, down)
    taps = up * cutoff * np.sinc(cutoff * places) * np.kaiser(length, 6.0)
    return [taps[(down * phase) % up :: up][::-1].astype(np.float32) for phase in range(up)]
