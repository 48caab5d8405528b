"""What is said into an answer: it is held, and cut once it is known that the person means it, or goes on."""

from typing import Any

import pytest

from tests.conversation.call import CREATE, Call, careful, sent, shown
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.capabilities import Capabilities
from voiceapp.conversation.doubts import MAX_LATE, Doubts
from voiceapp.conversation.effects import Flush, Hold, Play, SoundComplete, TextHeard, TextIncomplete
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad, ServerVad

HELD, ON = Hold(on=True, voice_ms=600), Hold(on=False)
TRUNCATE = {"type": "conversation.item.truncate", "item_id": "a1", "content_index": 0}
CANCEL = {"type": "response.cancel", "response_id": "r1"}


def answering(yields: bool = True, *, done: bool = True, **config: Any) -> Call:
    """Asked, and in the middle of an answer of ten seconds."""
    call = careful(yields, **config)
    call.ask("u1")
    call.hear(ev.UserText("u1", "Tell me more."))
    call.answer(seconds=10, done=done)
    call.hear(ev.Heard("a1", 5000))
    return call


def speak(call: Call, turn: str = "u2", seconds: float = 0.3) -> list[Any]:
    """The person speaks for a moment, and the server takes it, after the silence that it waits for."""
    effects = call.hear(ev.SpeechStarted(turn)) + call.wait(seconds + 0.5)
    return effects + call.hear(ev.SpeechStopped(turn), ev.Committed(turn, None))


def lost_while_held(yields: bool = True, *, done: bool = True, stopped: bool = True) -> Call:
    """Another session has taken over, and is about to hear again what was said into the answer."""
    call = answering(yields, done=done)
    if stopped:
        speak(call)
    else:
        call.hear(ev.SpeechStarted("u2"))
    call.hear(ev.SessionLost(faults.CLOSED), ev.Flushed("a1", 5000))
    conversation = call.conversation
    conversation.renew(conversation.config, Capabilities(yields=yields))
    call.hear(ev.SessionRenewed())
    return call


class TestAVoiceInAnAnswer:
    def test_holds_it_and_loses_nothing(self) -> None:
        for yields in (True, False):
            effects = answering(yields).hear(ev.SpeechStarted("u2"))
            assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD], [])

    def test_that_coughed_lets_it_go_on(self) -> None:
        for words in ("", "[coughing]"):
            call = answering()
            effects = speak(call) + call.hear(ev.UserText("u2", words))
            assert (shown(effects, Flush, Hold, TextHeard), sent(effects)) == ([HELD, ON], [])

    def test_that_says_it_listens_lets_it_go_on(self) -> None:
        for words in ("Mm-hmm.", "うん", "Yeah, okay."):
            call = answering(done=False)
            effects = speak(call) + call.hear(ev.UserTextDelta("u2", words), ev.UserText("u2", words))
            assert (shown(effects, Flush, Hold, TextHeard), sent(effects)) == ([HELD, ON], [])
            assert len(shown(call.answer("a2", "r1"), Play)) == 1

    def test_that_lasts_cuts_it_where_it_was_heard(self) -> None:
        call = answering(done=False)
        call.hear(ev.SpeechStarted("u2"))
        assert shown(call.wait(1.4), Flush) == []
        effects = call.wait(0.2)
        assert (shown(effects, Flush, Hold), sent(effects)) == ([Flush("a1"), ON], [CANCEL])
        assert sent(call.hear(ev.Flushed("a1", 5400))) == [{**TRUNCATE, "audio_end_ms": 5400}]

    def test_that_the_page_has_heard_for_long_enough_cuts_it(self) -> None:
        call = answering()
        effects = call.hear(ev.SpeechStarted("u2"), ev.Voiced())
        assert shown(effects, Flush, Hold) == [HELD, Flush("a1"), ON]

    def test_lasts_longer_where_the_server_judges_by_the_meaning(self) -> None:
        call = answering()
        call.hear(ev.Configured(SemanticVad("high")), ev.SessionUpdated("gpt", "marin", None), ev.SpeechStarted("u2"))
        assert shown(call.wait(2.9), Flush) == []
        assert shown(call.wait(0.2), Flush) == [Flush("a1")]

    def test_cuts_it_with_the_first_word_that_is_no_backchannel(self) -> None:
        call = answering()
        call.hear(ev.SpeechStarted("u2"))
        assert shown(call.hear(ev.UserTextDelta("u2", "Yeah")), Flush) == []
        assert shown(call.hear(ev.UserTextDelta("u2", " but")), Flush) == [Flush("a1")]

    def test_is_asked_for_once_whenever_it_is_known_to_be_meant(self) -> None:
        stop, commit, words = ev.SpeechStopped("u2"), ev.Committed("u2", None), ev.UserText("u2", "Stop.")
        for order in ([stop, commit, words], [stop, words, commit], [words, stop, commit], [ev.Voiced(), stop, commit]):
            call = answering()
            effects = call.hear(ev.SpeechStarted("u2"), *order, ev.UserText("u2", "Stop."))
            assert sent(effects) == [CREATE]
            assert shown(effects, Flush, Hold) == [HELD, Flush("a1"), ON]
            assert len(shown(call.answer("a2", "r2"), Play)) == 1

    def test_a_stop_or_a_text_cuts_it_at_once(self) -> None:
        for event in (ev.Interrupted(), ev.TextTyped("Stop")):
            call = answering()
            effects = call.hear(ev.SpeechStarted("u2"), event)
            assert shown(effects, Flush, Hold) == [HELD, Flush("a1"), ON]

    def test_whose_words_do_not_come_lets_it_go_on_and_they_interrupt_it_yet(self) -> None:
        call = answering()
        speak(call)
        assert shown(call.wait(2.1), Flush, Hold) == [ON]
        effects = call.hear(ev.UserText("u2", "Stop that."))
        assert (shown(effects, Flush, Hold), sent(effects)) == ([Flush("a1")], [CREATE])

    def test_that_nobody_can_write_down_and_is_short_lets_it_go_on(self) -> None:
        call = answering()
        effects = speak(call) + call.hear(ev.UserTextFailed("u2"))
        assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD, ON], [])

    def test_that_nobody_can_write_down_is_an_answer_to_what_is_nearly_over(self) -> None:
        call = answering()
        call.hear(ev.Heard("a1", 9300))
        assert sent(speak(call) + call.hear(ev.UserTextFailed("u2"))) == [CREATE]

    def test_where_nothing_is_written_down_lets_it_go_on_with_its_end_unless_it_lasts(self) -> None:
        call = careful(transcription_model=None)
        call.ask("u1")
        call.hear(ev.ResponseCreated("r1"))
        assert sent(speak(call)) == [CANCEL]
        call = answering(transcription_model=None)
        effects = speak(call)
        assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD, ON], [])
        effects = call.hear(ev.SpeechStarted("u3"), ev.Voiced(), ev.SpeechStopped("u3"), ev.Committed("u3", None))
        assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD, Flush("a1"), ON], [CREATE])

    def test_whose_words_are_known_before_its_end_has_no_answer(self) -> None:
        stop, commit = ev.SpeechStopped("u2"), ev.Committed("u2", None)
        for text in ("", "Mm-hmm."):
            words = ev.UserText("u2", text)
            for order in ([stop, words, commit], [words, stop, commit]):
                call = answering()
                effects = call.hear(ev.SpeechStarted("u2"), *order)
                assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD, ON], [])
                call = answering(yields=False)
                call.hear(ev.SpeechStarted("u2"), *order)
                assert shown(call.answer("a2", "r2"), Play) == []

    def test_once_more_is_judged_with_the_first(self) -> None:
        call = answering()
        speak(call, "u2")
        assert shown(call.hear(ev.SpeechStarted("u3"), ev.UserText("u2", "Mm-hmm.")), Hold) == []
        effects = call.hear(ev.SpeechStopped("u3"), ev.Committed("u3", "u2"), ev.UserText("u3", "I see."))
        assert (shown(effects, Flush, Hold), sent(effects)) == ([ON], [])

    def test_that_is_meant_is_answered_with_what_the_person_says_behind_it(self) -> None:
        for words in ("Next to the river.", ""):
            call = answering()
            speak(call, "u2")
            assert sent(call.hear(ev.SpeechStarted("u3"), ev.UserText("u2", "Where was that?"))) == []
            effects = call.hear(ev.SpeechStopped("u3"), ev.Committed("u3", "u2"), ev.UserText("u3", words))
            effects += (
                call.hear(ev.ResponseCreated("r2"), ev.ResponseDone("r2", "cancelled", None)) if not words else []
            )
            assert sent(effects).count(CREATE) == (1 if words else 2)

    def test_in_the_last_second_is_an_answer_to_it(self) -> None:
        call = answering()
        call.hear(ev.Heard("a1", 9300))
        effects = speak(call) + call.hear(ev.UserText("u2", "Yes."))
        assert sent(effects) == [CREATE]

    def test_a_cough_in_the_last_second_is_none(self) -> None:
        call = answering()
        call.hear(ev.Heard("a1", 9300))
        assert sent(speak(call) + call.hear(ev.UserText("u2", ""))) == []

    def test_to_nothing_is_an_ordinary_turn(self) -> None:
        call = careful()
        effects = call.ask("u1")
        assert (shown(effects, Hold), sent(effects)) == ([], [CREATE])
        assert sent(call.hear(ev.UserText("u1", "Mm-hmm."))) == []

    def test_while_it_is_held_keeps_the_turn_as_it_is(self) -> None:
        call = answering()
        assert call.hear(ev.SpeechStarted("u2"))[-1].state == "user"
        assert call.hear(ev.SpeechStopped("u2"))[-1].state == "assistant"

    def test_may_be_sharp_again_in_mid_call(self) -> None:
        call = answering()
        call.hear(ev.Configured(confirms=False), ev.SessionUpdated("gpt", "marin", None))
        assert shown(call.hear(ev.SpeechStarted("u2")), Flush, Hold) == [Flush("a1")]


class TestAHeldAnswer:
    def test_that_is_done_meanwhile_plays_to_its_end(self) -> None:
        call = answering(done=False)
        call.hear(ev.SpeechStarted("u2"))
        effects = call.hear(ev.AudioDone("r1", "a1"), ev.ResponseDone("r1", "completed", None))
        assert shown(effects, Flush, SoundComplete) == [SoundComplete("a1")]
        call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", None), ev.UserText("u2", ""))
        assert call.hear(ev.Heard("a1", 10_000))[-1].state == "listening"

    def test_that_begins_meanwhile_waits(self) -> None:
        call = careful()
        call.ask("u1")
        call.hear(ev.SpeechStarted("u2"))
        assert len(shown(call.answer(), Play)) == 1
        call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", None))
        effects = call.hear(ev.UserText("u2", ""))
        assert (shown(effects, Flush, Hold), sent(effects)) == ([ON], [])

    def test_is_no_matter_of_the_time_that_playing_takes(self) -> None:
        call = answering()
        call.hear(ev.Configured(SemanticVad("low")), ev.SessionUpdated("gpt", "marin", None))
        for turn in ("u2", "u3", "u4"):
            call.hear(ev.SpeechStarted(turn))
            call.wait(8)
            call.hear(ev.SpeechStopped(turn), ev.Committed(turn, None), ev.UserText(turn, ""))
        assert call.hear(ev.Heard("a1", 10_000))[-1].state == "listening"

    def test_is_known_to_a_page_that_is_loaded_again(self) -> None:
        call = answering()
        call.hear(ev.SpeechStarted("u2"))
        assert HELD in call.conversation.retell()

    def test_is_held_again_by_a_page_that_let_it_go_on_without_a_line(self) -> None:
        call = answering()
        call.hear(ev.SpeechStarted("u2"), ev.PageLost())
        assert shown(call.hear(ev.PageBack()), Hold) == [HELD]
        assert shown(answering().hear(ev.PageLost(), ev.PageBack()), Hold) == []

    def test_of_a_session_that_is_lost_is_held_no_longer(self) -> None:
        call = answering()
        call.hear(ev.SpeechStarted("u2"))
        assert shown(call.hear(ev.SessionLost(faults.CLOSED)), Flush, Hold) == [ON]

    @pytest.mark.parametrize("yields", [True, False])
    def test_is_in_doubt_again_where_the_next_session_hears_it_again(self, yields: bool) -> None:
        for stopped in (True, False):
            call = lost_while_held(yields, stopped=stopped)
            assert shown(call.hear(ev.SpeechStarted("v2")), Flush, Hold) == [HELD]
            effects = call.hear(ev.SpeechStopped("v2"), ev.Committed("v2", None), ev.UserText("v2", ""))
            assert (shown(effects, Flush, Hold), sent(effects)) == ([ON], [])
            assert not call.conversation.thinking

    def test_that_was_not_whole_is_asked_for_again_whatever_was_said_into_it(self) -> None:
        call = lost_while_held(done=False)
        effects = speak(call, "v2") + call.hear(ev.UserText("v2", "Mm-hmm."))
        assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD, ON], [])
        assert len(shown(call.answer("a2", "r2"), Play)) == 1

    def test_of_a_session_that_is_lost_is_cut_by_a_question_all_the_same(self) -> None:
        call = lost_while_held()
        effects = speak(call, "v2") + call.hear(ev.UserText("v2", "What time is it?"))
        assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD, Flush("a1"), ON], [CREATE])


class TestAnAnswerThatHangsOnATool:
    def looking_up(self, *, over: bool = False) -> Call:
        call = careful()
        call.ask("u1")
        call.hear(ev.UserText("u1", "Where is it?"), ev.ResponseCreated("r1"), ev.ToolReported("t1", "mcp", "r1"))
        if over:
            call.hear(ev.ResponseDone("r1", "completed", None))
        return call

    def found(self, call: Call, *, over: bool = False) -> list[Any]:
        """The tool is done, and the response that called it is over."""
        effects = call.hear(ev.ToolReported("t1", "mcp", "r1", state="done", result="here"))
        return sent(effects + ([] if over else call.hear(ev.ResponseDone("r1", "completed", None))))

    @pytest.mark.parametrize("over", [True, False])
    def test_is_asked_for_although_somebody_coughs_meanwhile(self, over: bool) -> None:
        for words in ("", "Mm-hmm."):
            call = self.looking_up(over=over)
            effects = speak(call) + call.hear(ev.UserText("u2", words))
            assert (shown(effects, Flush, Hold), sent(effects)) == ([HELD, ON], [])
            assert self.found(call, over=over) == [CREATE]

    def test_gives_way_to_a_question(self) -> None:
        call = self.looking_up()
        assert sent(speak(call) + call.hear(ev.UserText("u2", "Never mind. What time is it?"))) == [CANCEL]
        assert self.found(call) == [CREATE]
        assert self.found(call) == []

    def test_is_asked_for_again_if_that_was_noise(self) -> None:
        call = self.looking_up(over=True)
        call.hear(ev.SpeechStarted("u2"), ev.Voiced(), ev.SpeechStopped("u2"), ev.Committed("u2", None))
        call.hear(ev.ResponseCreated("r2"))
        effects = call.hear(ev.UserText("u2", ""), ev.ResponseDone("r2", "cancelled", None))
        assert [message["type"] for message in sent(effects)] == ["response.cancel", "response.create"]


class TestAServerThatInterruptsByItself:
    def cut_off(self, *, sounded: bool = True) -> Call:
        """It has ended its answer for a noise."""
        if sounded:
            call = answering(yields=False, done=False)
        else:
            call = careful(yields=False)
            call.ask("u1")
            call.hear(ev.UserText("u1", "Tell me more."), ev.ResponseCreated("r1"))
        effects = call.hear(ev.SpeechStarted("u2"), ev.ResponseDone("r1", "cancelled", None))
        effects += call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", None))
        assert (shown(effects, Flush), sent(effects)) == ([], [])
        return call

    def test_what_had_come_plays_on_and_more_may_be_asked_for(self) -> None:
        effects = self.cut_off().hear(ev.UserText("u2", ""))
        assert shown(effects, Flush, Hold, TextIncomplete) == [TextIncomplete("a1", "interrupted"), ON]
        assert sent(effects) == []

    def test_what_had_not_come_at_all_is_asked_for_again(self) -> None:
        for words in ("", "Mm-hmm."):
            call = self.cut_off(sounded=False)
            effects = call.hear(ev.UserText("u2", words))
            if words:
                effects += call.hear(ev.ResponseCreated("r2"), ev.ResponseDone("r2", "cancelled", None))
            assert [message["type"] for message in sent(effects)] == ["response.cancel"] * bool(words) + [
                "response.create"
            ]

    def test_its_answer_to_a_backchannel_is_not_heard(self) -> None:
        call = self.cut_off()
        call.answer("a2", "r2", done=False)
        effects = call.hear(ev.UserText("u2", "Mm-hmm."))
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r2"}]
        assert shown(effects, Flush, Hold) == [Flush("a2"), ON]

    def test_nor_one_that_begins_later(self) -> None:
        call = self.cut_off()
        call.hear(ev.UserText("u2", "Mm-hmm."))
        assert sent(call.hear(ev.ResponseCreated("r2"))) == [{"type": "response.cancel", "response_id": "r2"}]

    def test_its_answer_to_a_question_is_heard_and_the_one_before_is_not(self) -> None:
        for begun in (True, False):
            call = self.cut_off()
            effects = call.answer("a2", "r2") if begun else []
            effects += call.hear(ev.UserText("u2", "What time is it?"))
            effects += [] if begun else call.answer("a2", "r2")
            assert shown(effects, Flush, Hold) == [Flush("a1"), ON]
            assert (len(shown(effects, Play)), sent(effects)) == (1, [])

    def test_words_that_come_too_late_have_their_answer_asked_for(self) -> None:
        call = self.cut_off()
        call.answer("a2", "r2")
        assert shown(call.wait(2.1), Flush, Hold, TextIncomplete) == [
            Flush("a2"), TextIncomplete("a1", "interrupted"), ON
        ]  # fmt: skip
        effects = call.hear(ev.UserText("u2", "What time is it?"))
        assert (shown(effects, Flush), sent(effects)) == ([Flush("a1")], [CREATE])


class TestWhereWeDecide:
    def test_the_server_is_told_so_unless_a_key_says_when(self) -> None:
        call = careful()
        for detection, told in ((ServerVad(), False), (SemanticVad(), False), (PushToTalk(), None)):
            (update,) = sent(call.hear(ev.Configured(detection)))
            hearing = update["session"]["audio"]["input"]["turn_detection"]
            assert (
                hearing is None
                if told is None
                else ((hearing["create_response"], hearing["interrupt_response"]) == (told, told))
            )

    def test_noise_has_no_answer(self) -> None:
        call = careful()
        assert sent(call.ask("u1")) == [CREATE]
        call.hear(ev.ResponseCreated("r1"))
        assert sent(call.hear(ev.UserText("u1", ""))) == [CANCEL]

    def test_noise_whose_answer_has_not_begun_has_none_either(self) -> None:
        call = careful()
        call.ask("u1")
        call.hear(ev.UserText("u1", ""))
        assert sent(call.hear(ev.ResponseCreated("r1"))) == [CANCEL]

    def test_what_the_server_takes_although_nobody_spoke_it_answers_itself(self) -> None:
        assert sent(careful().hear(ev.Committed("u1", None))) == []

    def test_a_turn_is_asked_for_once_the_server_has_it_and_no_sooner(self) -> None:
        call = careful()
        effects = call.hear(ev.SpeechStarted("u1"), ev.SpeechStopped("u1"))
        assert (sent(effects), effects[-1].state) == ([], "thinking")
        assert sent(call.hear(ev.Committed("u1", None))) == [CREATE]

    def test_a_question_while_it_thinks_replaces_the_one_before(self) -> None:
        call = careful()
        call.ask("u1")
        call.hear(ev.ResponseCreated("r1"), ev.SpeechStarted("u2"))
        assert sent(call.hear(ev.Voiced())) == [CANCEL]
        call.hear(ev.ResponseDone("r1", "cancelled", None))
        assert sent(call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", "u1"))) == [CREATE]

    def test_a_cough_while_it_thinks_changes_nothing(self) -> None:
        call = careful()
        call.ask("u1")
        call.hear(ev.ResponseCreated("r1"))
        assert sent(speak(call) + call.hear(ev.UserText("u2", ""))) == []
        assert len(shown(call.answer(), Play)) == 1

    @pytest.mark.parametrize("confirms", [True, False])
    def test_a_turn_during_a_change_is_answered_by_whom_the_server_thinks(self, confirms: bool) -> None:
        call = Call(confirms=not confirms, yields=True).begin()
        call.hear(ev.Configured(confirms=confirms))
        assert sent(call.ask("u1")) == ([] if confirms else [CREATE])


class TestMany:
    def test_of_those_whose_words_never_come_the_oldest_is_forgotten(self) -> None:
        doubts = Doubts()
        for turn in range(MAX_LATE + 5):
            doubts.began(f"u{turn}")
            doubts.give_up()
        assert ("u4" in doubts, "u5" in doubts, doubts.open) == (False, True, [])

    def test_one_that_is_named_at_its_end_is_the_one_that_began(self) -> None:
        doubts = Doubts()
        doubts.began("")
        assert doubts.taken("u1", committed=False)
        assert (doubts.open, doubts.speaking, doubts.any_taken) == (["u1"], False, True)

    def test_only_what_began_later_takes_the_place_of_the_one_that_is_meant(self) -> None:
        doubts = Doubts()
        doubts.began("u1")
        doubts.began("u2")
        assert (doubts.speaking_after("u1"), doubts.speaking_after("u2")) == ("u2", None)
        doubts.taken("u2", committed=False)
        assert doubts.speaking_after("u1") is None

    def test_a_voice_that_was_noise_after_all_leaves_the_typed_question_to_be_answered(self) -> None:
        call = careful(yields=False)
        call.hear(ev.TextTyped("Hello"), ev.SpeechStarted("u1"), ev.SpeechStarted("u2"), ev.Voiced())
        call.hear(ev.ItemDeleted("u1"))
        assert CREATE in sent(call.wait(200))
