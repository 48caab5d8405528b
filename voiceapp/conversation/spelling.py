"""How a server spells a message that it sends many times, alike but for one value, which is then found at once."""

import re
from typing import NamedTuple

_EVENT_ID = re.compile(rb'"event_id"\s*:\s*"([A-Za-z0-9_-]{1,100})"')
_ID_LETTERS, _MAX_ID = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", 100


class Spelling(NamedTuple):
    """All that stands around the value, and around the event's own id where it has one before that.

    A message of the same spelling is the same JSON but for these two, if the value is what a JSON string may hold.
    """

    before: bytes
    between: bytes
    behind: bytes
    has_id: bool
    response: str
    item: str

    @classmethod
    def of(cls, payload: bytes, begin: int, end: int, response: str, item: str) -> "Spelling":
        """`begin`, `end`: where the value stands in it. `response`, `item`: whose it is, as we name them."""
        head, behind = payload[:begin], payload[end:]
        found = _EVENT_ID.search(head)
        if found is None:
            return cls(b"", head, behind, False, response, item)
        return cls(head[: found.start(1)], head[found.end(1) :], behind, True, response, item)

    def value(self, payload: bytes) -> bytes:
        """The value in a message; empty where that is spelled otherwise."""
        before, between, behind, has_id, _, _ = self
        if not payload.startswith(before) or not payload.endswith(behind):
            return b""
        at = len(before)
        if has_id:
            begin, at = at, payload.find(b'"', at, at + _MAX_ID)
            if at < 0 or payload[begin:at].translate(None, _ID_LETTERS):
                return b""
        return payload[at + len(between) : -len(behind)] if payload.startswith(between, at) else b""
