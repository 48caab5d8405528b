"""The time zones of places that people name."""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "abu dhabi": "Asia/Dubai", "amsterdam": "Europe/Amsterdam", "athens": "Europe/Athens",
        "auckland": "Pacific/Auckland", "bangkok": "Asia/Bangkok", "beijing": "Asia/Shanghai",
        "berlin": "Europe/Berlin", "bogota": "America/Bogota", "boston": "America/New_York",
        "brussels": "Europe/Brussels", "buenos aires": "America/Argentina/Buenos_Aires", "cairo": "Africa/Cairo",
        "cape town": "Africa/Johannesburg", "chicago": "America/Chicago", "copenhagen": "Europe/Copenhagen",
        "delhi": "Asia/Kolkata", "denver": "America/Denver", "dubai": "Asia/Dubai", "dublin": "Europe/Dublin",
        "germany": "Europe/Berlin", "hanoi": "Asia/Ho_Chi_Minh", "hawaii": "Pacific/Honolulu",
        "helsinki": "Europe/Helsinki", "hong kong": "Asia/Hong_Kong", "honolulu": "Pacific/Honolulu",
        "india": "Asia/Kolkata", "istanbul": "Europe/Istanbul", "jakarta": "Asia/Jakarta", "japan": "Asia/Tokyo",
        "johannesburg": "Africa/Johannesburg", "karachi": "Asia/Karachi", "kyoto": "Asia/Tokyo",
        "lagos": "Africa/Lagos", "lima": "America/Lima", "lisbon": "Europe/Lisbon", "london": "Europe/London",
        "los angeles": "America/Los_Angeles", "madrid": "Europe/Madrid", "manila": "Asia/Manila",
        "melbourne": "Australia/Melbourne", "mexico city": "America/Mexico_City", "moscow": "Europe/Moscow",
        "mumbai": "Asia/Kolkata", "nairobi": "Africa/Nairobi", "new york": "America/New_York", "osaka": "Asia/Tokyo",
        "oslo": "Europe/Oslo", "paris": "Europe/Paris", "prague": "Europe/Prague", "rome": "Europe/Rome",
        "san francisco": "America/Los_Angeles", "santiago": "America/Santiago", "sao paulo": "America/Sao_Paulo",
        "seattle": "America/Los_Angeles", "seoul": "Asia/Seoul", "shanghai": "Asia/Shanghai",
        "singapore": "Asia/Singapore", "stockholm": "Europe/Stockholm", "sydney": "Australia/Sydney",
        "taipei": "Asia/Taipei", "tokyo": "Asia/Tokyo", "toronto": "America/Toronto",
        "vancouver": "America/Vancouver", "vienna": "Europe/Vienna", "warsaw": "Europe/Warsaw",
        "washington": "America/New_York", "zurich": "Europe/Zurich",
    }
)  # fmt: skip
JAPANESE: Mapping[str, str] = MappingProxyType(
    {
        "東京": "Asia/Tokyo", "日本": "Asia/Tokyo", "ソウル": "Asia/Seoul", "北京": "Asia/Shanghai",
        "上海": "Asia/Shanghai", "シンガポール": "Asia/Singapore", "バンコク": "Asia/Bangkok",
        "シドニー": "Australia/Sydney", "ホノルル": "Pacific/Honolulu", "ハワイ": "Pacific/Honolulu",
        "ニューヨーク": "America/New_York", "シカゴ": "America/Chicago", "ロサンゼルス": "America/Los_Angeles",
        "ロンドン": "Europe/London", "パリ": "Europe/Paris", "ベルリン": "Europe/Berlin", "ローマ": "Europe/Rome",
        "モスクワ": "Europe/Moscow",
    }
)  # fmt: skip


def zone_of(place: str) -> str | None:
    """Its IANA name; None where the place is not known."""
    return JAPANESE.get(place) or ENGLISH.get(" ".join(place.split()).casefold())
