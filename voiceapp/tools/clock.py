"""The shipped tool that knows the time, anywhere."""

from datetime import datetime
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from .declaration import tool


@tool(
    timeout=5,
    says={
        "en": ("Looking up the time in {timezone}", "Looking at the clock"),
        "ja": ("{timezone} の時刻を確認", "時刻を確認"),
        "es": ("Consultando la hora en {timezone}", "Consultando la hora"),
    },
)
def clock(timezone: str = "UTC") -> dict[str, Any]:
    """Tell today's date and the time of day now, at a place in the world.

    Args:
        timezone: the place's IANA time zone, such as Asia/Tokyo or Europe/Berlin
    """
    try:
        now = datetime.now(ZoneInfo(timezone.strip()))
    except (KeyError, OSError, ValueError):
        # Of a name that is not known, that of a folder, and one that leads elsewhere.
        return _unknown(timezone)
    return {
        "timezone": timezone.strip(),
        "date": f"{now:%Y-%m-%d}",
        "weekday": f"{now:%A}",
        "time": f"{now:%H:%M:%S}",
        "utc_offset": f"{now:%z}",
    }


def _unknown(timezone: str) -> dict[str, Any]:
    like = get_close_matches(timezone.strip().replace(" ", "_"), available_timezones(), 3, 0.6)
    return {"error": f"There is no time zone {timezone[:100]!r}.", **({"did_you_mean": like} if like else {})}
