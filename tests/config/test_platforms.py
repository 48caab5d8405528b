"""Platforms are known by the variables they set, and by no other."""

import pytest

from voiceapp.config.environment import Reader
from voiceapp.config.platforms import PLATFORMS, Platform, known


@pytest.mark.parametrize(("platform", "mark"), [(each, mark) for each in PLATFORMS for mark in each.marks])
def test_each_is_known_by_any_of_its_marks(platform: Platform, mark: str) -> None:
    assert known(Reader({mark: "x"})) is platform


def test_elsewhere_there_is_none_and_an_empty_mark_is_no_mark() -> None:
    assert known(Reader({})) is None
    assert known(Reader({"DYNO": " ", "HOSTNAME": "dyno"})) is None


def test_no_two_share_a_mark_or_a_name() -> None:
    marks = [mark for each in PLATFORMS for mark in each.marks]
    assert len(marks) == len(set(marks))
    assert len(PLATFORMS) == len({each.name for each in PLATFORMS})
    assert all(each.proxies >= 1 for each in PLATFORMS)
