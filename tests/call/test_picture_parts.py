"""A picture in parts: whole, or refused in words; nothing of one is left for the next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.call.picture_parts import PictureParts
from voiceapp.conversation import events as ev
from voiceapp.errors import BrowserError
from voiceapp.wire import up

PARTS = ["/9j/4AAQ", "SkZJRgAB", "AQ=="]
ITEM, OTHER = "picture_aaaaaaaa", "picture_bbbbbbbb"


def part(number: int, data: str | None = None, *, item: str = ITEM, parts: int = 3) -> dict[str, Any]:
    return {"n": 1, "item": item, "part": number, "parts": parts, "data": data or PARTS[number - 1]}


def test_the_last_part_makes_it_whole() -> None:
    parts = PictureParts()
    assert [parts.take(part(number)) for number in (1, 2, 3)] == [None, None, ev.PictureShown(ITEM, "".join(PARTS))]
    assert parts.take(part(1, "/9j/", item=OTHER, parts=1)) == ev.PictureShown(OTHER, "/9j/")


def test_another_one_takes_its_place() -> None:
    parts = PictureParts()
    parts.take(part(1))
    parts.take(part(1, item=OTHER))
    with pytest.raises(BrowserError, match="part 2 does not follow"):
        parts.take(part(2))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ([part(2)], "part 2 does not follow"),
        ([part(1), part(3)], "part 3 does not follow"),
        ([part(1), part(1), part(1), part(3)], "part 3 does not follow"),
        ([part(1, "iVBORw0K")], "JPEG"),
        ([part(1, "/9j/4AA")], "groups of four"),
        ([part(1, "/9j/4A==")], "groups of four"),
        ([part(1, "/9j/4AA", parts=1)], "whole base64"),
        ([part(n, f"/9j/{'A' * 32_764}", parts=11) for n in range(1, 12)], "250,000"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_of_it_stays(given: list[dict[str, Any]], named: str) -> None:
    parts = PictureParts()
    with pytest.raises(BrowserError, match=named):
        for each in given:
            parts.take(each)
    with pytest.raises(BrowserError, match="does not follow"):
        parts.take(part(2))


@given(st.lists(st.tuples(st.sampled_from([ITEM, OTHER]), st.integers(1, 4), st.integers(1, 4)), max_size=30))
def test_in_any_order_what_is_whole_has_its_own_parts_in_order(steps: list[tuple[str, int, int]]) -> None:
    parts, came = PictureParts(), {ITEM: 0, OTHER: 0}
    data = ["/9j/AAAA", "BBBB", "CCCC", "DDDD"]
    for item, number, of in steps:
        came[item] = came[item] + 1 if number == came[item] + 1 else int(number == 1)
        try:
            whole = parts.take(part(number, data[number - 1], item=item, parts=of))
        except BrowserError:
            continue
        if whole is not None:
            assert whole == ev.PictureShown(item, "".join(data[:of]))
            assert number == of


def test_the_parts_of_the_largest_fit_into_what_the_wire_takes() -> None:
    assert up.MAX_PARTS * up.MAX_PART_CHARACTERS >= up.MAX_PICTURE_CHARACTERS
    assert up.MAX_PART_CHARACTERS % 4 == 0
