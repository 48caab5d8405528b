"""The items of a call in spoken order, whatever order their places and texts arrive in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Entry:
    """One item. A hidden one (system messages, tool traffic, what nobody heard) keeps its place but is not shown."""

    id: str
    role: str
    kind: str
    text: str = ""
    final: bool = False
    hidden: bool = False
    # The item the server says it follows, known to us or not yet.
    after: str | None = None
    # After a cut.
    heard: str | None = None

    @property
    def known(self) -> str:
        """What both sides know of it: all that was said, or as much as was heard."""
        return self.text if self.heard is None else self.heard


class Transcript:
    """A list of entries; each stands behind the one the server names, or else where it was first heard of."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._by_id: dict[str, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def get(self, item: str) -> Entry | None:
        return self._by_id.get(item)

    def add(self, entry: Entry) -> list[Entry]:
        """Take a new entry in; it, and those that had waited for it, in their new order."""
        self._by_id[entry.id] = entry
        self._entries.append(entry)
        self._move(entry)
        return [entry, *self._bring_along(entry)]

    def forget(self, which: Callable[[Entry], bool]) -> None:
        """Drop entries for good; those behind them stay where they stand."""
        self._entries = [entry for entry in self._entries if not which(entry)]
        self._by_id = {entry.id: entry for entry in self._entries}

    def follow(self, entry: Entry, after: str) -> list[Entry]:
        """The server named the item that `entry` follows; the entries whose place changed, in their new order."""
        entry.after = after
        return [entry, *self._bring_along(entry)] if self._move(entry) else []

    def shown_before(self, entry: Entry) -> str | None:
        """The id of the nearest entry above that is shown."""
        index = self._entries.index(entry)
        return next((above.id for above in reversed(self._entries[:index]) if not above.hidden), None)

    def _bring_along(self, entry: Entry) -> list[Entry]:
        """Move those that follow `entry` behind it, and those that follow them; a server may name them in a circle."""
        moved: list[Entry] = []
        waiting, seen = [entry], {entry}
        while waiting:
            before = waiting.pop(0)
            for follower in [other for other in self._entries if other.after == before.id and other not in seen]:
                seen.add(follower)
                if self._move(follower):
                    moved.append(follower)
                    waiting.append(follower)
        return moved

    def _move(self, entry: Entry) -> bool:
        before = self._by_id.get(entry.after) if entry.after else None
        index = self._entries.index(entry)
        if before is None or before is entry or (index > 0 and self._entries[index - 1] is before):
            return False
        self._entries.pop(index)
        self._entries.insert(self._entries.index(before) + 1, entry)
        return True
