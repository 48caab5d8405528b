"""The time, by zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from voiceapp.tools.clock import clock


@pytest.mark.parametrize(
    ("timezone", "offset"), [("Asia/Tokyo", "+0900"), (" UTC ", "+0000"), ("Asia/Kolkata", "+0530")]
)
def test_it_is_now_there(timezone: str, offset: str) -> None:
    told = clock(timezone)
    said = datetime.fromisoformat(f"{told['date']}T{told['time']}{told['utc_offset']}")
    assert abs((datetime.now(ZoneInfo("UTC")) - said).total_seconds()) < 60
    assert (told["utc_offset"], told["weekday"]) == (offset, f"{said:%A}")


@pytest.mark.parametrize(
    ("timezone", "like"), [("Tokyo", "Asia/Tokyo"), ("Europe", None), ("america/new york", "America/New_York")]
)
def test_one_that_is_not_known_is_said_with_what_it_may_be(timezone: str, like: str | None) -> None:
    told = clock(timezone)
    assert told["error"].startswith("There is no time zone")
    assert like is None or like in told["did_you_mean"]


@pytest.mark.parametrize("timezone", ["", "../../etc/passwd", "\0", "/etc/localtime", "x" * 500])
def test_an_odd_one_is_unknown_too(timezone: str) -> None:
    assert "error" in clock(timezone)
