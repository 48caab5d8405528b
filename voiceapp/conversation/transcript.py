"""The items of a call in spoken order, whatever order their texts arrive in."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Entry:
    """One item. A hidden one (system messages, tool traffic, what nobody heard) keeps its place but is not shown."""

    id: str
    role: str
    kind: str
    text: str = ""
    final: bool = False
    hidden: bool = False


class Transcript:
    """A list of entries; each stands right behind the one the server names, or at the end."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._by_id: dict[str, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def get(self, item: str) -> Entry | None:
        return self._by_id.get(item)

    def place(self, entry: Entry, after: str | None) -> None:
        """Put a new entry behind `after`; at the end where that is None or unknown."""
        self._by_id[entry.id] = entry
        self._entries.insert(self._index_behind(after), entry)

    def move(self, item: str, after: str) -> bool:
        """Put a known entry behind `after`; False where it stands there already or `after` is unknown."""
        entry, before = self._by_id[item], self._by_id.get(after)
        if before is None or entry is before:
            return False
        index = self._entries.index(entry)
        if index > 0 and self._entries[index - 1] is before:
            return False
        self._entries.pop(index)
        self._entries.insert(self._index_behind(after), entry)
        return True

    def shown_before(self, item: str) -> str | None:
        """The id of the nearest entry above that is shown."""
        index = self._entries.index(self._by_id[item])
        return next((entry.id for entry in reversed(self._entries[:index]) if not entry.hidden), None)

    def _index_behind(self, after: str | None) -> int:
        before = self._by_id.get(after) if after else None
        return len(self._entries) if before is None else self._entries.index(before) + 1
