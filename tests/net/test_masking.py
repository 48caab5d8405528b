"""How a client's frames are masked."""

from itertools import islice

import pytest

from voiceapp.net.masking import apply_mask, masking_keys

KEY = b"\x37\xfa\x21\x3d"


@pytest.mark.parametrize("size", [*range(10), 63, 64, 255, 256, 257, 1023, 30_001])
def test_it_is_xor_whatever_the_size_and_the_alignment(size: int) -> None:
    data = bytes(at * 7 & 0xFF for at in range(size + 9))
    for at in range(9):
        part = memoryview(data)[at : at + size]
        assert apply_mask(part, KEY) == bytes(byte ^ KEY[at % 4] for at, byte in enumerate(part))


def test_no_two_keys_are_alike() -> None:
    assert len(set(islice(masking_keys(), 10_000))) > 9_990
