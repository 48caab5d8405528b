"""A place's time zone, by the names that people use."""

from zoneinfo import available_timezones

import pytest

from voiceapp.engine.brains.zones import ENGLISH, JAPANESE, zone_of


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("Tokyo", "Asia/Tokyo"),
        ("new  york", "America/New_York"),
        ("東京", "Asia/Tokyo"),
        ("GMT", None),
        ("nowhere", None),
        ("", None),
    ],
)
def test_a_place_has_its_zone(place: str, zone: str | None) -> None:
    assert zone_of(place) == zone


def test_all_of_them_are_known() -> None:
    assert {*ENGLISH.values(), *JAPANESE.values()} <= available_timezones()
