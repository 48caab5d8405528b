"""Calls of tools: the page is told of each in its place, and no call leaves the conversation hanging."""

from itertools import permutations
from typing import Any

import pytest

from tests.conversation.call import CREATE, SECOND, Call, Page, sent, shown, turns
from tests.conversation.reports import answering, approval, done, function, mcp, read
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults, tool_call, tools
from voiceapp.conversation.conversation import Capabilities
from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.effects import AskPerson, ItemPlaced, Notify, ToolChanged

ASK = CREATE


def kyoto(state: ev.ToolState, result: str = "", call: str = "t1", fault: ev.ToolFault | None = None) -> ToolChanged:
    """The call of `ITEM`, as the page knows it."""
    return ToolChanged(call, "weather", '{"city": "Kyoto"}', state, result, fault=fault)


class TestAToolOfTheServers:
    def test_it_has_its_place_and_its_end(self) -> None:
        effects = answering().hear(*mcp())
        assert shown(effects, ItemPlaced) == [ItemPlaced("t1", "tool", "u1", "text")]
        told = shown(effects, ToolChanged)
        assert told[0] == ToolChanged("t1", "weather", "", "running")
        assert told[-1] == kyoto("done", "Sunny.")

    def test_the_turn_is_the_tools_while_it_runs(self) -> None:
        assert turns(answering().hear(*mcp(), done(), ev.ResponseCreated("r2"))) == ["tool", "thinking"]

    def test_one_that_failed_says_how(self) -> None:
        effects = answering().hear(*mcp(error={"type": "http_error", "code": 503, "message": "Unavailable"}))
        assert shown(effects, ToolChanged)[-1] == kyoto("failed", "Unavailable")

    def test_the_page_is_told_only_what_is_new(self) -> None:
        assert [told.state for told in shown(answering().hear(*mcp()), ToolChanged)] == [
            "running",
            "running",
            "done",
            "done",
        ]

    def test_arguments_and_result_are_bounded(self) -> None:
        (told,) = shown(
            answering().hear(ev.ToolReported("t1", "mcp", arguments="a" * 9000, result="é" * 9000)), ToolChanged
        )
        assert [len(told.arguments), len(told.result)] == [tool_call.MAX_CHARACTERS] * 2
        assert told.result.endswith("é…")

    @pytest.mark.parametrize(
        "begun", [ev.OutputItemAdded("r1", "a1", "assistant", "text"), ev.AudioDelta("r1", "a1", SECOND)]
    )
    def test_a_server_that_goes_on_by_itself_is_let(self, begun: ev.Event) -> None:
        assert sent(answering().hear(*mcp(), begun, done())) == []

    def test_one_that_does_not_is_asked_when_the_response_is_over(self) -> None:
        call = answering()
        assert sent(call.hear(*mcp())) == []
        assert sent(call.hear(done())) == [ASK]

    def test_one_that_ends_after_its_response_is_asked_then(self) -> None:
        call = answering()
        assert sent(call.hear(*mcp(output=None), done())) == []
        effects = call.hear(*mcp())
        assert sent(effects) == [ASK]
        assert turns(effects) == ["thinking"]

    def test_one_that_outlives_its_response_is_not_cut_with_another(self) -> None:
        call = answering()
        call.hear(*mcp(output=None), done())
        assert shown(call.hear(ev.ResponseCreated("r2"), done("r2", "cancelled")), ToolChanged) == []

    def test_its_list_of_tools_is_no_call(self) -> None:
        listed = {"id": "l1", "type": "mcp_list_tools", "server_label": "sky", "tools": []}
        events = read({"type": "conversation.item.added", "previous_item_id": None, "item": listed})
        assert Call().begin().hear(*events) == []


class TestAFunctionNobodyOffered:
    def test_it_is_answered_at_once_and_the_talk_goes_on(self) -> None:
        call = answering()
        (answer,) = sent(call.hear(*function()))
        assert answer["item"] == {"type": "function_call_output", "call_id": "c1", "output": tools.NO_SUCH_TOOL}
        effects = call.hear(done())
        assert sent(effects) == [ASK]
        assert turns(call.answer(response="r2")) == ["assistant"]

    def test_the_page_sees_that_it_failed(self) -> None:
        told = shown(answering().hear(*function()), ToolChanged)
        assert told[-1] == kyoto("failed", tools.NO_SUCH_TOOL, "f1", "missing")

    def test_several_are_answered_and_one_response_is_asked_for(self) -> None:
        call = answering()
        effects = call.hear(*function("f1", call="c1"), *function("f2", call="c2"), done())
        assert [message["item"]["call_id"] for message in sent(effects)[:2]] == ["c1", "c2"]
        assert sent(effects)[2:] == [ASK]

    def test_of_a_server_that_tells_only_of_the_beginning_too(self) -> None:
        call = answering()
        assert sent(call.hear(function()[0])) == []
        answer, asked = sent(call.hear(done()))
        assert (answer["item"]["call_id"], asked) == ("c1", ASK)

    def test_one_that_cannot_be_answered_does_not_run_for_ever(self) -> None:
        call = answering()
        effects = call.hear(*function(call=""), done())
        assert sent(effects) == []
        assert (shown(effects, ToolChanged)[-1].state, turns(effects)[-1]) == ("failed", "listening")

    def test_a_model_that_keeps_calling_is_left_until_the_person_speaks(self) -> None:
        call = answering()

        def again(n: int) -> list[Any]:
            return call.hear(ev.ResponseCreated(f"r{n}"), *function(f"f{n}", f"r{n}", f"c{n}"), done(f"r{n}"))

        rounds = [again(n) for n in range(1, 8)]
        assert [ASK in sent(effects) for effects in rounds] == [True] * tools.MAX_IN_A_ROW + [False, False]
        assert Notify(faults.TOOL_LOOP) in rounds[tools.MAX_IN_A_ROW]
        assert turns(rounds[-1])[-1] == "listening"
        call.ask("u2")
        assert ASK in sent(again(8))

    def test_a_response_that_failed_is_not_asked_for_again(self) -> None:
        effects = answering().hear(*function(), ev.ResponseDone("r1", "failed", None, "rate_limit_exceeded"))
        assert ASK not in sent(effects)


class TestAQuestionWhetherAToolMayRun:
    @pytest.mark.parametrize(("yes", "state"), [(True, "done"), (False, "declined")])
    def test_the_person_is_asked(self, yes: bool, state: str) -> None:
        call = answering()
        effects = call.hear(*approval())
        assert (sent(effects), shown(effects, AskPerson)) == ([], [AskPerson("q1")])
        assert shown(effects, ToolChanged)[-1].state == "asked"
        effects = call.hear(ev.Approved("q1", yes))
        (answer,) = sent(effects)
        assert answer["item"] == {
            "id": "answer_1",
            "type": "mcp_approval_response",
            "approval_request_id": "q1",
            "approve": yes,
        }
        assert shown(effects, ToolChanged)[-1].state == state
        # Of one that it may run the server says more by itself, or nothing does.
        assert sent(call.hear(done())) == ([] if yes else [ASK])
        assert turns(call.wait(1.0)) == []
        assert sent(call.wait(2.5)) == ([ASK] if yes else [])

    def test_a_server_that_then_runs_it_and_goes_on_is_let(self) -> None:
        call = answering()
        call.hear(*approval(), done(), ev.Approved("q1", yes=True))
        effects = call.hear(*mcp(response="")[1:5])
        effects += call.wait(10) + call.hear(ev.ResponseCreated("r2"), *mcp(response=""))
        assert sent(effects + call.answer(response="r2")) == []

    def test_a_server_that_runs_it_and_waits_to_be_asked_is_asked_once(self) -> None:
        call = answering()
        call.hear(*approval(), done(), ev.Approved("q1", yes=True))
        effects = call.hear(*mcp(output=None, response=""))
        assert sent(effects + call.wait(10)) == []
        assert sent(call.hear(*mcp(response=""))) == [ASK]
        assert sent(call.wait(10)) == []

    def test_meanwhile_the_person_waits_for_the_tool_and_may_speak(self) -> None:
        call = answering()
        assert turns(call.hear(*approval(), done(), ev.Approved("q1", yes=True))) == ["tool"]
        assert turns(call.hear(ev.SpeechStarted("u2"))) == ["user"]
        assert sent(call.wait(10)) == []

    def test_it_is_not_waited_for_as_long_as_the_assistant_speaks(self) -> None:
        call = answering()
        call.hear(*approval(), ev.Approved("q1", yes=True))
        assert sent(call.wait(10)) == []
        assert sent(call.hear(done())) == []
        assert sent(call.wait(3.5)) == [ASK]

    def test_it_does_not_outlive_its_session(self) -> None:
        call = answering()
        call.hear(*approval())
        assert shown(call.hear(ev.SessionLost(faults.CLOSED)), ToolChanged)[-1].state == "failed"
        assert call.hear(ev.Approved("q1", yes=True)) == []


def test_a_list_of_tools_that_the_server_could_not_have_is_told() -> None:
    events = read({"type": "mcp_list_tools.failed", "item_id": "l1"})
    assert Call().begin().hear(*events) == [Notify(faults.TOOLS_MISSING)]


class TestBargeIn:
    @pytest.mark.parametrize("interrupts", [True, False])
    def test_speech_cuts_the_response_and_its_tool(self, interrupts: bool) -> None:
        call = Call(interrupts=interrupts).begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"), *mcp(output=None))
        effects = call.hear(ev.SpeechStarted("u2"))
        assert sent(effects) == ([] if interrupts else [{"type": "response.cancel", "response_id": "r1"}])
        assert shown(effects, ToolChanged) == [kyoto("failed")]
        assert turns(effects) == ["user"]
        assert sent(call.hear(done("r1", "cancelled"))) == []

    def test_the_stop_key_cancels_by_id_and_asks_for_nothing(self) -> None:
        call = answering()
        call.hear(*function())
        effects = call.hear(ev.Interrupted(), done("r1", "cancelled"))
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r1"}]
        assert turns(effects) == ["listening"]

    def test_a_function_of_a_cut_response_is_not_answered(self) -> None:
        call = answering()
        assert sent(call.hear(ev.SpeechStarted("u2"), *function(), done("r1", "cancelled"))) == []

    def test_what_still_runs_is_waited_for_no_longer_and_asks_for_nothing_when_it_ends(self) -> None:
        call = answering()
        call.hear(*mcp(output=None), done())
        assert turns(call.ask("u2")) == ["user", "thinking"]
        effects = call.hear(ev.ResponseCreated("r2"), done("r2"), *mcp())
        assert turns(effects) == ["listening"]
        assert shown(effects, ToolChanged)[-1].state == "done"
        assert sent(effects) == []

    def test_a_typed_text_is_answered_once(self) -> None:
        call = answering()
        call.hear(*function())
        call.hear(ev.TextTyped("Never mind."))
        assert sent(call.hear(done("r1", "cancelled"))) == [ASK]
        assert sent(call.hear(ev.ResponseCreated("r2"), done("r2"))) == []

    def test_what_still_runs_does_not_outlive_its_session(self) -> None:
        call = answering()
        call.hear(*mcp(output=None), *mcp("t2"), done(), ev.SpeechStarted("u2"), ev.UserText("u2", ""))
        effects = call.conversation.renew(SessionConfig("marin", ""), Capabilities())
        assert [(told.call, told.state) for told in shown(effects, ToolChanged)] == [("t1", "failed")]


ANSWER = [ev.ItemAdded("a1", "t1", "assistant", "audio", ""), ev.AssistantText("r1", "a1", "It is sunny.")]
BROKEN = {"type": "protocol_error", "message": "No."}


@pytest.mark.parametrize(
    ("events", "state", "result"),
    [
        ([mcp()[k] for k in (1, 3, 5, 6)], "done", "Sunny."),
        ([mcp(output=None, error=BROKEN)[k] for k in (1, 3, 5, 6)], "failed", "No."),
        ([function("t1")[k] for k in (0, 1, 3, 4)], "failed", tools.NO_SUCH_TOOL),
    ],
    ids=["mcp", "mcp-failed", "function"],
)
def test_every_order_of_arrival_gives_the_same(events: list[ev.Event], state: ev.ToolState, result: str) -> None:
    for order in permutations([*events, *ANSWER]):
        call = Call().begin()
        effects = call.ask() + call.hear(ev.ResponseCreated("r1"), *order)
        page = Page(effects)
        assert page.ids == ["u1", "t1", "a1"]
        assert page.texts["a1"] == "It is sunny."
        fault: ev.ToolFault | None = "missing" if result == tools.NO_SUCH_TOOL else None
        assert shown(effects, ToolChanged)[-1] == kyoto(state, result, fault=fault)


def test_of_too_many_that_run_the_oldest_is_given_up() -> None:
    call = Call().begin()
    effects = call.hear(*(event for n in range(tools.MAX_RUNNING + 2) for event in mcp(f"t{n}", output=None)))
    given_up = [told.call for told in shown(effects, ToolChanged) if told.state == "failed"]
    assert given_up == ["t0", "t1"]


def test_only_the_latest_are_kept() -> None:
    call = Call().begin()
    for n in range(tools.MAX_CALLS + 5):
        call.hear(*mcp(f"t{n}"))
    assert len(call.conversation._tools._calls) == tools.MAX_CALLS
    assert call.conversation._tools._running == {}
