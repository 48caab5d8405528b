"""The price file: what it says, and that nothing in it is guessed."""

from datetime import date
from pathlib import Path

import pytest

from voiceapp.config import prices
from voiceapp.config.tariff import FREE_PROFILE
from voiceapp.errors import SettingError
from voiceapp.upstream.profiles import PROFILES

GOOD = """
currency = "USD"
dated = 2026-11-12
[models.m]
input_text = 4
input_audio = 32.0
input_image = 5
cached_text = 0.4
cached_audio = 0.4
cached_image = 0.5
output_text = 24.0
output_audio = 64.0
[transcription.w]
minute = 0.017
[transcription.t]
input_text = 2.5
input_audio = 6
output = 10
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


def test_every_transcription_that_a_profile_sets_by_itself_has_a_price_or_is_free() -> None:
    models = {name: profile.transcription_model for name, profile in PROFILES.items() if profile.transcription_model}
    priced = {name for name, model in models.items() if prices.installed().of_transcription(model)}
    assert priced == set(models) - {FREE_PROFILE}


def test_a_dated_name_has_the_price_of_its_family_and_an_unknown_one_none(tmp_path: Path) -> None:
    read = prices.read(write(tmp_path, GOOD))
    assert read.of("m") == read.of("m-2025-08-28") is not None
    assert read.of("m-mini") is None
    assert read.of("") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("cached_text = 0.4", ""), "m: cached_text is missing"),
        (("cached_text = 0.4", "cached_text = 0.4\nimage = 1"), "image is not known"),
        (("cached_text = 0.4", "cached_text = -1"), "cached_text is -1"),
        (("cached_text = 0.4", "cached_text = true"), "cached_text is True"),
        (("cached_text = 0.4", "cached_text = nan"), "cached_text is nan"),
        (("minute = 0.017", "minute = 0.017\noutput = 1"), "output is not known"),
        (("output = 10", ""), "t: output is missing"),
        (("[transcription.w]", "[transcriptions.w]"), "transcriptions is not known"),
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
