"""Calls of tools: what is known of each, what the page is told of it, and what the server waits for from us.

None is offered to the model yet: `_answer` is where one that is would be called.
"""

from dataclasses import dataclass

from . import dialects, faults
from .effect_list import EffectList
from .effects import Notify, ToolChanged
from .events import ToolKind, ToolReported, ToolState
from .history import ToolUse
from .segments import floor_grapheme

# The page is told no more of arguments and result.
MAX_CHARACTERS = 4_000
# Servers take names of 64 characters.
MAX_NAME = 200
# So often a response follows on a tool's call before the person speaks again.
MAX_IN_A_ROW = 5
# Of more the oldest is given up, or forgotten; a call of an hour has a tenth of it.
MAX_RUNNING, MAX_CALLS = 50, 1_000
NO_SUCH_TOOL = '{"error": "There is no such tool. Answer without it."}'
NOT_ALLOWED = "Not allowed: nobody was asked."


@dataclass(slots=True)
class ToolCall:
    """One call, folded from reports in any order.

    `done`: the server has said all of it (`ToolReported`). `cut`: its response ended before it. `awaited`: the person
    has not begun another turn since. `told`: what the page knows.
    """

    item: str
    kind: ToolKind
    response: str = ""
    name: str = ""
    call: str = ""
    arguments: str = ""
    result: str = ""
    done: bool = False
    failed: bool = False
    cut: bool = False
    answered: bool = False
    awaited: bool = True
    told: ToolChanged | None = None

    @property
    def state(self) -> ToolState:
        if self.failed:
            return "failed"
        if self.done and self.kind == "mcp":
            return "done"
        return "failed" if self.cut else "running"

    def learn(self, report: ToolReported) -> None:
        self.response = report.response or self.response
        self.name = bounded(report.name, MAX_NAME) or self.name
        self.call = report.call or self.call
        self.arguments = report.arguments or self.arguments
        self.result = bounded(report.result) or self.result
        self.done |= report.state == "done"
        self.failed |= report.state == "failed"

    def shown(self) -> ToolChanged:
        """What the page is told of it."""
        return ToolChanged(self.item, self.name, bounded(self.arguments), self.state, bounded(self.result))


def bounded(text: str, maximum: int = MAX_CHARACTERS) -> str:
    return text if len(text) <= maximum else text[: floor_grapheme(text, maximum - 1)] + "…"


class Tools:
    """Every call, by its item's id."""

    def __init__(self, out: EffectList) -> None:
        self._out = out
        self._calls: dict[str, ToolCall] = {}
        self._running: dict[str, ToolCall] = {}
        self._answers = 0
        self._in_a_row = 0
        # After an answer of ours; after a tool of the server's, unless the assistant goes on by itself.
        self._due, self._due_perhaps = False, False

    @property
    def running(self) -> bool:
        """Whether the person waits for one."""
        # Asked at every event, and mostly there is none.
        return bool(self._running) and any(call.awaited for call in self._running.values())

    @property
    def reply_due(self) -> bool:
        """Whether a response has to be asked for, once none runs."""
        return self._due or self._due_perhaps

    def take(self, report: ToolReported, *, cut: bool) -> None:
        """Fold in what one event told; `cut`: its response is to be dropped."""
        call = self._calls.get(report.item) or self._open(report)
        before = call.state
        call.learn(report)
        call.cut |= cut
        if call.kind != "mcp":
            self._answer(call)
        elif before == "running" != call.state and call.awaited and not call.cut:
            self._due_perhaps |= self._may_go_on()
        self._tell(call)

    def _open(self, report: ToolReported) -> ToolCall:
        call = self._calls[report.item] = ToolCall(report.item, report.kind)
        if len(self._calls) > MAX_CALLS:
            self._give_up(self._calls.pop(next(iter(self._calls))))
        if len(self._running) >= MAX_RUNNING:
            self._give_up(next(iter(self._running.values())))
        return call

    def _give_up(self, call: ToolCall) -> None:
        call.cut = True
        self._tell(call)

    def response_over(self, response: str, *, whole: bool) -> None:
        """`whole`: it was not cut short, so that what it asks of us is all said."""
        if not whole:
            self._due = self._due_perhaps = False
        for call in list(self._running.values()):
            if call.response in ("", response) and not (whole and call.kind == "mcp"):
                call.done |= whole
                self._answer(call)
                call.cut = not call.answered
                self._tell(call)

    def session_over(self) -> None:
        """What still ran went with it."""
        self._due = self._due_perhaps = False
        for call in list(self._running.values()):
            self._give_up(call)

    def used(self, item: str) -> ToolUse | None:
        """What another session is told of a call; None of one that came to nothing."""
        call = self._calls.get(item)
        if call is None or not (call.name and call.result):
            return None
        return ToolUse(call.name, call.arguments or "{}", call.result)

    def asked(self) -> None:
        """The response that was due was asked for."""
        if self.reply_due:
            self._in_a_row += 1
            self._due = self._due_perhaps = False

    def assistant_began(self) -> None:
        """It goes on by itself after the server's tools."""
        self._due_perhaps = False

    def person_began(self) -> None:
        """They speak or type: what was looked up for the turn before is waited for no longer."""
        self._in_a_row = 0
        self.await_none()

    def await_none(self) -> None:
        """What runs may go on, but nobody waits for it."""
        self._due = self._due_perhaps = False
        for call in self._running.values():
            call.awaited = False

    def _answer(self, call: ToolCall) -> None:
        """Once all of it is said, and once only: no function is offered, and nobody is asked whether a tool may run."""
        if not call.done or call.answered or call.cut or (call.kind == "function" and not call.call):
            return
        call.answered = call.failed = True
        if call.kind == "function":
            call.result = NO_SUCH_TOOL
            self._out.send(dialects.tool_output(call.call, NO_SUCH_TOOL))
        else:
            call.result = NOT_ALLOWED
            self._answers += 1
            self._out.send(dialects.decline(f"answer_{self._answers}", call.item))
        self._due |= self._may_go_on()

    def _may_go_on(self) -> bool:
        if self._in_a_row < MAX_IN_A_ROW:
            return True
        self._out.do(Notify(faults.TOOL_LOOP))
        return False

    def retell(self, item: str) -> None:
        """What the page was told of it, once more."""
        call = self._calls.get(item)
        if call is not None and call.told is not None:
            self._out.tell(call.told)

    def _tell(self, call: ToolCall) -> None:
        if call.state == "running":
            self._running[call.item] = call
        else:
            self._running.pop(call.item, None)
            call.arguments = bounded(call.arguments)
        shown = call.shown()
        if shown != call.told:
            call.told = shown
            self._out.tell(shown)
