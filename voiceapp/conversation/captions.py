"""The transcript as the page is told of it: places before texts, and nothing of what is hidden."""

from collections.abc import Callable

from .events import Incomplete
from .transcript import Entry, Transcript

Emit = Callable[..., None]
# A session is told at most so much of the talk before it.
MOST_RETOLD = 100
# The kind of an entry that only a later session knows.
RETOLD = "retold"


class Captions:
    """Keeps the transcript and emits what changes of it; `emit(event, **data)` numbers the event."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._transcript = Transcript()
        self._told = 0

    def text(self, item: str) -> str:
        """What is known of the item's words so far."""
        entry = self._transcript.get(item)
        return entry.text if entry else ""

    def user(self, item: str, kind: str = "audio") -> Entry:
        """The person's entry of this id, made on first mention."""
        return self._transcript.get(item) or self._add(Entry(item, "user", kind))

    def assistant(self, item: str) -> Entry:
        return self._transcript.get(item) or self._add(Entry(item, "assistant", "audio"))

    def tool(self, item: str, after: str | None) -> None:
        """Hold the place of a tool's call; what is known of it is told by `Tools`."""
        if self._transcript.get(item) is None:
            self._add(Entry(item, "tool", "text", after=after))
        self.follow(item, after)

    def announce(self, item: str, after: str | None, role: str, kind: str) -> Entry:
        """The server gave an item its place; one that is no message of the two is hidden."""
        entry = self._transcript.get(item)
        if entry is None:
            hidden = role not in ("user", "assistant") or kind not in ("audio", "text")
            return self._add(Entry(item, role, kind, hidden=hidden, after=after))
        self.follow(item, after)
        return entry

    def follow(self, item: str, after: str | None) -> None:
        entry = self._transcript.get(item)
        if entry and after and after != entry.after:
            self._show(self._transcript.follow(entry, after))

    def append(self, entry: Entry, delta: str) -> None:
        if delta and not (entry.final or entry.hidden):
            entry.text += delta
            self._emit("transcript", item=entry.id, delta=delta)

    def finish(self, entry: Entry, text: str) -> None:
        if not (entry.final or entry.hidden):
            entry.text, entry.final = text, True
            self._emit("transcript", item=entry.id, text=text, final=True)

    def fail(self, entry: Entry) -> None:
        """It could not be written down: what came of it stays."""
        if not (entry.final or entry.hidden):
            entry.final = True
            self._emit("transcript", item=entry.id, text=entry.text, final=True, failed=True)

    def settle(self, item: str, *, whole: bool) -> None:
        """Its response is over, so its words are as they are; of a whole one the server may yet say them all again."""
        entry = self._transcript.get(item)
        if entry is None or (whole and not entry.text):
            return
        if not entry.final:
            self.finish(entry, entry.text)
            entry.final = not whole

    def break_off(self, item: str, why: Incomplete) -> bool:
        """The server ended it before its end; whether there was anything of it to mark."""
        entry = self._transcript.get(item)
        if entry is None:
            return False
        self.finish(entry, entry.text)
        if not entry.hidden:
            self._emit("transcript", item=item, incomplete=why)
        return True

    def cut(self, item: str, heard: str) -> None:
        entry = self._transcript.get(item)
        if entry:
            entry.heard = heard
        self._emit("transcript", item=item, heard=heard)

    def retell(self, unheard: Callable[[str], bool]) -> list[tuple[str, str, str]]:
        """Id, role and words of the latest entries, for a session that does not know them.

        The ids are new and hidden: the entries that the page shows stay as they are, and what comes stands behind them.
        Those of an earlier retelling went with their session.
        """
        self._transcript.forget(lambda entry: entry.kind == RETOLD)
        shown = [entry for entry in self._transcript if entry.known and not entry.hidden and not unheard(entry.id)]
        self._told += 1
        copies = [(f"told_{self._told}_{k}", entry) for k, entry in enumerate(shown[-MOST_RETOLD:], 1)]
        for copy, entry in copies:
            self._transcript.add(Entry(copy, entry.role, RETOLD, hidden=True))
        return [(copy, entry.role, entry.known) for copy, entry in copies]

    def remove(self, item: str) -> None:
        """Hide it for good; what still comes of it is hidden too."""
        entry = self._transcript.get(item)
        if entry and not entry.hidden:
            entry.hidden = True
            self._emit("transcript", item=item, removed=True)

    def _add(self, entry: Entry) -> Entry:
        self._show(self._transcript.add(entry))
        return entry

    def _show(self, entries: list[Entry]) -> None:
        for entry in dict.fromkeys(entries):
            if not entry.hidden:
                after = self._transcript.shown_before(entry)
                self._emit("item", id=entry.id, role=entry.role, after=after, kind=entry.kind)
