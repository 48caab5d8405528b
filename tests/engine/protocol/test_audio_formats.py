"""Formats: the laws of G.711, odd chunk borders, and rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.engine.protocol.audio_formats import FORMATS, Decoder, Encoder


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("audio/pcmu", {0x00: -32124, 0x80: 32124, 0xFF: 0, 0xEF: 132, 0x90: 15996}),
        ("audio/pcma", {0x2A: -32256, 0xAA: 32256, 0xD5: 8, 0x55: -8, 0xD4: 24}),
    ],
)
def test_g711_values(name: str, values: dict[int, int]) -> None:
    form = FORMATS[name]
    assert form.decoded(bytes(values)).tolist() == list(values.values())
    assert form.encoded(np.array(list(values.values()), np.int16)) == bytes(values)


@pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
def test_g711_there_and_back(name: str) -> None:
    form = FORMATS[name]
    codes = bytes(code for code in range(256) if (name, code) != ("audio/pcmu", 0x7F))
    assert form.encoded(form.decoded(codes)) == codes


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12))
def test_chunk_borders_change_nothing(sizes: list[int]) -> None:
    data = np.random.default_rng(0).integers(-9000, 9000, sum(sizes), np.int16).tobytes()[: sum(sizes)]
    whole = Decoder(FORMATS["audio/pcm"]).feed(data)
    decoder, start, parts = Decoder(FORMATS["audio/pcm"]), 0, []
    for size in sizes:
        parts.append(decoder.feed(data[start : start + size]))
        start += size
    assert np.concatenate(parts).tolist() == whole.tolist()


def test_pcm_at_the_speaking_rate_is_untouched() -> None:
    samples = np.array([0, 1, -32768, 32767], np.int16)
    assert Encoder(FORMATS["audio/pcm"]).feed(samples) == samples.tobytes()
