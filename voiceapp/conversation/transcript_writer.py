"""Tells the page of the transcript: each entry before its text, and nothing that is hidden."""

from collections.abc import Callable, Iterator, Sequence

from . import history
from .effects import EntryRemoved, ItemPlaced, TalkEffect, TextAdded, TextFinished, TextHeard, TextIncomplete
from .events import Incomplete
from .segments import floor_grapheme
from .transcript import Entry, Transcript

# A page that comes back with nothing is told so much anew: hours of talk.
MAX_RETOLD, MAX_RETOLD_CHARACTERS = 2_000, 300_000
# Ten hours of talk have a tenth of it. What comes beyond is heard, but no longer written down.
MAX_ENTRIES, MAX_CHARACTERS = 10_000, 4_000_000
# An hour of speech without a turn of the other's.
MAX_ENTRY_CHARACTERS = 50_000
# A server writes down within a few turns.
MAX_UNWRITTEN = 50
# Of so many entries a server's error may quote so much.
MAX_QUOTED, MAX_QUOTED_CHARACTERS = 10, 2_000
# The kind of an entry that only a later session knows, and of how many the place is kept.
REPLAYED, MAX_COPIES = "retold", 100
# The kind of an entry that the person showed, and that has no words.
PICTURE = "picture"


class TranscriptWriter:
    """Keeps the transcript and tells what changes of it.

    `full` is called once, when no more of the call can be written down. `before`: role and text of what was said before
    the call, which sessions are told and the page is not.
    """

    __slots__ = ("_before", "_characters", "_copies", "_copy_of", "_full", "_say_full", "_tell", "_told", "_transcript")

    def __init__(
        self,
        tell: Callable[[TalkEffect], None],
        full: Callable[[], None],
        before: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._tell = tell
        self._say_full = full
        self._before = before
        self._full = False
        self._transcript = Transcript()
        self._characters = 0
        self._told = 0
        self._copies: list[Entry] = []
        # By the entry that it tells.
        self._copy_of: dict[str, Entry] = {}

    def text(self, item: str) -> str:
        """What is known of the item's words so far."""
        entry = self._transcript.get(item)
        return entry.text if entry else ""

    def is_known(self, item: str) -> bool:
        return self._transcript.get(item) is not None

    def is_written(self, item: str) -> bool:
        """Whether its words are known, or it is known to have none."""
        entry = self._transcript.get(item)
        return entry is not None and (entry.final or entry.hidden) and bool(entry.text or entry.hidden)

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
            shown = role in ("user", "assistant") and kind in ("audio", "text") and not item.startswith(history.TOLD)
            known = (role, kind) if shown else ("other", "other")
            return self._add(Entry(item, *known, hidden=not shown, after=after))
        self.follow(item, after)
        return entry

    def follow(self, item: str, after: str | None) -> None:
        entry = self._transcript.get(item)
        if entry and after and after != entry.after:
            self._show(self._transcript.follow(entry, after))

    def append(self, entry: Entry, delta: str) -> None:
        if entry.final or entry.hidden:
            return
        delta = self._bounded(delta, entry.characters)
        if delta:
            self._characters += len(delta)
            entry.append(delta)
            self._tell(TextAdded(entry.id, delta))

    def append_usual(self, item: str, delta: str) -> bool:
        """As `append`, but that the page is told by others; False: nothing was done."""
        entry = self._transcript.get(item)
        if entry is None or entry.final or entry.hidden or self._room(entry.characters) < len(delta):
            return False
        self._characters += len(delta)
        entry.append(delta)
        return True

    def finish(self, entry: Entry, text: str) -> None:
        if not (entry.final or entry.hidden):
            self._characters -= entry.characters
            text = self._bounded(text, 0)
            self._characters += len(text)
            entry.text, entry.final = text, True
            self._tell(TextFinished(entry.id, text))

    def _bounded(self, text: str, before: int) -> str:
        """As much of it as there is room for, behind so many characters of its entry."""
        room = self._room(before)
        if len(text) <= room:
            return text
        self._be_full()
        return text[: floor_grapheme(text, room)]

    def _room(self, before: int) -> int:
        return min(MAX_ENTRY_CHARACTERS - before, MAX_CHARACTERS - self._characters)

    def _be_full(self) -> None:
        if not self._full:
            self._full = True
            self._say_full()

    def fail(self, entry: Entry) -> None:
        """It could not be written down: what came of it stays."""
        if not (entry.final or entry.hidden):
            entry.final = entry.failed = True
            self._tell(TextFinished(entry.id, entry.text, failed=True))

    def fail_unwritten(self) -> None:
        """Who would have written down what the person said is gone."""
        for _, entry in zip(range(MAX_UNWRITTEN), reversed(self._transcript), strict=False):
            if entry.role == "user":
                self.fail(entry)

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
        entry.incomplete = why
        if not entry.hidden:
            self._tell(TextIncomplete(item, why))
        return True

    def cut(self, item: str, heard: str) -> None:
        entry = self._transcript.get(item)
        if entry:
            entry.heard = heard
            self._tell(TextHeard(item, heard))

    def retell(self, shown: Callable[[str], None]) -> None:
        """Tell the latest entries anew, to a page that holds nothing. `shown` is called for each, behind its place."""
        after: str | None = None
        for entry in self._retold():
            self._tell(ItemPlaced(entry.id, entry.role, after, entry.kind))
            shown(entry.id)
            self._retell_text(entry)
            after = entry.id

    def _retold(self) -> list[Entry]:
        found: list[Entry] = []
        room = MAX_RETOLD_CHARACTERS
        for entry in reversed(self._transcript):
            if room <= 0 or len(found) == MAX_RETOLD:
                break
            if not entry.hidden:
                found.append(entry)
                room -= entry.characters
        return found[::-1]

    def _retell_text(self, entry: Entry) -> None:
        if entry.final:
            self._tell(TextFinished(entry.id, entry.text, entry.failed))
        elif entry.text:
            self._tell(TextAdded(entry.id, entry.text))
        if entry.heard is not None:
            self._tell(TextHeard(entry.id, entry.heard))
        if entry.incomplete:
            self._tell(TextIncomplete(entry.id, entry.incomplete))

    def said(self) -> Iterator[tuple[str, str, str]]:
        """Id, role and words of all that people said, newest first; an id is empty where it was before the call."""
        for entry in reversed(self._transcript):
            if entry.known and not entry.hidden and entry.role != "tool":
                yield entry.id, entry.role, entry.known
        yield from (("", role, text) for role, text in reversed(self._before) if text)

    def assistant_said(self) -> str:
        """Of what it said last, as much as was heard; empty where it is too long ago."""
        newest = zip(range(MAX_QUOTED), self.said(), strict=False)
        return next((words for _, (_, role, words) in newest if role == "assistant"), "")

    def replay_history(
        self,
        unheard: Callable[[str], bool],
        tool: Callable[[str], history.ToolUse | None],
        picture: Callable[[str], str | None],
    ) -> tuple[list[tuple[str, history.Part]], bool]:
        """The talk for a session that does not know it, under ids; and whether some of it is too long ago for that.

        `tool`: what is to be told of a tool's item; `picture`: what is to be shown of one. The ids are new and hidden:
        the entries that the page shows stay as they are, and what comes stands behind them. Those of an earlier
        retelling went with their session.
        """
        for copy in self._copies:
            self._transcript.forget(copy)
        self._copies, self._copy_of = [], {}
        self._told += 1
        told, shortened = history.latest(self._newest_first(unheard, tool, picture))
        for item, part in told:
            self._copy(item, part.role)
        for copy in self._copies[-MAX_COPIES:]:
            self._transcript.add(copy)
        return [(copy.id, part) for copy, (_, part) in zip(self._copies, told, strict=True)], shortened

    def _copy(self, item: str, role: str, after: str | None = None) -> Entry:
        copy = Entry(f"{history.TOLD}{self._told}_{len(self._copies) + 1}", role, REPLAYED, hidden=True, after=after)
        self._copies.append(copy)
        if item:
            self._copy_of[item] = copy
        return copy

    def _newest_first(
        self,
        unheard: Callable[[str], bool],
        tool: Callable[[str], history.ToolUse | None],
        picture: Callable[[str], str | None],
    ) -> Iterator[history.Told]:
        for entry in reversed(self._transcript):
            if entry.hidden:
                continue
            if entry.role == "tool":
                used = tool(entry.id)
                if used is not None:
                    yield entry.id, used
            elif entry.kind == PICTURE:
                jpeg = picture(entry.id)
                yield entry.id, history.Seen(jpeg, entry.id) if jpeg else history.Said("user", history.PICTURE_GONE)
            elif entry.known and not unheard(entry.id):
                yield entry.id, history.Said(entry.role, entry.known)
        yield from history.earlier(self._before)

    def tell_again(self, item: str) -> tuple[str, str] | None:
        """The id under which the session was told of it, and another in its place; None where it was not told."""
        copy = self._copy_of.get(item)
        if copy is None:
            return None
        again = self._copy(item, copy.role, copy.id)
        self._transcript.add(again)
        return copy.id, again.id

    def latest(self) -> list[str]:
        """What was said last by either, as far as an error is likely to quote it."""
        shown = (entry for entry in reversed(self._transcript) if not entry.hidden)
        return [entry.text[:MAX_QUOTED_CHARACTERS] for _, entry in zip(range(MAX_QUOTED), shown, strict=False)]

    def remove(self, item: str) -> None:
        """Hide it for good; what still comes of it is hidden too."""
        entry = self._transcript.get(item)
        if entry and not entry.hidden:
            self._transcript.hide(entry)
            self._tell(EntryRemoved(item))

    def _add(self, entry: Entry) -> Entry:
        if len(self._transcript) >= MAX_ENTRIES:
            self._be_full()
            entry.hidden = True
            return entry
        self._show(self._transcript.add(entry))
        return entry

    def _show(self, entries: list[Entry]) -> None:
        """Tell the place of each: one that stands behind another of them, once that one is told."""
        placed = {self._transcript.shown_before(entry): entry for entry in entries if not entry.hidden}
        told = {entry.id for entry in placed.values()}
        for above in [above for above in placed if above not in told]:
            after, entry = above, placed.get(above)
            while entry is not None:
                self._tell(ItemPlaced(entry.id, entry.role, after, entry.kind))
                after, entry = entry.id, placed.get(entry.id)
