"""What another session is told of the talk so far, within a budget: the latest of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .segments import floor_grapheme

# Half of what the smallest model reads at a time (32k); it has to answer, too.
MAX_TOKENS = 16_000
# An item costs more than its words, and each is a message of its own.
ITEM_TOKENS, MAX_ITEMS = 8, 400
# About what a picture of 1,024 pixels costs: 65 tokens and 129 for each of its four quarters (the provider's guide).
PICTURE_TOKENS = 581
# What a session is told of one that is no longer at hand.
PICTURE_GONE = "(I showed you a picture here, which is no longer at hand.)"
# How the ids of items begin that a session is told of.
TOLD = "told_"


class Said(NamedTuple):
    """What was said or typed, as far as it was heard. `role`: `user` or `assistant`."""

    role: str
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        """What the model reads of it."""
        return (self.text,)


class Seen(NamedTuple):
    """A picture that the person showed: base64 of a JPEG, and the item's id."""

    jpeg: str
    item: str

    @property
    def role(self) -> str:
        return "user"

    @property
    def words(self) -> tuple[str, ...]:
        return ()


class ToolUse(NamedTuple):
    """A tool's call and what came of it."""

    name: str
    arguments: str
    result: str

    @property
    def role(self) -> str:
        return "tool"

    @property
    def words(self) -> tuple[str, ...]:
        return self.name, self.arguments, self.result


Part = Said | Seen | ToolUse
# The id of its entry, empty where the transcript has none; and what is told of it.
Told = tuple[str, Part]


def text_tokens(text: str) -> int:
    """About how many tokens a text has: four letters of English make one, and so does a character of Japanese."""
    letters = len(text.encode("ascii", "ignore"))
    return len(text) - letters + -(-letters // 4)


def latest(newest_first: Iterable[Told]) -> tuple[list[Told], bool]:
    """As many as there is room for, oldest first; and whether any were left out. Of the newest there is always some."""
    found: list[Told] = []
    room = MAX_TOKENS
    for item, part in newest_first:
        tokens = ITEM_TOKENS + (PICTURE_TOKENS if isinstance(part, Seen) else sum(map(text_tokens, part.words)))
        if tokens > room or len(found) == MAX_ITEMS:
            if not found and (short := _shortened(part)):
                found.append((item, short))
            return found[::-1], True
        found.append((item, part))
        room -= tokens
    return found[::-1], False


def _shortened(part: Part) -> Part | None:
    """The last words of what was said, or the first of what a tool told: as many as there is room for in any script."""
    if isinstance(part, Seen):
        return None
    if isinstance(part, Said):
        return part._replace(text=part.text[floor_grapheme(part.text, len(part.text) - MAX_TOKENS + 2 * ITEM_TOKENS) :])
    room = MAX_TOKENS - 2 * ITEM_TOKENS - len(part.name) - len(part.arguments)
    return part._replace(result=part.result[: floor_grapheme(part.result, room)]) if room > 0 else None


def earlier(parts: Sequence[tuple[str, str]]) -> Iterator[Told]:
    """A talk of before, newest first."""
    return (("", Said(role, text)) for role, text in reversed(parts) if text)
