"""The price file: what it says, and that nothing in it is guessed."""

from datetime import date
from pathlib import Path

import pytest

from voiceapp import prices
from voiceapp.errors import SettingError

GOOD = """
currency = "USD"
dated = 2026-11-12
[models.m]
input_text = 4
input_audio = 32.0
cached = 0.4
output_text = 24.0
output_audio = 64.0
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "prices.toml"
    file.write_text(text)
    return file


def test_the_file_that_comes_along_is_sound() -> None:
    installed = prices.installed()
    assert installed.currency == "USD"
    assert installed.dated >= date(2026, 1, 1)
    of = installed.of("gpt-realtime-2.1")
    assert of and of["output_audio"] == 64


def test_a_dated_name_has_the_price_of_its_family_and_an_unknown_one_none(tmp_path: Path) -> None:
    read = prices.read(write(tmp_path, GOOD))
    assert read.of("m") == read.of("m-2025-08-28") is not None
    assert read.of("m-mini") is None
    assert read.of("") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("cached = 0.4", ""), "m: cached is missing"),
        (("cached = 0.4", "cached = 0.4\nimage = 1"), "image is not known"),
        (("cached = 0.4", "cached = -1"), "cached is -1"),
        (("cached = 0.4", "cached = true"), "cached is True"),
        (("cached = 0.4", "cached = nan"), "cached is nan"),
        (('"USD"', '"dollars"'), "three capitals"),
        (("2026-11-12", '"lately"'), "must be a date"),
        (("2026-11-12", "2026-11-12T00:00:00"), "must be a date"),
        (("[models.m]", "[models.m"), "cannot be read"),
        (("[models.m]", "[modles.m]"), "modles is not known"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        prices.read(write(tmp_path, GOOD.replace(*change)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        prices.read(tmp_path / "prices.toml")
