"""Ids of items for the page of a call that another worker began: the page still has that one's, which may be the same.

A server that counts its items begins anew with each session, and this worker does not know what was counted before.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from ..wire import down

# The fields of events that name an item of the call.
_NAMED: Mapping[type[down.Event], tuple[str, ...]] = MappingProxyType({
    down.ItemPlaced: ("id", "after"),
    down.TextAdded: ("item",),
    down.TextFinished: ("item",),
    down.TextHeard: ("item",),
    down.TextIncomplete: ("item",),
    down.EntryRemoved: ("item",),
    down.Flush: ("item",),
    down.ToolChanged: ("call",),
    down.Latency: ("item",),
})  # fmt: skip


class ItemNames:
    """`mark`: what ids of this worker begin with for the page; unlike that of any worker before."""

    __slots__ = ("_mark",)

    def __init__(self, mark: str) -> None:
        self._mark = mark

    def outward(self, event: down.Event) -> down.Event:
        """The event as the page is to be told it."""
        if isinstance(event, down.Resumed):
            return replace(event, heard=[replace(each, item=self.of(each.item)) for each in event.heard])
        named = _NAMED.get(type(event))
        return event if named is None else replace(event, **{name: self.of(getattr(event, name)) for name in named})

    def of(self, item: str | None) -> str:
        """What an item is called on the page. The place before all others is behind what was said before the move,
        which the page takes an id for that it does not know."""
        return f"{self._mark}{item or ''}"

    def inward(self, item: str) -> str | None:
        """Which item of ours the page means; None: one of an earlier worker's."""
        return item[len(self._mark) :] if item.startswith(self._mark) else None
