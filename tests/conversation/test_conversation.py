"""One call: what happened goes in, effects come out."""

from itertools import permutations
from typing import Any

import pytest

from tests.conversation.call import CREATE, SECOND, TEXTS, Call, Page, charges, named, sent, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.effects import (
    End,
    EntryRemoved,
    Flush,
    ItemPlaced,
    LogError,
    Notify,
    Play,
    Ready,
    SoundComplete,
    TextFinished,
    TextIncomplete,
    TurnChanged,
)
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad, ServerVad


class TestBeginning:
    def test_the_call_is_ready_when_its_session_is_as_asked(self) -> None:
        effects = Call().hear(ev.SessionUpdated("gpt", "marin", 99))
        assert effects == [Ready("gpt", "marin", 99), TurnChanged("listening")]

    def test_a_later_update_does_not_make_it_ready_again(self) -> None:
        assert Call().begin().hear(ev.SessionUpdated("gpt", "marin", None)) == []


class TestTurns:
    def test_a_spoken_turn_goes_through_every_state(self) -> None:
        call = Call().begin()
        effects = call.ask() + call.answer() + call.hear(ev.Heard("a1", 1000))
        assert turns(effects) == ["user", "thinking", "assistant", "listening"]

    def test_it_is_the_assistants_until_the_last_sound_was_heard(self) -> None:
        call = Call().begin()
        call.answer(seconds=3)
        assert turns(call.hear(ev.Heard("a1", 2900))) == []
        assert turns(call.hear(ev.Heard("a1", 2960))) == ["listening"]

    def test_noise_without_words_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.ask()
        effects = call.hear(ev.UserText("u1", " "))
        assert turns(effects) == ["listening"]
        assert shown(effects, *TEXTS) == [EntryRemoved("u1")]

    def test_a_reply_without_sound_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.ask()
        effects = call.hear(ev.ResponseCreated("r1"), ev.ResponseDone("r1", "completed", None))
        assert turns(effects) == ["listening"]


class TestSound:
    def test_a_delta_is_played(self) -> None:
        call = Call().begin()
        first = [effect for effect in call.answer() if isinstance(effect, Play)]
        assert first[0].audio == SECOND
        assert len(first) == 1

    def test_its_end_is_told_behind_it(self) -> None:
        assert shown(Call().begin().answer(), Play, SoundComplete) == [Play("a1", SECOND), SoundComplete("a1")]

    @pytest.mark.parametrize("at", range(3))
    def test_an_empty_delta_is_nothing_wherever_it_comes(self, at: int) -> None:
        call = Call().begin()
        deltas = [ev.AudioDelta("r1", "a1", SECOND), ev.AudioDelta("r1", "a1", SECOND)]
        deltas.insert(at, ev.AudioDelta("r1", "a1", ""))
        effects = call.hear(ev.ResponseCreated("r1"), *deltas, ev.AudioDone("r1", "a1"))
        assert [type(e) for e in effects if isinstance(e, Play | SoundComplete)] == [Play, Play, SoundComplete]

    def test_an_empty_delta_on_the_short_way_goes_no_further(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        assert [call.conversation.take_audio("r1", "a1", size) for size in (480, 0, 480)] == [True, False, True]

    def test_an_empty_delta_behind_a_cut_is_no_more_sound(self) -> None:
        call = Call().begin()
        call.answer()
        call.hear(ev.Interrupted())
        call.conversation.take_audio("r1", "a1", 0)
        assert sent(call.hear(ev.Flushed("a1", 1000))) == []

    def test_the_short_way_counts_like_the_long_one(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        assert call.conversation.knows("a1")
        assert call.conversation.take_audio("r1", "a1", 48_000)
        call.hear(ev.AudioDone("r1", "a1"), ev.ResponseDone("r1", "completed", None))
        assert turns(call.hear(ev.Heard("a1", 1500))) == []
        assert turns(call.hear(ev.Heard("a1", 2000))) == ["listening"]

    def test_an_item_never_heard_of_goes_the_long_way(self) -> None:
        assert not Call().begin().conversation.knows("a9")


class TestTypedText:
    def test_it_stands_in_the_transcript_and_asks_for_a_reply(self) -> None:
        effects = Call().begin().hear(ev.TextTyped("Hello"))
        assert shown(effects, ItemPlaced) == [ItemPlaced("typed_1", "user", None, "text")]
        assert [message["type"] for message in sent(effects)] == ["conversation.item.create", "response.create"]

    def test_while_a_reply_runs_it_cancels_and_waits_for_its_end(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        kinds = [message["type"] for message in sent(call.hear(ev.TextTyped("Stop. What is two and two?")))]
        assert kinds == ["response.cancel", "conversation.item.create"]
        assert sent(call.hear(ev.ResponseDone("r1", "cancelled", None))) == [CREATE]

    def test_while_a_reply_is_due_it_lets_that_one_come_first(self) -> None:
        call = Call().begin()
        call.ask()
        assert [m["type"] for m in sent(call.hear(ev.TextTyped("Hello")))] == ["conversation.item.create"]
        assert [m["type"] for m in sent(call.hear(ev.ResponseCreated("r1")))] == ["response.cancel"]
        assert [m["type"] for m in sent(call.hear(ev.ResponseDone("r1", "cancelled", None)))] == ["response.create"]

    def test_noise_that_gets_no_reply_does_not_hold_it_up(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.TextTyped("Hello"))
        assert sent(call.hear(ev.UserText("u1", ""))) == [CREATE]

    def test_the_servers_own_word_of_it_changes_nothing(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("Hello"))
        assert call.hear(ev.ItemAdded("typed_1", None, "user", "text", "Hello")) == []


class TestPushToTalk:
    def begin(self) -> Call:
        call = Call().begin()
        call.hear(ev.Configured(PushToTalk()))
        return call

    def hold(self, call: Call, ms: int) -> list[Any]:
        """Press, say something, let go."""
        effects = call.hear(ev.Talked(down=True))
        call.conversation.sound_sent(ms * 48)
        return effects + call.hear(ev.Talked(down=False))

    def kinds(self, effects: list[Any]) -> list[str]:
        return [message["type"] for message in sent(effects)]

    def test_what_was_said_while_the_key_was_down_is_committed_and_answered(self) -> None:
        effects = self.hold(self.begin(), 400)
        assert self.kinds(effects) == ["input_audio_buffer.clear", "input_audio_buffer.commit", "response.create"]
        assert turns(effects) == ["user", "thinking"]

    def test_a_press_too_short_for_a_word_asks_for_nothing(self) -> None:
        effects = self.hold(self.begin(), 90)
        assert self.kinds(effects) == ["input_audio_buffer.clear", "input_audio_buffer.clear"]
        assert turns(effects) == ["user", "listening"]

    def test_a_press_interrupts_and_the_new_answer_waits_for_the_old_ones_end(self) -> None:
        call = self.begin()
        call.answer(done=False)
        effects = self.hold(call, 400)
        assert shown(effects, Flush) == [Flush("a1")]
        assert self.kinds(effects) == ["response.cancel", "input_audio_buffer.clear", "input_audio_buffer.commit"]
        assert self.kinds(call.hear(ev.ResponseDone("r1", "cancelled", None))) == ["response.create"]

    def test_the_servers_word_of_the_commit_asks_for_no_second_answer(self) -> None:
        call = self.begin()
        self.hold(call, 400)
        assert sent(call.hear(ev.Committed("u1", None), ev.ResponseCreated("r1"))) == []

    def test_a_key_that_is_down_already_is_not_pressed_again(self) -> None:
        call = self.begin()
        call.hear(ev.Talked(down=True))
        assert call.hear(ev.Talked(down=True)) == []

    def test_without_the_mode_the_key_does_nothing(self) -> None:
        assert Call().begin().hear(ev.Talked(down=True)) == []

    def test_a_change_of_mode_lets_go_of_the_key(self) -> None:
        call = self.begin()
        call.hear(ev.Talked(down=True))
        assert turns(call.hear(ev.Configured(ServerVad()))) == ["listening"]


class TestConfigure:
    def test_only_how_the_person_is_heard_is_changed(self) -> None:
        (update,) = sent(Call().begin().hear(ev.Configured(ServerVad(0.7, 200, 900), "ja")))
        (hearing,) = update["session"]["audio"].values()
        assert set(update["session"]) == {"type", "audio"}
        assert (hearing["turn_detection"]["threshold"], hearing["turn_detection"]["silence_duration_ms"]) == (0.7, 900)

    def test_what_is_not_named_stays(self) -> None:
        call = Call().begin()
        call.hear(ev.Configured(SemanticVad("high")))
        (update,) = sent(call.hear(ev.Configured(language="ja")))
        assert update["session"]["audio"]["input"]["turn_detection"]["eagerness"] == "high"

    def test_a_refused_change_is_told_and_the_call_goes_on(self) -> None:
        call = Call().begin()
        (update,) = named(call.hear(ev.Configured(PushToTalk())))
        effects = call.hear(ev.UpstreamError("invalid_value", "…", update["event_id"], "session.audio.input"))
        assert effects[0] == LogError("invalid_value", "…", "session.audio.input")
        (told,) = effects[1:]
        assert (told.fault.code, told.fault.param) == ("change_refused", "session.audio.input")

    @pytest.mark.parametrize("param", ["", "my secret diary", "a" * 101, "<b>"])
    def test_what_is_no_name_of_a_field_names_none(self, param: str) -> None:
        call = Call().begin()
        (update,) = named(call.hear(ev.Configured(PushToTalk())))
        (told,) = call.hear(ev.UpstreamError("invalid_value", "…", update["event_id"], param))[1:]
        assert told.fault == faults.CHANGE_REFUSED


class TestTranscript:
    def test_a_place_is_held_before_any_text(self) -> None:
        effects = Call().begin().hear(ev.SpeechStarted("u1"))
        assert shown(effects, ItemPlaced) == [ItemPlaced("u1", "user", None, "audio")]

    def test_words_of_the_person_may_come_before_anything_else(self) -> None:
        effects = (
            Call()
            .begin()
            .hear(ev.UserTextDelta("u1", "Hel"), ev.UserTextDelta("u1", "lo"), ev.UserText("u1", "Hello."))
        )
        assert [place.id for place in shown(effects, ItemPlaced)] == ["u1"]
        assert shown(effects, *TEXTS)[-1] == TextFinished("u1", "Hello.")

    @pytest.mark.parametrize("known", ["", "What is"])
    def test_a_failed_transcription_settles_the_entry_and_is_logged(self, known: str) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.UserTextDelta("u1", known))
        effects = call.hear(ev.UserTextFailed("u1", "DeploymentNotFound"))
        assert shown(effects, *TEXTS) == [TextFinished("u1", known, failed=True)]
        assert LogError("DeploymentNotFound") in effects
        assert turns(effects) == []

    def test_a_failed_transcription_of_what_is_gone_is_for_the_log_alone(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ItemDeleted("u1"))
        assert call.hear(ev.UserTextFailed("u1", "x")) == [LogError("x")]

    @pytest.mark.parametrize("why", ["length", "filter", "other"])
    @pytest.mark.parametrize("final", [False, True])
    def test_an_answer_that_was_not_ended_is_marked_and_logged(self, why: ev.Incomplete, final: bool) -> None:
        call = Call().begin()
        call.answer(done=False)
        if final:
            call.hear(ev.AssistantText("r1", "a1", "One two three four five."))
        effects = call.hear(ev.ResponseDone("r1", "incomplete", None, incomplete=why))
        *before, mark = shown(effects, *TEXTS)
        assert mark == TextIncomplete("a1", why)
        assert before == ([] if final else [TextFinished("a1", "One two three four five.")])
        assert LogError("response_incomplete", why) in effects

    def test_of_several_items_the_last_is_the_one_that_was_not_ended(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.OutputItemAdded("r1", "a2", "assistant", "audio"))
        effects = call.hear(ev.ResponseDone("r1", "incomplete", None, incomplete="length"))
        assert shown(effects, *TEXTS)[-1] == TextIncomplete("a2", "length")

    def test_an_answer_ended_before_its_first_word_is_told_and_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.answer()
        call.hear(ev.Heard("a1", 1000))
        call.ask("u2")
        effects = call.hear(ev.ResponseCreated("r2"), ev.ResponseDone("r2", "incomplete", None, incomplete="filter"))
        assert Notify(faults.NO_ANSWER) in effects
        assert shown(effects, *TEXTS) == []
        assert turns(effects) == ["listening"]

    def test_an_answer_that_is_gone_is_not_marked(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.Interrupted(), ev.Flushed("a1", 0))
        effects = call.hear(ev.ResponseDone("r1", "incomplete", None, incomplete="length"))
        assert shown(effects, *TEXTS) == []

    def test_system_items_keep_their_place_but_are_not_shown(self) -> None:
        call = Call().begin()
        call.ask("u1")
        hidden = call.hear(ev.ItemAdded("s1", "u1", "system", "text", "The user is silent."))
        assert hidden == []
        effects = call.hear(ev.ItemAdded("a1", "s1", "assistant", "audio", ""))
        assert shown(effects, ItemPlaced)[0].after == "u1"

    def test_a_deleted_item_vanishes(self) -> None:
        call = Call().begin()
        call.ask("u1")
        assert shown(call.hear(ev.ItemDeleted("u1")), *TEXTS) == [EntryRemoved("u1")]

    STORY = (
        ev.ItemAdded("u1", None, "user", "audio", ""),
        ev.ItemAdded("a1", "u1", "assistant", "audio", ""),
        ev.ItemAdded("u2", "a1", "user", "audio", ""),
        ev.UserText("u1", "first"),
        ev.UserText("u2", "third"),
    )

    @pytest.mark.parametrize("order", list(permutations(range(5))))
    def test_every_order_of_arrival_gives_the_same(self, order: tuple[int, ...]) -> None:
        page = Page(Call().begin().hear(*(self.STORY[i] for i in order)))
        assert page.ids == ["u1", "a1", "u2"]
        assert (page.texts["u1"], page.texts["u2"]) == ("first", "third")


class TestErrors:
    @pytest.mark.parametrize(
        ("code", "fault"),
        [
            ("invalid_api_key", faults.KEY_WRONG),
            ("insufficient_quota", faults.QUOTA),
            ("model_not_found", faults.MODEL_MISSING),
            ("beta_api_shape_disabled", faults.BETA_REFUSED),
        ],
    )
    def test_what_no_later_turn_can_mend_ends_the_call(self, code: str, fault: faults.Fault) -> None:
        assert Call().begin().hear(ev.UpstreamError(code, "…", "")) == [LogError(code, "…"), End(fault)]

    def test_a_race_is_for_the_log_alone(self) -> None:
        effects = Call().begin().hear(ev.UpstreamError("response_cancel_not_active", "…", ""))
        assert effects == [LogError("response_cancel_not_active", "…")]

    def test_anything_else_is_told_and_the_call_goes_on(self) -> None:
        effects = Call().begin().hear(ev.UpstreamError("server_error", "org-secret failed", ""))
        assert effects == [LogError("server_error", "org-secret failed"), Notify(faults.FAILED)]

    def test_a_failed_response_is_told_and_gives_the_turn_back(self) -> None:
        call = Call().begin()
        call.ask()
        call.hear(ev.ResponseCreated("r1"))
        effects = call.hear(ev.ResponseDone("r1", "failed", None, "rate_limit_exceeded"))
        assert Notify(faults.RATE_LIMITED) in effects
        assert turns(effects) == ["listening"]

    def test_a_session_that_no_other_could_replace_ends_the_call_with_its_reason(self) -> None:
        effects = Call().begin().hear(ev.SessionLost(faults.MODEL_MISSING))
        assert effects == [End(faults.MODEL_MISSING)]

    def test_hanging_up_is_no_fault(self) -> None:
        assert Call().begin().hear(ev.Stopped()) == [End(None)]


class TestUsage:
    def test_an_answer_that_is_done_is_charged_by_its_usage(self) -> None:
        call = Call().begin()
        effects = call.hear(ev.ResponseCreated("r1"), ev.ResponseDone("r1", "completed", ev.Usage(10, 20)))
        assert [(c.usage, c.estimated) for c in charges(effects)] == [(ev.Usage(10, 20), False)]

    def test_an_answer_nobody_asked_for_is_charged_too(self) -> None:
        """A greeting, or the question whether anybody is there."""
        call = Call().begin()
        assert len(charges(call.hear(ev.ResponseDone("idle", "completed", ev.Usage(10, 20))))) == 1

    def test_a_cancelled_answer_is_charged_by_its_usage(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.Interrupted())
        (charge,) = charges(call.hear(ev.ResponseDone("r1", "cancelled", ev.Usage(10, 20))))
        assert (charge.usage, charge.estimated) == (ev.Usage(10, 20), False)

    def test_the_words_of_the_person_are_charged_once_an_item(self) -> None:
        call = Call().begin()
        call.ask("u1")
        said = ev.UserText("u1", "Hi.", ev.Transcribing(seconds=2))
        (charge,) = charges(call.hear(said, said))
        assert charge.usage == ev.Transcribing(seconds=2)

    def test_noise_that_was_written_down_as_nothing_is_charged_too(self) -> None:
        call = Call().begin()
        call.ask("u1")
        assert len(charges(call.hear(ev.UserText("u1", "", ev.Transcribing(seconds=2))))) == 1

    def test_a_call_that_ends_in_mid_answer_is_charged_an_estimate_and_cancels(self) -> None:
        call = Call().begin()
        call.ask()
        call.answer(seconds=3, done=False)
        effects = call.conversation.close()
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r1"}]
        (charge,) = charges(effects)
        assert charge.estimated
        assert isinstance(charge.usage, ev.Usage)
        # One for 50 ms of sound, and four letters of what was said.
        assert (charge.usage.output_audio_tokens, charge.usage.output_text_tokens) == (60, 6)

    def test_what_is_told_after_the_end_takes_the_place_of_the_estimate(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        (estimate,) = charges(call.conversation.close())
        assert call.conversation.usage_pending
        (told,) = charges(call.conversation.take_late(ev.ResponseDone("r1", "cancelled", ev.Usage(10, 20))))
        assert (told.key, told.usage, told.estimated) == (estimate.key, ev.Usage(10, 20), False)
        assert not call.conversation.usage_pending

    @pytest.mark.parametrize("events", [[ev.TextTyped("Hello")], [ev.SpeechStopped("u1"), ev.Committed("u1", None)]])
    def test_an_answer_that_begins_only_after_the_end_is_cancelled_and_charged(self, events: list[ev.Event]) -> None:
        call = Call().begin()
        call.hear(*events)
        assert charges(call.conversation.close()) == []
        assert call.conversation.usage_pending
        effects = call.conversation.take_late(ev.ResponseCreated("r1"))
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r1"}]
        # Nothing is told of it in time: what it read is known.
        (estimate,) = charges(call.conversation.close())
        assert estimate.estimated
        assert estimate.usage.input_text_tokens > 0
        (told,) = charges(call.conversation.take_late(ev.ResponseDone("r1", "cancelled", ev.Usage(10, 20))))
        assert (told.key, told.usage, told.estimated) == (estimate.key, ev.Usage(10, 20), False)
        assert not call.conversation.usage_pending

    def test_a_quiet_end_costs_nothing_more(self) -> None:
        call = Call().begin()
        call.answer()
        assert [charge.estimated for charge in charges(call.conversation.close())] == []
