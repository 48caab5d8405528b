"""A call that another worker began, and the page that comes to go on with it here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..store.record import Entry, Record
from ..wire import down
from .resume_token import Ticket


@dataclass(frozen=True, slots=True)
class Arrival:
    """`record`: what is known of the call; `generation`: of the token that the page came with.

    `number`: of the last event the page has of it, None where it has nothing. `entries`: what was said, by the record
    or by the page; without an id what was said before the call.
    """

    record: Record
    generation: int
    number: int | None
    entries: tuple[Entry, ...]

    @classmethod
    def of(
        cls,
        record: Record,
        ticket: Ticket,
        number: int | None,
        talk: Iterable[Mapping[str, str]],
        before: int = 0,
    ) -> "Arrival":
        """`talk`: role and text, as the page tells it, so many `before` the call; it counts where the record has no
        words.
        """
        told = tuple(
            Entry(f"told_{n}" if n > before else "", each["role"], each["text"]) for n, each in enumerate(talk, 1)
        )
        entries = record.entries if record.entries is not None else told
        return cls(record, max(ticket.generation, record.generation), number, entries)

    @property
    def owed(self) -> bool:
        """Whether the person has had no answer."""
        return bool(self.entries) and self.entries[-1].role == "user"

    def behind(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """The same entries, of which this worker's conversation knows no ids for what was said before it."""
        before = sum(not entry.item for entry in entries)
        return self.entries[len(self.entries) - before :] + entries[before:]

    def retold(self) -> Iterator[down.Event]:
        """What was said in the call, for a page that holds nothing."""
        after = None
        for n, entry in enumerate((each for each in self.entries if each.item), 1):
            item = f"before_{n}"
            yield down.ItemPlaced(item, entry.role, after, "audio")
            yield down.TextFinished(item, entry.text, True)
            after = item
