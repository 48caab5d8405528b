"""One call of a tool, folded from reports in any order; and what the page is told of it."""

from dataclasses import dataclass, field

from .effects import ToolChanged
from .functions import Function
from .segments import floor_grapheme
from .tool_events import Link, ToolFault, ToolKind, ToolReported, ToolState, ToolTold

# The page is told no more of arguments and result, nor of how far it is.
MAX_CHARACTERS, MAX_PROGRESS = 4_000, 200
# Servers take names of 64 characters.
MAX_NAME = 200
# So often the model tells how far one is.
MAX_WORDS = 3
OPEN = ("asked", "running")


@dataclass(slots=True)
class ToolCall:
    """`session`: in which the model asked for it, counted from 0.

    `done`: the server has said all of it (`ToolReported`). `cut`: its response ended before it. `awaited`: the person
    has not begun another turn since. `asked`: the person is asked whether it may run. `begun`: it is a function of
    ours, and runs. `promised`: the model was told that the result follows. `untold`: there was nobody to be told the
    result. `told`: what the page knows. `word`: how far it is, as nobody has told the person yet; so many more of them
    are told (`words_left`). `function`: the one that is offered under its name. `fault`: see `ToolFinished`.
    """

    item: str
    kind: ToolKind
    session: int = 0
    response: str = ""
    name: str = ""
    call: str = ""
    arguments: str = field(default="", repr=False)
    result: str = field(default="", repr=False)
    progress: str = field(default="", repr=False)
    word: str = field(default="", repr=False)
    words_left: int = MAX_WORDS
    link: Link | None = field(default=None, repr=False)
    done: bool = False
    failed: bool = False
    declined: bool = False
    cut: bool = False
    answered: bool = False
    awaited: bool = True
    asked: bool = False
    begun: bool = False
    promised: bool = False
    untold: bool = False
    function: Function | None = field(default=None, repr=False)
    fault: ToolFault | None = None
    told: ToolChanged | None = field(default=None, repr=False)

    @property
    def state(self) -> ToolState:
        if self.failed or self.declined:
            return "failed" if self.failed else "declined"
        if self.answered or (self.done and self.kind == "mcp"):
            return "done"
        if self.cut:
            return "failed"
        return "asked" if self.asked else "running"

    @property
    def ours(self) -> bool:
        """Whether an answer to it is in our hands."""
        return (self.asked or self.begun) and self.state in OPEN

    @property
    def complete(self) -> bool:
        """Whether the server has said what has to be known to answer it."""
        return self.done and not (self.answered or self.cut) and (self.kind != "function" or bool(self.call))

    def learn(self, report: ToolReported) -> None:
        if self.asked or self.begun or self.answered:
            # What runs, or the person is asked about, is what was said by then; it is answered whatever follows.
            return
        self.response = report.response or self.response
        self.name = bounded(report.name, MAX_NAME) or self.name
        self.call = report.call or self.call
        self.arguments = report.arguments or self.arguments
        self.result = bounded(report.result) or self.result
        self.done |= report.state == "done"
        self.failed |= report.state == "failed"

    def hear(self, event: ToolTold) -> None:
        """Our function tells of itself."""
        if event.progress is not None:
            self.progress = self.word = bounded(event.progress, MAX_PROGRESS)
        self.link = event.link or self.link

    def shown(self) -> ToolChanged:
        """What the page is told of it."""
        arguments, result = bounded(self.arguments), bounded(self.result)
        says, shows = (self.function.says, self.function.shows) if self.function else ((), True)
        return ToolChanged(
            self.item, self.name, arguments, self.state, result, self.progress, self.link, says, shows, self.fault
        )


def bounded(text: str, maximum: int = MAX_CHARACTERS) -> str:
    return text if len(text) <= maximum else text[: floor_grapheme(text, maximum - 1)] + "…"
