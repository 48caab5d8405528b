"""What the model calls has its time, and so has the person's answer; what was stopped says nothing more."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.clock import StandingLoop
from voiceapp.call.tool_runs import ANSWER_S, ToolRuns
from voiceapp.conversation import events as ev
from voiceapp.conversation.conversation import Capabilities, Conversation
from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.effects import AskPerson, CancelTool, RunTool
from voiceapp.conversation.functions import Function
from voiceapp.net.bridge import Bridge
from voiceapp.tools import ToolContext
from voiceapp.tools.interfaces import FAILED, TIMED_OUT, Outcome


class ByHand:
    """A runner whose runs end when the test says so."""

    offers: tuple[Function, ...] = ()

    def __init__(self) -> None:
        self.context = ToolContext()
        self.given: list[tuple[str, str]] = []
        self.end: Callable[[Outcome], None] = lambda _: None
        self.cancelled = 0

    def stop(self) -> None: ...

    def timeout(self, name: str) -> float:
        return 5.0

    def start(
        self, name: str, arguments: str, context: ToolContext, done: Callable[[Outcome], None]
    ) -> Callable[[], None]:
        if name == "none":
            raise KeyError(name)
        self.given.append((name, arguments))
        self.context, self.end = context, done
        if name == "at once":
            context.end_call()
            done(Outcome("hat"))
        return self._cancel

    def _cancel(self) -> None:
        self.cancelled += 1


class Runs:
    def __init__(self, loop: StandingLoop) -> None:
        self.loop, self.runner = loop, ByHand()
        bridge = Bridge()
        bridge.loop = loop
        self.told: list[ev.Event] = []
        talk = Conversation(SessionConfig("marin", "", language="ja"), Capabilities())
        self.runs = ToolRuns(bridge, self.runner, "c1", "v1", talk, self.told.append)

    def run(self, item: str = "f1", name: str = "find") -> None:
        self.runs.perform(RunTool(item, name, "{}"))
        self.loop.spin()

    def end(self, outcome: Outcome) -> None:
        self.runner.end(outcome)
        self.loop.spin()


@pytest.fixture
def runs(loop: StandingLoop) -> Iterator[Runs]:
    runs = Runs(loop)
    yield runs
    runs.runs.stop()
    assert loop.timers == 0


def test_it_is_run_and_its_outcome_told_once(runs: Runs) -> None:
    runs.run()
    assert runs.runner.given == [("find", "{}")]
    runs.end(Outcome("hat"))
    runs.end(Outcome("bag"))
    assert runs.told == [ev.ToolFinished("f1", "hat")]


def test_one_that_ends_while_it_is_begun_has_ended(runs: Runs) -> None:
    runs.run(name="at once")
    # What it said comes before its end.
    assert runs.told == [ev.EndWanted(), ev.ToolFinished("f1", "hat")]
    runs.runs.perform(CancelTool("f1"))
    assert runs.runner.cancelled == 1


def test_it_knows_its_call_and_may_tell_of_itself(runs: Runs) -> None:
    runs.run()
    context = runs.runner.context
    assert (context.call, context.visitor, context.language) == ("c1", "v1", "ja")
    context.say_progress("Half of it")
    context.offer_link("https://a.example/", "A")
    context.end_call()
    runs.loop.spin()
    told: list[Any] = [ev.ToolTold("f1", "Half of it"), ev.ToolTold("f1", link=ev.Link("https://a.example/", "A"))]
    assert runs.told == [*told, ev.EndWanted()]


def test_of_a_flood_of_words_the_call_hears_the_last_and_none_is_lost_at_the_end(runs: Runs) -> None:
    runs.run()
    for n in range(1_000):
        runs.runner.context.say_progress(str(n))
        runs.loop.spin()
    runs.runner.context.end_call()
    runs.end(Outcome("hat"))
    told: list[Any] = [ev.ToolTold("f1", "0"), ev.ToolTold("f1", "999"), ev.EndWanted()]
    assert runs.told == [*told, ev.ToolFinished("f1", "hat")]


def test_one_that_takes_too_long_is_stopped_and_that_is_told(runs: Runs) -> None:
    runs.run()
    runs.loop.pass_time(4.9)
    assert runs.told == []
    runs.loop.pass_time(0.2)
    assert runs.told == [ev.ToolFinished("f1", *TIMED_OUT)]
    assert runs.runner.cancelled == 1


def test_what_was_stopped_has_no_say(runs: Runs) -> None:
    runs.run()
    runs.runs.perform(CancelTool("f1"))
    runs.runner.context.say_progress("Half of it")
    runs.runner.context.end_call()
    runs.end(Outcome("hat"))
    runs.loop.pass_time(60)
    assert (runs.told, runs.runner.cancelled) == ([], 1)


def test_with_the_call_all_of_it_ends(runs: Runs) -> None:
    runs.run()
    runs.runs.perform(AskPerson("f2"))
    runs.runs.stop()
    runs.loop.pass_time(600)
    assert (runs.told, runs.runner.cancelled) == ([], 1)


def test_no_answer_in_time_is_a_no(runs: Runs) -> None:
    runs.runs.perform(AskPerson("f1"))
    runs.loop.pass_time(ANSWER_S - 1)
    assert runs.told == []
    runs.loop.pass_time(2)
    assert runs.told == [ev.Approved("f1", yes=False)]


def test_an_answer_ends_the_waiting(runs: Runs) -> None:
    runs.runs.perform(AskPerson("f1"))
    runs.loop.pass_time(ANSWER_S - 1)
    runs.run()
    runs.loop.pass_time(2)
    assert runs.told == []


def test_one_that_cannot_be_started_has_failed(runs: Runs, caplog: pytest.LogCaptureFixture) -> None:
    runs.run(name="none")
    assert runs.told == [ev.ToolFinished("f1", *FAILED)]
    assert "could not be started" in caplog.text
