"""Whatever a call waits for ends: by its event, by a stronger one, or by the clock; and then the person knows."""

import pytest

from tests.conversation.call import CREATE, SECOND, TEXTS, Call, create_id, named, sent, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.deadlines import SECONDS, Wait
from voiceapp.conversation.effects import Flush, Notify, Play, SoundComplete, TextFinished

OVERDUE = Notify(faults.OVERDUE)
PATIENCE = SECONDS[Wait.RESPONSE]


def done(response: str = "r1", status: str = "completed") -> ev.ResponseDone:
    return ev.ResponseDone(response, status, None)


def kinds(effects: list[object]) -> list[str]:
    return [message["type"] for message in sent(effects)]


class TestAResponseThatDoesNotCome:
    def test_typed_text_without_an_answer_is_told_of_and_the_turn_given_back(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"))
        assert call.wait(PATIENCE - 1) == []
        effects = call.wait(1)
        assert effects[0] == OVERDUE
        assert turns(effects) == ["listening"]

    def test_the_next_text_is_asked_for(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"))
        call.wait(PATIENCE)
        assert sent(call.hear(ev.TextTyped("Are you there?")))[-1] == CREATE

    def test_a_turn_that_was_taken_and_forgotten_is_told_of(self) -> None:
        call = Call().begin()
        call.ask()
        effects = call.wait(PATIENCE)
        assert effects[0] == OVERDUE
        assert turns(effects) == ["listening"]

    def test_text_that_waited_for_an_answer_which_never_came_is_asked_for(self) -> None:
        call = Call().begin()
        call.ask()
        assert kinds(call.hear(ev.TextTyped("Hello"))) == ["conversation.item.create"]
        assert sent(call.wait(PATIENCE)) == [CREATE]

    def test_text_that_waited_for_the_end_of_an_answer_is_asked_for(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.TextTyped("Stop. What is two and two?"), ev.Flushed("a1", 0))
        assert sent(call.wait(PATIENCE)) == [CREATE]

    @pytest.mark.parametrize("named_by_it", [True, False])
    def test_an_error_gives_the_turn_back_at_once(self, named_by_it: bool) -> None:
        call = Call().begin()
        create = create_id(call.hear(ev.TextTyped("Hello")))
        effects = call.hear(ev.UpstreamError("server_error", "…", create if named_by_it else ""))
        assert Notify(faults.FAILED) in effects
        assert turns(effects) == ["listening"]
        assert sent(call.hear(ev.TextTyped("Hello?")))[-1] == CREATE

    def test_an_error_under_an_id_of_the_servers_own_names_nothing(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"))
        assert turns(call.hear(ev.UpstreamError("server_error", "…", "event_of_theirs"))) == ["listening"]

    def test_an_error_that_names_another_message_does_not(self) -> None:
        call = Call().begin()
        item, _ = named(call.hear(ev.TextTyped("Hello")))
        assert turns(call.hear(ev.UpstreamError("invalid_value", "…", item["event_id"]))) == []

    def test_text_behind_a_failed_turn_is_asked_for_at_the_error(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.TextTyped("Hello"))
        assert sent(call.hear(ev.UpstreamError("server_error", "…", ""))) == [CREATE]

    def test_one_that_is_late_is_heard_all_the_same(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"))
        call.wait(PATIENCE + 30)
        effects = call.answer()
        assert len([effect for effect in effects if isinstance(effect, Play)]) == 1
        assert turns(effects) == ["thinking", "assistant"]

    def test_what_is_asked_for_behind_one_that_was_refused_has_its_whole_time(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"), ev.TextTyped("Hello?"))
        call.wait(PATIENCE - 1)
        assert sent(call.hear(ev.UpstreamError("server_error", "…", ""))) == [CREATE]
        assert call.wait(PATIENCE - 1) == []

    def test_a_turn_that_is_taken_behind_another_has_its_whole_time(self) -> None:
        call = Call().begin()
        call.ask("u1")
        call.wait(PATIENCE - 1)
        call.ask("u2")
        assert call.wait(PATIENCE - 1) == []

    def test_nobody_is_told_of_one_they_did_not_want(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.Interrupted())
        assert call.wait(PATIENCE) == []

    def test_where_another_runs_that_nobody_hears_of_it_is_tried_once_more_and_told(self) -> None:
        call = Call().begin()
        for again in (True, False):
            create = create_id(call.hear(ev.TextTyped("Hello")) if again else call.wait(PATIENCE))
            effects = call.hear(ev.UpstreamError(faults.ACTIVE, "…", create))
            assert (OVERDUE in effects) is not again
        assert turns(call.wait(PATIENCE)) == ["listening"]
        assert call.conversation.deadline is None

    def test_another_that_has_no_name_is_cancelled_without_one(self) -> None:
        call = Call().begin()
        create = create_id(call.hear(ev.TextTyped("Hello")))
        call.hear(ev.UpstreamError(faults.ACTIVE, "…", create))
        assert sent(call.hear(ev.Interrupted())) == [{"type": "response.cancel"}]


class TestAResponseThatDoesNotEnd:
    def test_without_a_sign_of_it_the_turn_is_given_back(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"))
        effects = call.wait(PATIENCE)
        assert effects[0] == OVERDUE
        assert turns(effects) == ["listening"]

    def test_as_long_as_sound_comes_it_may_take_its_time(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        for _ in range(5):
            assert call.wait(PATIENCE - 15) == []
            assert call.conversation.take_audio("r1", "a1", 48_000)
        assert turns(call.wait(2 * PATIENCE)) == ["listening"]

    def test_an_error_may_have_been_its_end(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"))
        assert turns(call.hear(ev.UpstreamError("server_error", "…", ""))) == []
        assert turns(call.wait(SECONDS[Wait.AFTER_ERROR])) == ["listening"]

    def test_an_error_behind_which_it_goes_on_was_not(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"), ev.UpstreamError("server_error", "…", ""))
        call.answer(done=False)
        assert call.wait(SECONDS[Wait.AFTER_ERROR]) == []

    def test_an_error_of_an_answer_before_does_not_hurry_the_next(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"), ev.UpstreamError("server_error", "…", ""), done("r1", "failed"))
        call.ask("u2")
        assert call.wait(SECONDS[Wait.AFTER_ERROR]) == []

    def test_an_error_of_an_answer_that_was_interrupted_hurries_nothing_either(self) -> None:
        call = Call().begin()
        call.hear(ev.ResponseCreated("r1"), ev.UpstreamError("server_error", "…", ""))
        call.ask()
        assert call.wait(PATIENCE - 1) == []
        call.wait(1)
        assert call.conversation.deadline is None

    def test_what_was_cut_and_given_up_stays_silent(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.Interrupted(), ev.Flushed("a1", 500))
        call.wait(PATIENCE)
        effects = call.hear(ev.AudioDelta("r1", "a2", SECOND))
        assert [effect for effect in effects if isinstance(effect, Play)] == []
        assert turns(effects) == []

    def test_the_beginning_of_a_cut_one_said_twice_is_no_answer_to_what_was_asked_since(self) -> None:
        call = Call().begin()
        call.hear(ev.ResponseCreated("r1"), ev.SpeechStarted("u1"), ev.UserText("u1", ""))
        call.wait(PATIENCE)
        call.hear(ev.TextTyped("Hello"), ev.ResponseCreated("r1"), done("r1", "cancelled"))
        assert OVERDUE in call.wait(PATIENCE)

    def test_one_that_was_given_up_is_cancelled_when_the_person_goes_on(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"))
        call.wait(PATIENCE)
        assert sent(call.hear(ev.TextTyped("Hello?")))[0] == {"type": "response.cancel", "response_id": "r1"}


class TestEscape:
    def test_while_it_thinks_does_not_cancel_the_answer_to_a_later_question(self) -> None:
        late = ev.SpeechStarted("u2")
        for later in ([late, ev.SpeechStopped("u2")], [ev.SpeechStopped("u2"), late], [ev.Committed("u2", None)]):
            for first in ([ev.TextTyped("Hello")], [ev.SpeechStarted("u1"), ev.SpeechStopped("u1")]):
                call = Call().begin()
                call.hear(*first, ev.Interrupted(), *later)
                assert sent(call.hear(ev.ResponseCreated("r2"))) == []

    def test_while_it_thinks_cancels_what_begins_before_the_person_has_said_all(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"), ev.Interrupted(), ev.SpeechStarted("u2"))
        assert sent(call.hear(ev.ResponseCreated("r1"))) == [{"type": "response.cancel", "response_id": "r1"}]

    def test_that_met_an_error_does_not_cancel_the_next_answer(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"), ev.Interrupted(), ev.UpstreamError("server_error", "…", ""))
        call.ask()
        assert sent(call.hear(ev.ResponseCreated("r1"))) == []

    def test_gives_the_turn_back_although_the_response_has_not_ended(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        assert turns(call.hear(ev.Interrupted())) == ["listening"]


class TestSoundOfAResponseThatIsDone:
    @pytest.mark.parametrize("status", ["completed", "failed", "incomplete"])
    def test_it_is_complete_and_when_it_is_heard_the_turn_is_given_back(self, status: str) -> None:
        call = Call().begin()
        call.answer(done=False)
        effects = call.hear(done("r1", status))
        assert [effect.item for effect in effects if isinstance(effect, SoundComplete)] == ["a1"]
        assert turns(effects) == []
        assert turns(call.hear(ev.Heard("a1", 1000))) == ["listening"]
        assert call.conversation.quiet

    def test_its_words_are_final(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        assert TextFinished("a1", "One two three four five.") in call.hear(done("r1", "failed"))

    def test_words_of_a_whole_one_may_come_after_it(self) -> None:
        call = Call().begin()
        call.hear(ev.ResponseCreated("r1"), ev.AudioDelta("r1", "a1", SECOND), done())
        assert shown(call.hear(ev.AssistantText("r1", "a1", "One.")), *TEXTS)[-1].text == "One."

    def test_a_server_that_does_not_say_how_it_ended_has_ended_it_well(self) -> None:
        call = Call().begin()
        call.hear(ev.ResponseCreated("r1"))
        call.hear(ev.ToolReported("f1", "function", "r1", name="weather", call="c1"))
        assert kinds(call.hear(done("r1", ""))) == ["conversation.item.create", "response.create"]

    def test_sound_of_another_response_goes_on(self) -> None:
        call = Call().begin()
        call.answer("a1", "r1", done=False)
        call.answer("a2", "r2", done=False)
        ended = call.hear(done("r1"))
        assert [effect.item for effect in ended if isinstance(effect, SoundComplete)] == ["a1"]

    def test_the_page_is_told_once(self) -> None:
        call = Call().begin()
        call.answer()
        assert call.hear(ev.AudioDone("r1", "a1")) == []


class TestAPageThatSaysNothing:
    def test_sound_is_over_soon_after_it_can_have_been_heard(self) -> None:
        call = Call().begin()
        call.answer(seconds=20)
        assert call.wait(20 + SECONDS[Wait.PLAYBACK] - 1) == []
        assert turns(call.wait(1)) == ["listening"]

    def test_queued_answers_have_the_time_of_all(self) -> None:
        call = Call().begin()
        call.answer("a1", "r1", seconds=20)
        call.answer("a2", "r2", seconds=20)
        assert call.wait(40) == []
        assert turns(call.wait(SECONDS[Wait.PLAYBACK])) == ["listening"]

    def test_a_page_that_plays_on_has_the_turn_again(self) -> None:
        call = Call().begin()
        call.answer(seconds=20)
        call.wait(60)
        assert turns(call.hear(ev.Heard("a1", 3000))) == ["assistant"]
        assert turns(call.hear(ev.Heard("a1", 20_000))) == ["listening"]

    def test_sound_of_which_nobody_says_the_end_is_over_by_the_clock(self) -> None:
        call = Call().begin()
        call.hear(ev.AudioDelta("r9", "a9", SECOND))
        effects = call.wait(1 + PATIENCE)
        assert [effect.item for effect in effects if isinstance(effect, SoundComplete)] == ["a9"]
        assert turns(effects) == ["listening"]

    def test_what_was_heard_of_a_cut_is_taken_from_its_last_report(self) -> None:
        call = Call().begin()
        call.answer(seconds=3)
        call.hear(ev.Heard("a1", 1500), ev.Interrupted())
        assert not call.conversation.quiet
        (cut,) = sent(call.wait(SECONDS[Wait.FLUSHED]))
        assert (cut["type"], cut["audio_end_ms"]) == ("conversation.item.truncate", 1500)
        assert call.conversation.quiet
        assert call.hear(ev.Flushed("a1", 1700)) == []


class TestAServersOwnCancellation:
    def test_what_is_queued_is_flushed_and_cut_by_what_was_heard(self) -> None:
        call = Call().begin()
        call.answer(seconds=5, done=False)
        effects = call.hear(done("r1", "cancelled"))
        assert shown(effects, Flush) == [Flush("a1")]
        assert turns(effects) == ["listening"]
        (cut,) = sent(call.hear(ev.Flushed("a1", 1200)))
        assert (cut["type"], cut["audio_end_ms"]) == ("conversation.item.truncate", 1200)

    def test_the_queue_of_another_answer_plays_on(self) -> None:
        call = Call().begin()
        call.answer("a1", "r1", seconds=5)
        call.answer("a2", "r2", done=False)
        assert shown(call.hear(done("r2", "cancelled")), Flush) == [Flush("a2")]

    def test_after_a_barge_in_there_is_no_second_flush(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.SpeechStarted("u2"))
        assert shown(call.hear(done("r1", "cancelled")), Flush) == []


class TestATool:
    def test_one_of_which_nothing_more_is_heard_is_waited_for_no_longer(self) -> None:
        call = Call().begin()
        call.hear(ev.ToolReported("t1", "mcp", name="search"))
        assert call.wait(SECONDS[Wait.TOOL] - 1) == []
        effects = call.wait(1)
        assert effects[0] == OVERDUE
        assert turns(effects) == ["listening"]

    def test_the_response_that_called_it_waits_as_long(self) -> None:
        call = Call().begin()
        call.hear(ev.ResponseCreated("r1"), ev.ToolReported("t1", "mcp", "r1", name="search"))
        assert call.wait(SECONDS[Wait.TOOL] - 1) == []
        effects = call.hear(ev.ToolReported("t1", "mcp", "r1", state="done", result="Found."), done())
        assert sent(effects) == [CREATE]

    def test_its_every_word_counts(self) -> None:
        call = Call().begin()
        for _ in range(5):
            call.hear(ev.ToolReported("t1", "mcp", name="search"))
            assert call.wait(SECONDS[Wait.TOOL] - 1) == []
