"""Japanese numerals, as digits."""

import pytest

from voiceapp.engine.brains.numbers_ja import digits


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("二十", "20"),
        ("千二百三十四", "1234"),
        ("三万五千", "35000"),
        ("２０", "20"),
        ("百", "100"),
        ("一緒に", "一緒に"),
        ("三点五", "3.5"),
        ("3.5万", "35000"),
        ("一億二千万", "120000000"),
        ("九" * 5000, "九" * 5000),
    ],
)
def test_numerals(text: str, wanted: str) -> None:
    assert digits(text) == wanted
