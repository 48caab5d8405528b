"""The person's turns: spoken into the microphone or with the key, or typed, and how they choose to be heard."""

from typing import Any

from tests.conversation.call import CREATE, Call, sent, shown, turns
from voiceapp.conversation import events as ev
from voiceapp.conversation.effects import Flush, ItemPlaced, Paused, Resumed
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad, ServerVad


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


class TestAPause:
    def test_in_the_midst_of_a_turn_is_told_and_changes_nothing(self) -> None:
        call = Call().begin()
        call.hear(ev.SpeechStarted("u1"))
        told = call.hear(ev.SpeechPaused("u1", 0.2, 1400), ev.SpeechResumed("u1"), ev.SpeechPaused("u1", 0.9, 400))
        assert told == [Paused(0.2, 1400), Resumed(), Paused(0.9, 400)]

    def test_of_nobody_is_not(self) -> None:
        call = Call().begin()
        assert call.hear(ev.SpeechPaused("u1", 0.2, 1400), ev.SpeechResumed("u1")) == []
        call.hear(ev.SpeechStarted("u1"), ev.SpeechStopped("u1"))
        assert call.hear(ev.SpeechPaused("u1", 0.2, 1400)) == []
