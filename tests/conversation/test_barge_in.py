"""Barge-in: whatever the person interrupts ends, at once or once it is known that they mean it; they heard the rest."""

from tests.conversation.call import CREATE, SECOND, TEXTS, Call, sent, shown
from voiceapp.conversation import events as ev
from voiceapp.conversation.effects import (
    EntryRemoved,
    Flush,
    Play,
    TextHeard,
)


class TestBargeIn:
    def test_speech_flushes_what_plays_and_sends_no_second_cancel(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        effects = call.hear(ev.SpeechStarted("u2"))
        assert shown(effects, Flush) == [Flush("a1")]
        assert sent(effects) == []

    def test_a_server_that_does_not_interrupt_is_told_to(self) -> None:
        call = Call(interrupts=False).begin()
        call.answer(done=False)
        assert sent(call.hear(ev.SpeechStarted("u2"))) == [{"type": "response.cancel", "response_id": "r1"}]

    def test_after_the_reply_was_generated_only_the_sound_is_cut(self) -> None:
        call = Call(interrupts=False).begin()
        call.answer(seconds=3)
        effects = call.hear(ev.SpeechStarted("u2"), ev.Flushed("a1", 1200))
        assert sent(effects) == [
            {"type": "conversation.item.truncate", "item_id": "a1", "content_index": 0, "audio_end_ms": 1200}
        ]

    def test_the_server_is_never_told_more_than_was_sent(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        (cut,) = sent(call.hear(ev.Interrupted(), ev.Flushed("a1", 99_000)))[1:]
        assert cut["audio_end_ms"] == 1000

    def test_nothing_heard_deletes_the_item(self) -> None:
        call = Call().begin()
        call.answer()
        effects = call.hear(ev.SpeechStarted("u2"), ev.Flushed("a1", 0))
        assert sent(effects) == [{"type": "conversation.item.delete", "item_id": "a1"}]
        assert EntryRemoved("a1") in shown(effects, *TEXTS)

    def test_what_was_heard_whole_is_not_truncated(self) -> None:
        call = Call().begin()
        call.answer()
        assert sent(call.hear(ev.SpeechStarted("u2"), ev.Flushed("a1", 990))) == []

    def test_the_transcript_learns_what_was_heard(self) -> None:
        call = Call().begin()
        call.answer(seconds=2)
        effects = call.hear(ev.Interrupted(), ev.Flushed("a1", 1000))
        assert TextHeard("a1", "One two") in shown(effects, *TEXTS)

    def test_late_sound_of_a_cut_response_is_dropped(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.SpeechStarted("u2"))
        effects = call.hear(
            ev.AudioDelta("r1", "a1", SECOND), ev.AudioDelta("r1", "a2", SECOND), ev.AudioDone("r1", "a1")
        )
        assert [effect for effect in effects if isinstance(effect, Play)] == []
        assert call.conversation.take_audio("r1", "a1", 4800) == 0

    def test_the_next_reply_is_heard(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.ask("u2", "a1")
        call.hear(ev.ResponseDone("r1", "cancelled", None))
        assert any(isinstance(effect, Play) for effect in call.answer("a2", "r2"))

    def test_a_second_answer_to_the_same_flush_changes_nothing(self) -> None:
        call = Call().begin()
        call.answer()
        call.hear(ev.Interrupted(), ev.Flushed("a1", 500))
        assert call.hear(ev.Flushed("a1", 700)) == []

    def test_a_stop_before_the_reply_began_cancels_it_when_it_does(self) -> None:
        call = Call().begin()
        call.ask()
        assert sent(call.hear(ev.Interrupted())) == []
        assert sent(call.hear(ev.ResponseCreated("r1"))) == [{"type": "response.cancel", "response_id": "r1"}]

    def test_a_text_never_comes_back_for_an_item_nobody_heard(self) -> None:
        call = Call().begin()
        call.answer(done=False)
        call.hear(ev.Interrupted(), ev.Flushed("a1", 0))
        assert call.hear(ev.AssistantText("r1", "a1", "One two three four five.")) == []


class TestAQuestionWhileItThinks:
    def test_spoken_it_replaces_the_one_that_we_asked_for(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("What is two and two?"), ev.SpeechStarted("u2"))
        effects = call.hear(ev.ResponseCreated("r1"))
        assert sent(effects) == [{"type": "response.cancel", "response_id": "r1"}]
        assert shown(call.answer("a1", "r1", done=False), Play) == []

    def test_spoken_it_replaces_the_one_that_the_server_owes(self) -> None:
        call = Call().begin()
        call.ask("u1")
        call.hear(ev.SpeechStarted("u2"))
        assert sent(call.hear(ev.ResponseCreated("r1"))) == [{"type": "response.cancel", "response_id": "r1"}]

    def test_its_own_answer_is_heard_whatever_became_of_the_other(self) -> None:
        for before in ([], [ev.ResponseCreated("r1"), ev.ResponseDone("r1", "cancelled", None)]):
            for first in (lambda call: call.ask("u1"), lambda call: call.hear(ev.TextTyped("Hello"))):
                call = Call().begin()
                first(call)
                call.hear(ev.SpeechStarted("u2"), *before, ev.SpeechStopped("u2"), ev.Committed("u2", None))
                effects = call.answer("a2", "r2")
                assert (len(shown(effects, Play)), sent(effects)) == (1, [])

    def test_noise_loses_no_question(self) -> None:
        call = Call().begin()
        call.ask("u1")
        call.hear(ev.UserText("u1", "What is two and two?"), ev.ResponseCreated("r1"))
        call.hear(ev.SpeechStarted("u2"), ev.ResponseDone("r1", "cancelled", None))
        assert sent(call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", None))) == []
        assert sent(call.hear(ev.UserText("u2", ""))) == [CREATE]

    def test_noise_over_a_typed_one_loses_no_question_either(self) -> None:
        call = Call().begin()
        call.hear(ev.TextTyped("What is two and two?"))
        call.hear(ev.SpeechStarted("u2"), ev.ResponseCreated("r1"), ev.ResponseDone("r1", "cancelled", None))
        call.hear(ev.SpeechStopped("u2"), ev.Committed("u2", None))
        assert sent(call.hear(ev.UserText("u2", ""))) == [CREATE]

    def test_noise_after_what_was_heard_in_part_asks_for_nothing(self) -> None:
        call = Call().begin()
        call.ask("u1")
        call.answer(done=False)
        call.ask("u2")
        assert sent(call.hear(ev.ResponseDone("r1", "cancelled", None), ev.UserText("u2", ""))) == []

    def test_noise_after_the_person_wanted_no_answer_asks_for_nothing(self) -> None:
        call = Call().begin()
        call.ask("u1")
        call.hear(ev.Interrupted(), ev.SpeechStarted("u2"), ev.SpeechStopped("u2"), ev.Committed("u2", None))
        assert sent(call.hear(ev.UserText("u2", ""))) == []
