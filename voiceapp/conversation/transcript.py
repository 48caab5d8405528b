"""The items of a call in spoken order, whatever order their places and texts arrive in."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .events import Incomplete

# A hidden entry keeps a place for those that follow it; the oldest of more than so many is forgotten.
MAX_HIDDEN = 150
# At most so many move along with one; a server names one or two.
MAX_MOVED = 20
# Pieces of a text until they are joined: each is an object, and may be a single letter.
MAX_PARTS = 1_000


@dataclass(slots=True, eq=False)
class Entry:
    """One item. A hidden one (system messages, tool traffic, what nobody heard) keeps its place but is not shown."""

    id: str
    role: str
    kind: str
    final: bool = False
    hidden: bool = False
    # The item the server says it follows, known to us or not yet.
    after: str | None = None
    # After a cut.
    heard: str | None = None
    # The server ended it before its end; or the person's words could not be written down.
    incomplete: Incomplete | None = None
    failed: bool = False
    characters: int = field(default=0, init=False)
    above: "Entry | None" = field(default=None, init=False, repr=False)
    below: "Entry | None" = field(default=None, init=False, repr=False)
    _parts: list[str] = field(default_factory=list, init=False, repr=False)

    @property
    def text(self) -> str:
        # Joined when it is asked for, since a server may send it letter by letter.
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @text.setter
    def text(self, text: str) -> None:
        self._parts, self.characters = [text], len(text)

    def append(self, delta: str) -> None:
        self._parts.append(delta)
        self.characters += len(delta)
        if len(self._parts) > MAX_PARTS:
            self._parts = ["".join(self._parts)]

    @property
    def known(self) -> str:
        """What both sides know of it: all that was said, or as much as was heard."""
        return self.text if self.heard is None else self.heard


class Transcript:
    """A chain of entries; each stands behind the one the server names, or else where it was first heard of.

    Nothing here takes longer the more entries there are.
    """

    __slots__ = ("_by_id", "_first", "_followers", "_hidden", "_last")

    def __init__(self) -> None:
        self._by_id: dict[str, Entry] = {}
        # By the id they follow.
        self._followers: dict[str, dict[Entry, None]] = {}
        self._hidden: dict[Entry, None] = {}
        self._first: Entry | None = None
        self._last: Entry | None = None

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Entry]:
        entry = self._first
        while entry is not None:
            yield entry
            entry = entry.below

    def __reversed__(self) -> Iterator[Entry]:
        entry = self._last
        while entry is not None:
            yield entry
            entry = entry.above

    def get(self, item: str) -> Entry | None:
        return self._by_id.get(item)

    def add(self, entry: Entry) -> list[Entry]:
        """Take a new entry in; it, and those that had waited for it, in their new order."""
        self._by_id[entry.id] = entry
        self._put_behind(entry, self._last)
        self._expect(entry)
        self._move(entry)
        if entry.hidden:
            self.hide(entry)
        return [entry, *self._bring_along(entry)]

    def hide(self, entry: Entry) -> None:
        entry.hidden = True
        self._hidden[entry] = None
        if len(self._hidden) > MAX_HIDDEN:
            self.forget(next(iter(self._hidden)))

    def forget(self, entry: Entry) -> None:
        """Drop it for good; those behind it stay where they stand."""
        if self._by_id.pop(entry.id, None) is not None:
            self._expect_no_more(entry)
            self._take_out(entry)
            self._hidden.pop(entry, None)

    def follow(self, entry: Entry, after: str) -> list[Entry]:
        """The server named the item that `entry` follows; the entries whose place changed, in their new order."""
        self._expect_no_more(entry)
        entry.after = after
        self._expect(entry)
        return [entry, *self._bring_along(entry)] if self._move(entry) else []

    def shown_before(self, entry: Entry) -> str | None:
        """The id of the nearest entry above that is shown."""
        above = entry.above
        while above is not None and above.hidden:
            above = above.above
        return above.id if above else None

    def _bring_along(self, entry: Entry) -> list[Entry]:
        """Move those that follow `entry` behind it, and those that follow them; a server may name them in a circle."""
        moved = [entry]
        seen = {entry}
        for before in moved:
            for follower in list(self._followers.get(before.id, ())):
                if len(moved) > MAX_MOVED:
                    return moved[1:]
                if follower not in seen:
                    seen.add(follower)
                    if self._move(follower):
                        moved.append(follower)
        return moved[1:]

    def _expect(self, entry: Entry) -> None:
        if entry.after:
            self._followers.setdefault(entry.after, {})[entry] = None

    def _expect_no_more(self, entry: Entry) -> None:
        followers = self._followers.get(entry.after or "")
        if followers is not None:
            followers.pop(entry, None)
            if not followers and entry.after:
                del self._followers[entry.after]

    def _move(self, entry: Entry) -> bool:
        before = self._by_id.get(entry.after) if entry.after else None
        if before is None or before is entry or entry.above is before:
            return False
        self._take_out(entry)
        self._put_behind(entry, before)
        return True

    def _take_out(self, entry: Entry) -> None:
        if entry.above is not None:
            entry.above.below = entry.below
        else:
            self._first = entry.below
        if entry.below is not None:
            entry.below.above = entry.above
        else:
            self._last = entry.above
        entry.above = entry.below = None

    def _put_behind(self, entry: Entry, before: Entry | None) -> None:
        entry.above = before
        entry.below = before.below if before is not None else self._first
        if before is not None:
            before.below = entry
        else:
            self._first = entry
        if entry.below is not None:
            entry.below.above = entry
        else:
            self._last = entry
