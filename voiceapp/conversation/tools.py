"""Calls of tools: what is known of each, what the page is told of it, and what the server waits for from us."""

from collections.abc import Sequence

from . import dialects, faults
from .consent import consent
from .effect_list import EffectList
from .effects import AskPerson, CancelTool, Notify, RunTool
from .functions import Function
from .history import TOLD, ToolUse
from .tool_call import OPEN, ToolCall, bounded
from .tool_events import Approved, ToolFinished, ToolReported, ToolTold

# So often a response follows on a tool's call before the person speaks again.
MAX_IN_A_ROW = 5
# Of more the oldest is given up, or forgotten; a call of an hour has a tenth of it.
MAX_RUNNING, MAX_CALLS = 50, 1_000
# Of our functions in one call; more are not begun.
MAX_AT_ONCE = 16
# What the model is told.
NO_SUCH_TOOL = '{"error": "There is no such tool. Answer without it."}'
TOO_MANY = '{"error": "Too many tools run already. Wait for them."}'
DECLINED = '{"error": "The person did not allow it."}'
CANCELLED = '{"error": "The person stopped it before its end."}'
FOLLOWS = '{"status": "It still runs. The result follows."}'


class Tools:
    """Every call, by its item's id. `functions`: those that are offered to the model.

    `late`: the server takes the answer to a function's call also after another response.
    """

    __slots__ = (
        "_answers", "_calls", "_due", "_due_of", "_due_perhaps", "_earlier", "_functions", "_in_a_row", "_late", "_out",
        "_running", "_session", "_to_say", "_told_of", "granted",
    )  # fmt: skip

    def __init__(self, out: EffectList, functions: Sequence[Function] = (), *, late: bool = True) -> None:
        self._out = out
        self._calls: dict[str, ToolCall] = {}
        self._running: dict[str, ToolCall] = {}
        # Of our functions, by response and the id that an answer names.
        self._told_of: dict[tuple[str, str], ToolCall] = {}
        self._answers = self._session = 0
        self._in_a_row = 0
        # After an answer of ours; after a tool of the server's, unless the assistant goes on by itself.
        self._due, self._due_perhaps = False, False
        # The server may run a tool of its own, and nothing is seen of that yet.
        self.granted = False
        # What the model is to say meanwhile; and whether what begins next was asked for before the last answer.
        self._to_say, self._earlier = "", False
        # In which response the call was made after which one is due.
        self._due_of = ""
        self.offer(functions, late=late)

    def offer(self, functions: Sequence[Function], *, late: bool) -> None:
        """These are what the session knows of; see `Tools`."""
        self._functions = {each.name: each for each in functions}
        self._late = late

    @property
    def running(self) -> bool:
        """Whether the person waits for one."""
        # Asked at every event, and mostly there is none.
        return self.granted or (bool(self._running) and any(call.awaited for call in self._running.values()))

    @property
    def pending(self) -> bool:
        """Whether the person waits for an answer of ours, behind which the model goes on."""
        return bool(self._running) and any(call.awaited and call.ours for call in self._running.values())

    @property
    def outlasting(self) -> bool:
        """Whether they wait for a function of ours, which outlasts the session."""
        return any(call.awaited and call.ours and call.kind == "function" for call in self._running.values())

    @property
    def reply_due(self) -> bool:
        """Whether a response has to be asked for, once none runs."""
        return (self._due or self._due_perhaps) and not self.pending

    # What the server says

    def take(self, report: ToolReported, *, cut: bool) -> None:
        """Fold in what one event told; `cut`: its response is to be dropped."""
        call = self._calls.get(report.item) or self._open(report)
        before = call.state
        call.learn(report)
        call.cut |= cut
        self.granted &= call.kind != "mcp"
        if call.kind != "mcp":
            self._answer(call)
        elif before in OPEN and call.state not in OPEN and call.awaited and not call.cut:
            self._due_of = call.response
            self._due_perhaps |= self._may_go_on()
        self._tell(call)

    def _open(self, report: ToolReported) -> ToolCall:
        call = self._calls[report.item] = ToolCall(report.item, report.kind, self._session)
        if len(self._calls) > MAX_CALLS:
            self._give_up(self._calls.pop(next(iter(self._calls))))
        if len(self._running) >= MAX_RUNNING:
            self._pass_over()
        return call

    def _pass_over(self) -> None:
        """Too many: the oldest is no longer followed. A function that is not all said yet is answered once it is."""
        oldest = next(iter(self._running.values()))
        call = next((each for each in self._running.values() if not each.ours), oldest)
        if call.kind == "function" and not call.ours:
            call.failed, call.fault = True, "busy"
            self._tell(call)
        else:
            self._give_up(call)

    def _give_up(self, call: ToolCall) -> None:
        if call.ours:
            self._cancel(call)
            return
        call.cut = True
        self._tell(call)

    def response_over(self, response: str, *, whole: bool) -> None:
        """`whole`: it was not cut short, so that what it asks of us is all said."""
        if not whole and (not response or self._due_of in ("", response)):
            self._due = self._due_perhaps = False
        for call in list(self._running.values()):
            if call.response not in ("", response) or (whole and call.kind == "mcp"):
                continue
            call.done |= whole
            self._answer(call) if whole else self._give_up(call)
            call.cut = not (call.answered or call.ours)
            self._tell(call)

    def session_over(self) -> None:
        """What the server ran went with it; a function of ours runs on, and the next session is told."""
        self.granted = False
        self._due = self._due_perhaps = self._earlier = False
        self._to_say = ""
        self._session += 1
        self._told_of.clear()
        for call in list(self._running.values()):
            if call.kind != "function" or not call.ours:
                call.asked = False
                self._give_up(call)

    def used(self, item: str) -> ToolUse | None:
        """What another session is told of a call; None of one that came to nothing."""
        call = self._calls.get(item)
        if call is None or not (call.name and call.result):
            return None
        return ToolUse(call.name, call.arguments or "{}", call.result)

    def response_began(self, response: str) -> None:
        """What was answered before it was asked for is part of what it answers."""
        self.granted = False
        if self._earlier:
            self._earlier = False
        elif response != self._due_of:
            self._due = False

    def asked(self) -> None:
        """The response that was due is asked for."""
        self._in_a_row += 1
        self._due = self._due_perhaps = False

    def assistant_began(self) -> None:
        """It goes on by itself after the server's tools."""
        self._due_perhaps = False

    # What the person does

    def person_began(self) -> None:
        """They speak or type: what was looked up for the turn before is waited for no longer."""
        self._in_a_row = 0
        for call in self._running.values():
            if call.ours and call.kind == "function" and not (self._late or call.promised):
                # Its server takes no other response before there is an answer to the call.
                call.promised = True
                self._send_answer(call, FOLLOWS)
        self.await_none()

    def await_none(self) -> None:
        """What runs may go on, but nobody waits for it."""
        self._due = self._due_perhaps = self.granted = False
        for call in self._running.values():
            call.awaited = False

    def cancel(self) -> None:
        """They stop the assistant, and what it does."""
        self.granted = False
        for call in list(self._running.values()):
            if call.ours:
                self._cancel(call)

    @property
    def asks(self) -> bool:
        """Whether the person is asked about something."""
        return bool(self._running) and any(call.asked for call in self._running.values())

    def approved(self, event: Approved) -> None:
        """Whether they allow it; what was said before counts."""
        call = self._calls.get(event.item)
        if call is None or not call.asked or not call.ours:
            return
        call.asked = False
        if event.yes and call.kind == "function":
            self._begin(call)
        elif event.yes:
            # It runs the tool and goes on by itself, or is asked to after a while.
            self._settle(call, "")
            self.granted = True
        else:
            call.declined = True
            self._finish(call, DECLINED)
        self._tell(call)

    def nothing_came(self) -> None:
        """Of what the server may run: it waits to be asked."""
        if self.granted:
            self.granted = False
            self._due |= self._may_go_on()

    def answered_aloud(self, words: str) -> None:
        """They were asked aloud whether something may be done, and said this; of two nobody knows which is meant."""
        asked = [call for call in self._running.values() if call.asked and call.ours]
        yes = consent(words) if len(asked) == 1 else None
        if yes is not None:
            self.approved(Approved(asked[0].item, yes))

    # What our functions do

    def told(self, event: ToolTold) -> None:
        call = self._running.get(event.item)
        if call is not None and call.begun:
            call.hear(event)
            self._tell(call)

    @property
    def has_word(self) -> bool:
        """Whether one that the person waits for has said how far it is, which they may be told."""
        return self._late and any(each.word and each.words_left and each.awaited for each in self._running.values())

    def let_speak(self) -> None:
        """It takes its time: the model may say how far it is."""
        said = [each for each in self._running.values() if each.word and each.words_left and each.awaited]
        self._to_say = "; ".join(each.word for each in said)
        for call in said:
            call.word, call.words_left = "", call.words_left - 1

    def take_word(self) -> str:
        """What is to be said now, once."""
        word, self._to_say = (self._to_say if self.running else ""), ""
        self._earlier |= bool(word)
        return word

    def finished(self, event: ToolFinished, *, earlier: bool) -> None:
        """`earlier`: a response is to come that was asked for before."""
        call = self._running.get(event.item)
        if call is not None and call.begun:
            self._earlier |= earlier
            call.failed, call.fault = event.failed, event.fault
            self._finish(call, event.output)
            self._tell(call)

    def _answer(self, call: ToolCall) -> None:
        """Once all of it is said, and once only."""
        if not call.complete or call.ours:
            return
        if self._is_known(call):
            call.answered = True
            return
        function = self._functions.get(call.name)
        if call.failed:
            self._finish(call, TOO_MANY)
        elif call.kind == "approval" or (function is not None and function.confirm):
            call.asked = True
            self._out.do(AskPerson(call.item))
        elif function is None or sum(each.ours for each in self._running.values()) >= MAX_AT_ONCE:
            call.failed, call.fault = True, "missing" if function is None else "busy"
            self._finish(call, NO_SUCH_TOOL if function is None else TOO_MANY)
        else:
            self._begin(call)

    def _is_known(self, call: ToolCall) -> bool:
        """Whether it was told of in the same response, under another item."""
        if call.kind != "function" or not call.response:
            return False
        first = self._told_of.setdefault((call.response, call.call), call)
        if len(self._told_of) > MAX_CALLS:
            del self._told_of[next(iter(self._told_of))]
        same = first.name == call.name and bounded(first.arguments) == bounded(call.arguments)
        return same and first is not call

    def _begin(self, call: ToolCall) -> None:
        call.begun = True
        self._out.do(RunTool(call.item, call.name, call.arguments or "{}"))

    def _finish(self, call: ToolCall, output: str) -> None:
        self._settle(call, output)
        self._due_of = call.response
        self._due |= self._may_go_on()

    def _cancel(self, call: ToolCall) -> None:
        self._out.do(CancelTool(call.item))
        call.failed, call.fault = True, "stopped"
        self._settle(call, CANCELLED)
        self._tell(call)

    def _settle(self, call: ToolCall, output: str) -> None:
        call.answered, call.asked = True, False
        call.untold = not self._out.has_session
        call.result = output if call.untold else bounded(output)
        self._send_answer(call, output)

    def _send_answer(self, call: ToolCall, output: str) -> None:
        self._answers += 1
        if call.kind == "approval":
            self._out.send(dialects.approval(f"answer_{self._answers}", call.item, yes=not output))
        elif call.session == self._session and (not call.promised or output == FOLLOWS):
            self._out.send(dialects.tool_output(call.call, output))
        else:
            # The session knows no such call, or has an answer to it: it is told of another, with its result.
            use = ToolUse(call.name, call.arguments or "{}", output)
            for message in dialects.told(f"{TOLD}late_{self._answers}", use, "ga"):
                self._out.send(message)

    def _may_go_on(self) -> bool:
        if self._in_a_row < MAX_IN_A_ROW:
            return True
        self._out.do(Notify(faults.TOOL_LOOP))
        return False

    # What the page is told

    def retell(self, item: str) -> None:
        """What the page was told of it, once more."""
        call = self._calls.get(item)
        if call is not None and call.told is not None:
            self._out.tell(call.told)

    def _tell(self, call: ToolCall) -> None:
        if call.state in OPEN:
            self._running[call.item] = call
        else:
            self._running.pop(call.item, None)
            call.arguments = bounded(call.arguments)
        call.function = call.function or self._functions.get(call.name)
        shown = call.shown()
        if shown != call.told:
            call.told = shown
            self._out.tell(shown)
