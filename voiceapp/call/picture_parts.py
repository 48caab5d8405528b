"""A picture from the page, which comes in parts: put together, and checked."""

from collections.abc import Mapping
from typing import Any

from ..conversation import events as ev
from ..errors import BrowserError
from ..wire.up import MAX_PICTURE_BYTES, MAX_PICTURE_CHARACTERS

# The first three bytes of every JPEG, FF D8 FF, as base64.
JPEG = "/9j/"


class PictureParts:
    """Of one call, one picture at a time: another one takes the place of what was begun."""

    __slots__ = ("_item", "_parts")

    def __init__(self) -> None:
        self._item = ""
        self._parts: list[str] = []

    def take(self, fields: Mapping[str, Any]) -> ev.PictureShown | None:
        """A part, as `UP` has it; the picture, once it is whole. Raises `BrowserError` naming what is wrong with it."""
        try:
            return self._take(**fields)
        except BrowserError:
            self._begin("")
            raise

    def _take(self, item: str, part: int, parts: int, data: str, **_: Any) -> ev.PictureShown | None:
        if part == 1:
            self._begin(item)
        if item != self._item or part != len(self._parts) + 1 or part > parts:
            raise BrowserError(f"picture.part {part} does not follow: the parts of one item come in order, from 1")
        if part == 1 and not data.startswith(JPEG):
            raise BrowserError("picture.data must be the base64 of a JPEG")
        self._parts.append(data)
        if sum(map(len, self._parts)) > MAX_PICTURE_CHARACTERS:
            raise BrowserError(f"picture must have at most {MAX_PICTURE_BYTES:,} bytes")
        if part < parts:
            if len(data) % 4 or data.endswith("="):
                raise BrowserError("picture.data must be whole groups of four characters in all parts but the last")
            return None
        jpeg = "".join(self._parts)
        self._begin("")
        if len(jpeg) % 4:
            raise BrowserError("picture.data must be whole base64")
        return ev.PictureShown(item, jpeg)

    def _begin(self, item: str) -> None:
        self._item, self._parts = item, []
