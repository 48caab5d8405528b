"""The protocol's audio formats: PCM16 at 24 kHz, and G.711 (µ-law and A-law) at 8 kHz."""

from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from ..speech.resampler import Resampler
from ..speech.samples import INPUT_RATE, OUTPUT_RATE, Floats, Samples

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Format:
    """An audio format: its protocol name, its rate in Hz, and the bytes in a sample."""

    name: str
    rate: int
    width: int

    @property
    def bytes_per_ms(self) -> int:
        return self.rate * self.width // 1000

    def ms(self, size: int) -> int:
        return size // self.bytes_per_ms

    def decoded(self, data: bytes) -> Samples:
        if self.name == "audio/pcm":
            return np.frombuffer(data[: len(data) // 2 * 2], "<i2")
        return g711_values(self.name)[np.frombuffer(data, np.uint8)]

    def encoded(self, samples: Samples) -> bytes:
        if self.name == "audio/pcm":
            return samples.astype("<i2").tobytes()
        return g711_codes(self.name)[samples.view(np.uint16)].tobytes()


FORMATS = MappingProxyType(
    {
        "audio/pcm": Format("audio/pcm", 24000, 2),
        "audio/pcmu": Format("audio/pcmu", 8000, 1),
        "audio/pcma": Format("audio/pcma", 8000, 1),
    }
)


def format_of(shown: dict[str, Any]) -> Format:
    return FORMATS[shown["type"]]


@dataclass
class Decoder:
    """Turns a client's bytes into 16 kHz samples, in chunks of any size."""

    format: Format
    _rest: bytes = b""
    _resampler: Resampler = field(init=False)

    def __post_init__(self) -> None:
        self._resampler = Resampler(self.format.rate, INPUT_RATE)

    def feed(self, data: bytes) -> Samples:
        data = self._rest + data
        whole = len(data) // self.format.width * self.format.width
        self._rest = data[whole:]
        return rounded(self._resampler.feed(self.format.decoded(data[:whole]).astype(np.float32)))


@dataclass
class Encoder:
    """Turns 24 kHz samples into a client's bytes."""

    format: Format
    _resampler: Resampler = field(init=False)

    def __post_init__(self) -> None:
        self._resampler = Resampler(OUTPUT_RATE, self.format.rate)

    def feed(self, samples: Samples) -> bytes:
        if self.format.rate == OUTPUT_RATE:
            return self.format.encoded(samples)
        return self.format.encoded(rounded(self._resampler.feed(samples.astype(np.float32))))


def rounded(samples: Floats) -> Samples:
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


# ITU-T G.711


@cache
def g711_values(name: str) -> Samples:
    """The values of all 256 codes of a G.711 law, as 16-bit samples."""
    codes = np.arange(256, dtype=np.int32)
    values: Samples = (ulaw(codes) if name == "audio/pcmu" else alaw(codes)).astype(np.int16)
    values.setflags(write=False)
    return values


def ulaw(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    codes = ~codes & 0xFF
    size = (((codes & 0x0F) << 3) + 0x84 << ((codes >> 4) & 7)) - 0x84
    return np.where(codes & 0x80, -size, size)


def alaw(codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    codes = codes ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, ((codes & 0x0F) << 4) + 8
    size = np.where(exponent == 0, mantissa, (mantissa + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(codes & 0x80, size, -size)


@cache
def g711_codes(name: str) -> Bytes:
    """The nearest code of a G.711 law for each 16-bit sample, indexed by the sample as an unsigned number."""
    values = g711_values(name).astype(np.int32)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    # Of two codes for zero, and of two as near, the positive one.
    place = np.clip(np.searchsorted(ordered, samples, side="right"), 1, 255)
    lower = samples - ordered[place - 1] < ordered[place] - samples
    codes: Bytes = order[np.where(lower, place - 1, place)].astype(np.uint8)
    codes.setflags(write=False)
    return codes


def input_in_format(samples: Samples, form: Format) -> bytes:
    """16 kHz samples as bytes of a client's format."""
    return form.encoded(rounded(Resampler(INPUT_RATE, form.rate).feed(samples.astype(np.float32))))
