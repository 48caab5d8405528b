"""Functions that are offered: run once, answered once, and the model goes on when all are answered."""

from dataclasses import replace
from typing import Any

import pytest

from tests.conversation.call import CREATE, SECOND, Call, sent, shown, turns
from tests.conversation.reports import approval, done, function, mcp, read
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults, tool_call, tools
from voiceapp.conversation.conversation import Capabilities
from voiceapp.conversation.dialects import session_update
from voiceapp.conversation.effects import AskPerson, CancelTool, End, Notify, RunTool, ToolChanged
from voiceapp.conversation.functions import ASKED, Function, Sentence

WEATHER = Function("weather", "Tells the weather.", {"type": "object", "properties": {}})
ASKING = Function("weather", "Tells the weather.", {"type": "object", "properties": {}}, confirm=True)
ARGUMENTS = '{"city": "Kyoto"}'


def called(*functions: Function, **capabilities: Any) -> tuple[Call, list[Any]]:
    """The person asked, and the model calls the function; the response is over."""
    call = Call(functions=functions or (WEATHER,), **capabilities).begin()
    call.ask()
    call.hear(ev.ResponseCreated("r1"))
    return call, call.hear(*function(), done())


def output(text: str, call: str = "c1") -> dict[str, Any]:
    item = {"type": "function_call_output", "call_id": call, "output": text}
    return {"type": "conversation.item.create", "item": item}


def states(effects: list[Any]) -> list[str]:
    return [told.state for told in shown(effects, ToolChanged)]


def asked_aloud(words: str, others: tuple[ev.Event, ...] | list[ev.Event] = (), seconds: int = 1) -> Call:
    """The page asks whether the function may run, and the assistant does, in the same response."""
    call = Call(functions=(ASKING,)).begin()
    call.ask()
    sounds = [ev.AudioDelta("r1", "a1", SECOND) for _ in range(seconds)]
    spoken = [ev.OutputItemAdded("r1", "a1", "assistant", "audio"), ev.AssistantText("r1", "a1", words), *sounds]
    call.hear(ev.ResponseCreated("r1"), *spoken, ev.AudioDone("r1", "a1"), *function(), *others, done())
    return call


def say(call: Call, words: str) -> list[Any]:
    call.hear(ev.Heard("a1", 1000))
    return call.ask("u2") + call.hear(ev.UserText("u2", words))


def cut_short() -> ev.Event:
    """All of it was said, and then it counts as cut short."""
    item = {"id": "f1", "type": "function_call", "name": "weather", "call_id": "c1", "status": "incomplete"}
    (event,) = read({"type": "response.output_item.done", "response_id": "r1", "item": item})
    return event


def renewed(call: Call) -> list[Any]:
    """The session is lost, and another goes on."""
    call.hear(ev.SessionLost(faults.CLOSED))
    config = call.conversation.config
    return [*call.conversation.renew(config, Capabilities()), *call.hear(ev.SessionRenewed())]


@pytest.mark.parametrize("shape", ["ga", "beta"])
def test_a_session_is_told_of_them(shape: Any) -> None:
    config = Call(functions=(WEATHER,)).conversation.config
    (told,) = session_update(config, shape, "e")["session"]["tools"]
    assert told == {
        "type": "function",
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {}},
    }


def test_the_model_knows_of_which_the_person_is_asked() -> None:
    assert ASKING.shown()["description"] == f"Tells the weather. {ASKED}"


class TestOneThatRuns:
    def test_it_is_run_once_with_what_the_model_wrote(self) -> None:
        _, effects = called()
        assert shown(effects, RunTool) == [RunTool("f1", "weather", ARGUMENTS)]
        assert (sent(effects), turns(effects)[-1]) == ([], "tool")

    def test_the_person_waits_meanwhile(self) -> None:
        # A server that leaves lets such a call come to its answer first.
        call, _ = called()
        assert call.conversation.thinking
        call.hear(ev.ToolFinished("f1", "Sunny."), ev.ResponseCreated("r2"), done("r2"))
        assert not call.conversation.thinking

    def test_its_result_is_told_and_a_response_asked_for(self) -> None:
        call, _ = called()
        effects = call.hear(ev.ToolFinished("f1", "Sunny."))
        assert sent(effects) == [output("Sunny."), CREATE]
        assert shown(effects, ToolChanged)[-1] == ToolChanged("f1", "weather", ARGUMENTS, "done", "Sunny.")
        assert call.hear(ev.ToolFinished("f1", "Rain.")) == []

    def test_one_that_failed_is_told_likewise(self) -> None:
        call, _ = called()
        effects = call.hear(ev.ToolFinished("f1", '{"error": "No."}', failed=True))
        assert (states(effects), sent(effects)) == (["failed"], [output('{"error": "No."}'), CREATE])

    def test_the_page_is_told_less_than_the_model(self) -> None:
        call, _ = called()
        effects = call.hear(ev.ToolFinished("f1", "é" * 9000))
        assert sent(effects)[0] == output("é" * 9000)
        assert len(shown(effects, ToolChanged)[-1].result) == tool_call.MAX_CHARACTERS

    def test_the_page_is_told_what_it_says_of_itself(self) -> None:
        says = (Sentence("en", "The weather in {city}"), Sentence("ja", "{city}の天気"))
        told = Function("weather", "Tells the weather.", {"type": "object", "properties": {}}, says=says, shows=False)
        call, effects = called(told)
        effects += call.hear(ev.ToolFinished("f1", "Sunny."))
        assert {(each.says, each.shows) for each in shown(effects, ToolChanged) if each.name} == {(says, False)}

    def test_what_was_the_matter_is_told_where_the_result_does_not_say_it(self) -> None:
        call, _ = called()
        effects = call.hear(ev.ToolFinished("f1", '{"error": "Late."}', failed=True, fault="timed_out"))
        assert shown(effects, ToolChanged)[-1].fault == "timed_out"
        call, _ = called()
        assert shown(call.hear(ev.Interrupted()), ToolChanged)[-1].fault == "stopped"

    def test_it_may_say_how_far_it_is(self) -> None:
        call, _ = called()
        (told,) = shown(call.hear(ev.ToolTold("f1", "Half of it.")), ToolChanged)
        assert (told.progress, told.state) == ("Half of it.", "running")
        (told,) = shown(call.hear(ev.ToolTold("f1", link=ev.Link("https://a.example/", "A"))), ToolChanged)
        assert (told.progress, told.link) == ("Half of it.", ev.Link("https://a.example/", "A"))

    def test_what_it_says_when_it_is_over_is_nothing(self) -> None:
        call, _ = called()
        call.hear(ev.ToolFinished("f1", "Sunny."))
        assert call.hear(ev.ToolTold("f1", "Half of it.")) == []

    def test_a_sign_of_it_gives_it_more_time(self) -> None:
        call, _ = called()
        call.wait(100)
        call.hear(ev.ToolTold("f1", link=ev.Link("https://a.example/", "A")))
        assert shown(call.wait(100), Notify) == []
        assert shown(call.wait(100), Notify) == [Notify(faults.OVERDUE)]

    def test_a_model_that_keeps_calling_is_left_until_the_person_speaks(self) -> None:
        call, effects = called()
        for n in range(1, 7):
            effects = call.hear(ev.ToolFinished(f"f{n}", "Sunny."))
            item = f"f{n + 1}"
            call.hear(ev.ResponseCreated(f"r{n + 1}"), *function(item, f"r{n + 1}", f"c{n + 1}"), done(f"r{n + 1}"))
        assert CREATE not in sent(effects)
        assert Notify(faults.TOOL_LOOP) in effects


class TestOneThatTakesItsTime:
    def told(self, **capabilities: Any) -> Call:
        call, _ = called(**capabilities)
        assert sent(call.hear(ev.ToolTold("f1", "Half of it."))) == []
        return call

    def test_the_model_says_how_far_it_is_and_calls_nothing(self) -> None:
        call = self.told()
        assert sent(call.wait(2)) == []
        (asked,) = sent(call.wait(1))
        assert asked["type"] == "response.create"
        assert asked["response"]["tool_choice"] == "none"
        assert asked["response"]["instructions"].startswith("Be kind.\n\n")
        assert "Half of it." in asked["response"]["instructions"]
        assert sent(call.wait(10)) == []

    def test_then_its_result_is_told_all_the_same(self) -> None:
        call = self.told()
        call.wait(3)
        # Before that response begins, while it runs, and behind it.
        assert sent(call.hear(ev.ToolFinished("f1", "Sunny."))) == [output("Sunny.")]
        assert sent(call.hear(ev.ResponseCreated("r2"), done("r2"))) == [CREATE]
        call = self.told()
        call.wait(3)
        call.hear(ev.ResponseCreated("r2"))
        assert sent(call.hear(ev.ToolFinished("f1", "Sunny."))) == [output("Sunny.")]
        assert sent(call.hear(done("r2"))) == [CREATE]

    def test_one_that_ends_at_once_is_not_talked_about(self) -> None:
        call = self.told()
        assert sent(call.hear(ev.ToolFinished("f1", "Sunny."))) == [output("Sunny."), CREATE]
        call.hear(ev.ResponseCreated("r2"), done("r2"))
        assert sent(call.wait(10)) == []

    def test_however_much_it_says_the_model_says_it_a_few_times(self) -> None:
        call, asked = self.told(), 0
        for n in range(2, 9):
            created = sent(call.wait(3))
            asked += len(created)
            call.hear(*([ev.ResponseCreated(f"r{n}"), done(f"r{n}")] if created else []))
            call.hear(ev.ToolTold("f1", f"{n} tenths of it."))
        assert asked == tool_call.MAX_WORDS

    def test_whoever_speaks_or_asked_for_something_else_is_not_told(self) -> None:
        call = self.told()
        call.hear(ev.SpeechStarted("u2"))
        assert sent(call.wait(10)) == []

    def test_a_server_that_wants_an_answer_first_says_nothing_meanwhile(self) -> None:
        assert sent(self.told(late_outputs=False).wait(10)) == []


class TestAServerThatSaysMoreOfOneThatRuns:
    @pytest.mark.parametrize("status", ["incomplete", "cancelled"])
    def test_that_it_was_cut_short_ends_it_once_and_the_model_knows(self, status: str) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        effects = call.hear(ev.ResponseCreated("r1"), *function()[:4], cut_short(), done("r1", status))
        effects += call.hear(ev.ToolFinished("f1", "Sunny."))
        assert shown(effects, RunTool, CancelTool) == [RunTool("f1", "weather", ARGUMENTS), CancelTool("f1")]
        assert sent(effects) == [output(tools.CANCELLED)]

    def test_the_person_allows_what_they_were_shown(self) -> None:
        call, _ = called(ASKING)
        call.hear(ev.ToolReported("f1", "function", "r1", name="other", arguments='{"city": "Rome"}', state="done"))
        assert shown(call.hear(ev.Approved("f1", yes=True)), RunTool) == [RunTool("f1", "weather", ARGUMENTS)]


class TestSeveral:
    def test_one_response_follows_when_all_are_answered(self) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"))
        effects = call.hear(*function("f1", call="c1"), *function("f2", call="c2"), done())
        assert [run.item for run in shown(effects, RunTool)] == ["f1", "f2"]
        assert sent(call.hear(ev.ToolFinished("f2", "B"))) == [output("B", "c2")]
        assert sent(call.hear(ev.ToolFinished("f1", "A"))) == [output("A"), CREATE]

    def test_one_that_nobody_offered_waits_for_the_others(self) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        unknown = ev.ToolReported("f2", "function", "r1", name="pay", call="c2", state="done")
        effects = call.hear(ev.ResponseCreated("r1"), *function(), unknown, done())
        assert sent(effects) == [output(tools.NO_SUCH_TOOL, "c2")]
        assert sent(call.hear(ev.ToolFinished("f1", "A"))) == [output("A"), CREATE]

    def test_of_too_many_at_once_the_last_are_not_begun(self) -> None:
        call = Call(functions=(WEATHER,)).begin()
        events = [event for n in range(tools.MAX_AT_ONCE + 1) for event in function(f"f{n}", "r1", f"c{n}")]
        effects = call.hear(ev.ResponseCreated("r1"), *events)
        assert len(shown(effects, RunTool)) == tools.MAX_AT_ONCE
        assert sent(effects) == [output(tools.TOO_MANY, f"c{tools.MAX_AT_ONCE}")]


def test_of_more_than_are_followed_at_once_each_is_answered_and_none_that_runs_is_stopped() -> None:
    call = Call(functions=(WEATHER,)).begin()
    call.ask()
    call.hear(ev.ResponseCreated("r1"))
    reports = [function(f"f{n}", call=f"c{n}") for n in range(tools.MAX_AT_ONCE + 2 * tools.MAX_RUNNING)]
    effects = call.hear(*(event for each in reports[: tools.MAX_AT_ONCE] for event in each))
    # All the others begin before any of them is all said.
    others = reports[tools.MAX_AT_ONCE :]
    for part in (slice(0, 3), slice(3, None)):
        effects += call.hear(*(event for each in others for event in each[part]))
    effects += call.hear(done())
    assert len(shown(effects, RunTool)) == tools.MAX_AT_ONCE
    assert shown(effects, CancelTool) == []
    answered = [message["item"]["call_id"] for message in sent(effects)]
    assert sorted(answered) == sorted(f"c{n}" for n in range(tools.MAX_AT_ONCE, len(reports)))


def other(report: ev.Event) -> ev.Event:
    """With other arguments."""
    changed = isinstance(report, ev.ToolReported) and report.arguments
    return replace(report, arguments='{"city": "Nara"}') if changed else report


class TestOneIdForTwoCalls:
    """Some servers tell of one call under two items; others number the calls of each response anew."""

    @pytest.mark.parametrize("together", [True, False])
    def test_in_one_response_it_is_one_call_which_is_run_and_answered_once(self, together: bool) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"))
        effects = call.hear(*function("f1"))
        effects += (
            call.hear(*function("f2")) if together else call.hear(ev.ToolFinished("f1", "Sunny."), *function("f2"))
        )
        effects += call.hear(done()) + ([] if not together else call.hear(ev.ToolFinished("f1", "Sunny.")))
        assert shown(effects, RunTool) == [RunTool("f1", "weather", ARGUMENTS)]
        assert sent(effects) == [output("Sunny."), CREATE]

    def test_with_other_arguments_it_is_another_call(self) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        effects = call.hear(ev.ResponseCreated("r1"), *function("f1"), *map(other, function("f2")))
        assert [run.item for run in shown(effects, RunTool)] == ["f1", "f2"]

    @pytest.mark.parametrize("response", ["r2", ""])
    def test_in_another_response_it_is_another_call(self, response: str) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        for n, of in enumerate(("r1" if response else "", response), 1):
            effects = call.hear(ev.ResponseCreated(f"r{n}"), *function(f"f{n}", of), done(f"r{n}"))
            assert [run.item for run in shown(effects, RunTool)] == [f"f{n}"]
            assert output("Sunny.") in sent(call.hear(ev.ToolFinished(f"f{n}", "Sunny.")))


class TestOneThatThePersonIsAskedAbout:
    def test_it_runs_when_they_allow_it(self) -> None:
        call, effects = called(ASKING)
        assert (shown(effects, AskPerson), shown(effects, RunTool)) == ([AskPerson("f1")], [])
        assert states(effects)[-1] == "asked"
        effects = call.hear(ev.Approved("f1", yes=True))
        assert shown(effects, RunTool) == [RunTool("f1", "weather", ARGUMENTS)]
        assert states(effects) == ["running"]
        assert call.hear(ev.Approved("f1", yes=False)) == []

    def test_it_does_not_when_they_do_not(self) -> None:
        call, _ = called(ASKING)
        effects = call.hear(ev.Approved("f1", yes=False))
        assert (sent(effects), states(effects)) == ([output(tools.DECLINED), CREATE], ["declined"])
        assert call.hear(ev.Approved("f1", yes=True)) == []

    def test_it_stays_a_question_while_they_speak(self) -> None:
        call, _ = called(ASKING)
        call.ask("u2")
        assert shown(call.hear(ev.Approved("f1", yes=True)), RunTool)

    @pytest.mark.parametrize("typed", [False, True])
    @pytest.mark.parametrize(("words", "yes"), [("Yes, please.", True), ("いいえ", False)])
    def test_asked_aloud_they_answer_aloud(self, typed: bool, words: str, yes: bool) -> None:
        call = asked_aloud("Shall I look it up?")
        effects = call.hear(ev.TextTyped(words)) if typed else say(call, words)
        assert bool(shown(effects, RunTool)) is yes
        assert states(effects) == ["running" if yes else "declined"]
        assert (output(tools.DECLINED) in sent(effects)) is not yes

    def test_a_yes_to_something_else_is_none(self) -> None:
        for said in ("I will look it up.", ""):
            assert states(say(asked_aloud(said), "Yes.")) == []
        assert states(say(asked_aloud("Shall I look it up?"), "Yes, in Kyoto.")) == []

    def test_of_two_questions_nobody_knows_which_is_answered(self) -> None:
        call = asked_aloud("Shall I look it up?", function("f2", call="c2"))
        assert states(say(call, "Yes.")) == []

    def test_a_question_that_was_cut_before_its_end_is_not_answered(self) -> None:
        call = asked_aloud("I can look it up. Shall I?", seconds=10)
        call.hear(ev.Heard("a1", 2000), ev.SpeechStarted("u2"), ev.Flushed("a1", 2000))
        assert states(call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", None), ev.UserText("u2", "Yes."))) == []

    def test_nothing_but_a_question_is_answered(self) -> None:
        call, _ = called()
        assert call.hear(ev.Approved("f1", yes=True)) == []
        assert call.hear(ev.Approved("nothing", yes=True)) == []


class TestThePersonMeanwhile:
    def test_the_stop_key_ends_it_and_the_model_knows(self) -> None:
        call, _ = called()
        effects = call.hear(ev.Interrupted())
        assert shown(effects, CancelTool) == [CancelTool("f1")]
        assert (sent(effects), states(effects), turns(effects)) == (
            [output(tools.CANCELLED)],
            ["failed"],
            ["listening"],
        )
        assert call.hear(ev.ToolFinished("f1", "Sunny.")) == []

    def test_an_answer_that_is_cut_ends_what_it_had_begun(self) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"), *function())
        effects = call.hear(ev.SpeechStarted("u2"))
        assert (shown(effects, CancelTool), sent(effects)) == ([CancelTool("f1")], [output(tools.CANCELLED)])

    def test_what_was_not_said_to_its_end_is_not_answered(self) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        effects = call.hear(ev.ResponseCreated("r1"), *function()[:3], ev.SpeechStarted("u2"), *function()[3:])
        assert (shown(effects, RunTool), sent(effects)) == ([], [])

    def test_they_may_talk_about_something_else_and_hear_of_it_then(self) -> None:
        call, _ = called()
        call.ask("u2")
        assert sent(call.answer(response="r2")) == []
        effects = call.hear(ev.ToolFinished("f1", "Sunny."))
        assert sent(effects) == [output("Sunny."), CREATE]

    def test_while_they_speak_nothing_is_asked_for(self) -> None:
        call, _ = called()
        call.hear(ev.SpeechStarted("u2"))
        assert sent(call.hear(ev.ToolFinished("f1", "Sunny."))) == [output("Sunny.")]
        # What they say is answered with it.
        effects = call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", None), ev.ResponseCreated("r2"), done("r2"))
        assert sent(effects) == []

    def test_an_answer_that_was_owed_before_it_ended_is_no_answer_with_it(self) -> None:
        call, _ = called()
        call.ask("u2")
        effects = call.hear(ev.ToolFinished("f1", "Sunny."), ev.ResponseCreated("r2"), done("r2"))
        assert sent(effects) == [output("Sunny."), CREATE]

    def test_if_they_said_nothing_it_is_told_all_the_same(self) -> None:
        call, _ = called()
        call.hear(ev.SpeechStarted("u2"), ev.ToolFinished("f1", "Sunny."), ev.SpeechStopped("u2"))
        assert sent(call.hear(ev.Committed("u2", None), ev.UserText("u2", ""))) == [CREATE]

    def test_a_server_that_wants_an_answer_first_is_told_that_the_result_follows(self) -> None:
        call, _ = called(late_outputs=False)
        assert sent(call.hear(ev.SpeechStarted("u2"))) == [output(tools.FOLLOWS)]
        call.hear(ev.SpeechStopped("u2"), ev.SpeechStarted("u3"), ev.SpeechStopped("u3"), ev.UserText("u3", ""))
        call.answer(response="r2")
        again, result, asked = sent(call.hear(ev.ToolFinished("f1", "Sunny.")))
        assert again["item"]["type"] == "function_call"
        assert (again["item"]["name"], again["item"]["arguments"]) == ("weather", ARGUMENTS)
        assert (result, asked) == (output("Sunny.", again["item"]["call_id"]), CREATE)


class TestAnotherSession:
    def test_it_runs_on_and_the_model_goes_on_with_its_result_alone(self) -> None:
        call, _ = called()
        effects = renewed(call)
        assert (shown(effects, RunTool, CancelTool), CREATE in sent(effects)) == ([], False)
        again, result, asked = sent(call.hear(ev.ToolFinished("f1", "Sunny.")))
        assert (again["item"]["type"], again["item"]["name"]) == ("function_call", "weather")
        assert (result["item"]["output"], result["item"]["call_id"]) == ("Sunny.", again["item"]["call_id"])
        assert asked == CREATE

    def test_a_response_that_was_lost_behind_it_is_not_asked_for_twice(self) -> None:
        call = Call(functions=(WEATHER,)).begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"), *function())
        assert CREATE not in sent(renewed(call))
        assert sent(call.hear(ev.ToolFinished("f1", "Sunny.")))[-1] == CREATE

    def test_a_result_that_came_while_there_was_none_is_told_whole(self) -> None:
        call, _ = called()
        call.hear(ev.SessionLost(faults.CLOSED))
        assert sent(call.hear(ev.ToolFinished("f1", "é" * 9000))) == []
        effects = [*call.conversation.renew(call.conversation.config, Capabilities()), *call.hear(ev.SessionRenewed())]
        results = [m["item"].get("output") for m in sent(effects) if m["type"] == "conversation.item.create"]
        assert "é" * 9000 in results
        assert sent(effects).count(CREATE) == 1

    def test_a_question_of_the_servers_goes_with_it_and_the_answer_is_still_owed(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"), *approval())
        assert sent(renewed(call)).count(CREATE) == 1

    def test_a_question_to_the_person_stays(self) -> None:
        call, _ = called(ASKING)
        renewed(call)
        assert shown(call.hear(ev.Approved("f1", yes=True)), RunTool)

    def test_what_it_is_told_and_says_back_is_no_call(self) -> None:
        call, _ = called()
        call.hear(ev.ToolFinished("f1", "Sunny."), ev.ResponseCreated("r2"), done("r2"))
        told = [m["item"] for m in sent(renewed(call)) if m["type"] == "conversation.item.create"]
        (use,) = [item for item in told if item["type"] == "function_call"]
        back = ev.ToolReported(use["id"], "function", name="weather", call=use["call_id"], state="done")
        assert call.hear(back) == []

    def test_what_is_offered_is_another_with_another_persona(self) -> None:
        call, _ = called()
        call.hear(ev.ToolFinished("f1", "Sunny."), ev.ResponseCreated("r2"), done("r2"))
        call.conversation.renew(Call().conversation.config, Capabilities())
        effects = call.hear(ev.SessionRenewed(), ev.ResponseCreated("r3"), *function("f3", "r3", "c3"))
        assert output(tools.NO_SUCH_TOOL, "c3") in sent(effects)


class TestTheEndOfTheCall:
    def test_it_comes_with_the_end_of_what_the_assistant_says(self) -> None:
        call, _ = called()
        call.hear(ev.EndWanted(), ev.ToolFinished("f1", "Goodbye."))
        effects = call.answer(response="r2", seconds=1)
        assert End(None) not in effects
        assert End(None) in call.hear(ev.Heard("a1", 1000))

    def test_it_does_not_come_if_the_person_goes_on(self) -> None:
        call, _ = called()
        call.hear(ev.EndWanted(), ev.ToolFinished("f1", "Goodbye."), ev.ResponseCreated("r2"), ev.SpeechStarted("u2"))
        effects = call.hear(ev.SpeechStopped("u2"), ev.UserText("u2", ""), done("r2", "cancelled"))
        assert End(None) not in [*effects, *call.wait(300)]

    def test_it_ends_what_runs(self) -> None:
        call, _ = called()
        call.hear(ev.ResponseCreated("r2"), *function("f2", "r2", "c2"))
        assert CancelTool("f2") in call.conversation.close()


def test_a_tool_of_the_servers_and_one_of_ours_are_both_waited_for() -> None:
    call = Call(functions=(WEATHER,)).begin()
    call.ask()
    call.hear(ev.ResponseCreated("r1"), *mcp(), *function(), *approval(), done())
    assert sent(call.hear(ev.ToolFinished("f1", "A"))) == [output("A")]
    assert sent(call.hear(ev.Approved("q1", yes=False)))[-1] == CREATE
