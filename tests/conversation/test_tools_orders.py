"""Tools in any order of what befalls a call: each is run once and answered once, and nobody waits for ever."""

from collections import Counter
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.conversation.call import Call, sent
from tests.conversation.reports import read
from tests.worlds import worlds
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.conversation import Capabilities
from voiceapp.conversation.deadlines import SECONDS, Wait
from voiceapp.conversation.effects import AskPerson, CancelTool, RunTool
from voiceapp.conversation.functions import Function
from voiceapp.conversation.tools import CANCELLED, FOLLOWS

PLAIN = Function("weather", "Tells the weather.", {"type": "object", "properties": {}})
ASKS = Function("order", "Orders.", {"type": "object", "properties": {}}, confirm=True)


class Talk:
    """A server, a person and tools: each does its part at any time, and does it well."""

    def __init__(self, *, late: bool) -> None:
        self.late = late
        self.call = Call(functions=(PLAIN, ASKS), late_outputs=late).begin()
        self.count = self.creates = 0
        self.running = ""
        # Of the response: its calls that are not said to their end.
        self.open: list[tuple[str, str, int]] = []
        self.asked: list[str] = []
        self.tools: list[str] = []
        self.runs: Counter[str] = Counter()
        # What the model was told of a call, in the session that asked for it, and beside it.
        self.outputs: Counter[str] = Counter()
        self.finals: Counter[str] = Counter()
        self.answered: set[str] = set()
        self.due = False
        # For how long nothing was heard of the response; and the one of which that was for too long.
        self.silent_s = 0.0
        self.given_up = ""

    def hear(self, *events: ev.Event) -> None:
        self.take(self.call.hear(*events))
        self.silent_s = 0.0

    def wait(self, seconds: float) -> None:
        self.silent_s += seconds
        if self.silent_s >= SECONDS[Wait.RESPONSE]:
            self.given_up = self.running
        self.take(self.call.wait(seconds))

    def take(self, effects: list[Any]) -> None:
        for effect in effects:
            match effect:
                case RunTool(item):
                    self.tools.append(item)
                    self.runs[item] += 1
                case AskPerson(item):
                    self.asked.append(item)
                case CancelTool(item):
                    self.tools = [each for each in self.tools if each != item]
                    self.asked = [each for each in self.asked if each != item]
        for message in sent(effects):
            match message["type"]:
                case "response.create":
                    self.create()
                case "response.cancel":
                    self.end("cancelled")
                case "conversation.item.create":
                    self.told(message["item"])

    def create(self) -> None:
        if self.running:
            assert self.given_up == self.running, "asked for while one runs"
            self.hear(ev.UpstreamError("conversation_already_has_active_response", "", ""))
        else:
            self.creates += 1
            self.due = True

    def told(self, item: dict[str, Any]) -> None:
        if item["type"] != "function_call_output":
            return
        self.outputs[item["call_id"]] += 1
        assert self.outputs[item["call_id"]] == 1, "answered twice"
        self.finals[item["output"]] += 1
        if item["output"] != FOLLOWS:
            self.answered.add(item["call_id"])

    # The server

    def respond(self) -> None:
        if self.running or not self.due:
            return
        self.count += 1
        self.due = False
        self.running = f"r{self.count}"
        self.hear(ev.ResponseCreated(self.running))

    def add(self, name: str) -> None:
        if self.running:
            self.count += 1
            item = f"f{self.count}"
            self.open.append((item, name, 0))
            self.report(item, name, "response.output_item.added", "in_progress", "")

    def report(self, item: str, name: str, event: str, status: str, arguments: str) -> None:
        shape = {"id": item, "type": "function_call", "name": name, "call_id": f"c_{item}", "status": status}
        self.hear(*read({"type": event, "response_id": self.running, "item": {**shape, "arguments": arguments}}))

    def go_on(self, status: str = "completed") -> None:
        """The next word of a call."""
        if not self.open:
            return
        item, name, step = self.open.pop(0)
        if step == 0 and status == "completed":
            ids = {"response_id": self.running, "item_id": item, "call_id": f"c_{item}"}
            self.open.append((item, name, 1))
            self.hear(*read({"type": "response.function_call_arguments.done", **ids, "name": name, "arguments": "{}"}))
        else:
            self.report(item, name, "response.output_item.done", status, "{}" if step else '{"a')

    def end(self, status: str = "completed") -> None:
        if not self.running:
            return
        while self.open:
            self.go_on("completed" if status == "completed" else "incomplete")
        response, self.running = self.running, ""
        self.hear(ev.ResponseDone(response, status, None))

    def lose(self) -> None:
        self.running, self.open, self.due = "", [], False
        self.hear(ev.SessionLost(faults.CLOSED))

    def renew(self) -> None:
        config = self.call.conversation.config
        self.running, self.open, self.due = "", [], False
        self.take(self.call.conversation.renew(config, Capabilities(late_outputs=self.late)))
        self.hear(ev.SessionRenewed())

    # The person, and tools

    def speak(self) -> str:
        """The server ends by itself what it says."""
        self.count += 1
        item = f"u{self.count}"
        self.hear(ev.SpeechStarted(item))
        self.end("cancelled")
        self.hear(ev.SpeechStopped(item), ev.Committed(item, None))
        return item

    def ask(self) -> None:
        self.speak()
        self.due = True
        self.respond()

    def noise(self) -> None:
        self.hear(ev.UserText(self.speak(), ""))

    def stop(self) -> None:
        self.hear(ev.Interrupted())

    def type(self) -> None:
        self.hear(ev.TextTyped("Hello."))

    def approve(self, yes: bool) -> None:
        if self.asked:
            self.hear(ev.Approved(self.asked[0], yes=yes), ev.Approved(self.asked.pop(0), yes=not yes))

    def finish(self, which: int = 0) -> None:
        if self.tools:
            item = self.tools.pop(which % len(self.tools))
            self.hear(ev.ToolTold(item, "half"), ev.ToolFinished(item, f"result of {item}"))
            self.hear(ev.ToolTold(item, "more"), ev.ToolFinished(item, "again"))

    def settle(self) -> None:
        """All come to their end."""
        if not self.call.conversation._out.has_session:
            self.renew()
        for _ in range(100):
            self.end()
            self.approve(yes=True)
            self.finish()
            if self.due:
                self.respond()
        self.wait(400)
        self.end()


# What makes and ends calls comes more often than what befalls them.
STEPS = st.lists(
    st.sampled_from(
        ["respond", "weather", "weather", "order", "order", "nothing", "go_on", "go_on", "go_on", "end", "end",
         "cancelled", "incomplete", "finish", "finish", "finish_last", "yes", "no", "ask", "noise", "type", "stop",
         "lose", "renew", "away", "back", "wait"]
    ),
    min_size=2,
    max_size=30,
)  # fmt: skip


def step(talk: Talk, each: str) -> None:
    match each:
        case "weather" | "order" | "nothing":
            talk.add(each)
        case "finish_last":
            talk.finish(-1)
        case "cancelled" | "incomplete":
            talk.end(each)
        case "yes" | "no":
            talk.approve(each == "yes")
        case "away":
            talk.hear(ev.PageLost())
        case "back":
            talk.hear(ev.PageBack({}))
        case "wait":
            talk.wait(20)
        case _:
            getattr(talk, each)()


@worlds(150)
@given(st.booleans(), STEPS)
@example(True, ["weather", "go_on", "incomplete"])
@example(False, ["order", "go_on", "yes", "cancelled"])
@example(False, ["wait", "wait", "wait", "nothing"])
def test_each_is_run_once_and_answered_once_and_nobody_waits_for_ever(late: bool, steps: list[str]) -> None:
    talk = Talk(late=late)
    talk.ask()
    for each in steps:
        step(talk, each)
    talk.settle()
    assert set(talk.runs.values()) <= {1}
    assert "again" not in talk.finals
    assert not talk.call.conversation._tools._running
    assert talk.call.conversation._turn == "listening"
    for item in talk.runs:
        # By the id that its session knows, or as an item of its own.
        assert f"c_{item}" in talk.answered or talk.finals[f"result of {item}"] or talk.finals[CANCELLED], item
