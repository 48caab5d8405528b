"""A call as another worker needs it to go on: whose it is, what its session was asked to be, and what was said."""

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from ..conversation.events import Transcribing, Usage
from ..wire.up import MAX_TOLD, MAX_TOLD_BYTES


class Entry(Struct, frozen=True):
    """A finished item. `role`: user or assistant; `text`: what was said, of an answer as much as was heard."""

    item: str
    role: str
    text: str


T = TypeVar("T")


class Part(Struct, Generic[T], frozen=True):
    """Lines of one kind, added up: `cost` in millionths, of those that have a price."""

    usage: T
    cost: int
    lines: int
    unpriced: int


class Bill(Struct, frozen=True):
    """What a call has used so far. `counted`: millionths that budgets count; `free`: nothing costs anything."""

    talk: Part[Usage]
    transcription: Part[Transcribing]
    counted: int
    free: bool


class Record(Struct, frozen=True, kw_only=True):
    """`whose`: a digest of the visitor's name, empty where they have none.

    `generation`: of the token that the page was given last; `page`: the page instance that it was given to.
    `request`: checked fields of `start`, with those that `configure` changed. `began_at`: in seconds since 1970.
    `entries`: what was said, in order; None where it is not shared, and the page alone knows it.
    """

    call: str
    whose: str
    generation: int
    page: str
    request: dict[str, Any]
    began_at: float
    bill: Bill | None = None
    entries: tuple[Entry, ...] | None = None


def latest(newest_first: Iterable[tuple[str, str, str]]) -> tuple[Entry, ...]:
    """As many of these items (id, role, text) as a page would tell of a talk, oldest first."""
    found: list[Entry] = []
    room = MAX_TOLD_BYTES
    for item, role, text in newest_first:
        room -= len(text.encode(errors="replace"))
        if room < 0 or len(found) == MAX_TOLD:
            break
        found.append(Entry(item, role, text))
    return tuple(found[::-1])
