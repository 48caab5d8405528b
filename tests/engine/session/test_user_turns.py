"""Turns of the user: found by the detector or committed by hand, transcribed, interrupting."""

import pytest

from voiceapp.engine.brains.request import Finished, TextPiece

from ..session_driver import ANSWER, SPOKEN_TURN, SessionDriver, error, kinds, sound


class TestVoiceTurn:
    def test_a_turn_comes_in_the_recorded_order(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        talking.answer(ms=150)
        assert kinds(talking.sent) == SPOKEN_TURN + ANSWER
        done = talking.sent[-2]["response"]
        assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "Hello there."}]
        assert done["usage"]["output_token_details"] == {"text_tokens": 3, "audio_tokens": 3}

    def test_the_second_turn_follows_the_first(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        talking.answer()
        talking.turn("And again.")
        committed = [event for event in talking.sent if event["type"] == "input_audio_buffer.committed"]
        assert [event["previous_item_id"] for event in committed] == [None, "item_2"]
        assert [message.text for message in talking.requests[1].messages] == ["Hello.", "Hello there.", "And again."]

    def test_positions_count_all_audio_of_the_session(self, talking: SessionDriver) -> None:
        talking.silence(2048)
        (started,) = talking.speak()
        stopped = talking.silence()[0]
        assert started["audio_start_ms"] == 2048 - 300
        # Half a second of silence in whole frames; the last sound rings on in the resampler for one frame.
        assert stopped["audio_end_ms"] == 2048 + 1024 + 544
        assert stopped["item_id"] == started["item_id"]

    def test_recognition_begins_before_the_turn_ends(self, talking: SessionDriver) -> None:
        talking.speak()
        talking.silence(256)
        assert len(talking.transcriptions) == 1
        talking.transcribe("Hello.")
        talking.silence(512)
        assert kinds(talking.sent) == SPOKEN_TURN
        assert len(talking.transcriptions) == 1

    def test_a_pause_makes_the_first_recognition_void(self, talking: SessionDriver) -> None:
        talking.speak()
        talking.silence(256)
        talking.speak()
        assert talking.cancelled == [1]
        assert talking.session.transcribed(1, None) == []  # type: ignore[arg-type]
        talking.silence()
        talking.transcribe("Hello you.")
        assert talking.sent[-2]["transcript"] == "Hello you."

    def test_recognition_hears_half_a_second_before_the_speech(self, talking: SessionDriver) -> None:
        talking.silence(2048)
        talking.speak()
        talking.silence(256)
        assert len(talking.transcriptions[0].samples) == 16 * (500 + 1024 + 32 + 192)

    def test_a_long_turn_is_settled_at_its_pauses(self, talking: SessionDriver) -> None:
        talking.speak(13000)
        talking.silence(256)
        talking.transcribe("The first part.")
        talking.speak()
        assert talking.sent[-1]["delta"] == "The first part."
        talking.silence()
        assert len(talking.transcriptions[-1].samples) < 16 * 3000
        talking.transcribe("The second.")
        assert talking.sent[-3]["delta"] == " The second."
        assert talking.sent[-2]["transcript"] == "The first part. The second."

    def test_words_are_shown_while_the_user_speaks_once_two_looks_agree(self, talking: SessionDriver) -> None:
        talking.speak(1100)
        assert talking.transcribe_partly("We need to leaf.") == []
        talking.speak(1100)
        assert [event["delta"] for event in talking.transcribe_partly("We need to leave before.")] == ["We need to"]
        talking.speak(1100)
        assert [event["delta"] for event in talking.transcribe_partly("We need to leave before seven.")] == [" leave"]
        talking.silence()
        sent = talking.transcribe("We need to leave before seven o'clock.")
        assert sent[0]["delta"] == " before seven o'clock."
        assert sent[1]["transcript"] == "We need to leave before seven o'clock."
        assert len(talking.partials) == 3

    def test_words_that_turned_out_wrong_are_put_right_by_the_whole(self, talking: SessionDriver) -> None:
        talking.speak(1100)
        talking.transcribe_partly("The best was late.")
        talking.speak(1100)
        talking.transcribe_partly("The best was late because.")
        talking.silence()
        sent = talking.transcribe("The bus was late.")
        assert kinds(sent)[0] == "conversation.item.input_audio_transcription.completed"
        assert talking.transcribe_partly("Too late.") == []

    def test_without_transcription_nobody_looks(self, caller: SessionDriver) -> None:
        caller.speak(3000)
        assert caller.partials == []

    def test_noise_gets_an_empty_transcript_and_no_answer(self, talking: SessionDriver) -> None:
        talking.turn("")
        assert kinds(talking.sent)[-1] == "conversation.item.input_audio_transcription.completed"
        assert talking.sent[-1]["transcript"] == ""
        assert talking.requests == []

    def test_without_transcription_the_turn_is_answered_all_the_same(self, caller: SessionDriver) -> None:
        caller.turn("Hello.")
        assert not [kind for kind in kinds(caller.sent) if "transcription" in kind]
        assert caller.requests[0].messages[0].text == "Hello."

    def test_without_create_response_the_client_asks(self, talking: SessionDriver) -> None:
        talking.listen(create_response=False)
        talking.turn("Hello.")
        assert talking.requests == []
        talking.send("response.create")
        assert talking.requests[0].messages[0].text == "Hello."

    def test_what_is_not_heard_in_time_is_said(self, talking: SessionDriver) -> None:
        talking.speak()
        talking.silence()
        effects = talking.session.transcription_failed(talking.transcriptions[-1].ticket, "server_busy", "Busy.")
        sent = [effect.event for effect in effects]  # type: ignore[union-attr]
        assert kinds(sent)[:2] == ["conversation.item.input_audio_transcription.failed", "response.created"]
        assert sent[2]["response"]["status_details"]["error"]["code"] == "server_busy"

    def test_other_turn_detection_drops_the_turn_that_runs(self, talking: SessionDriver) -> None:
        talking.speak()
        talking.silence(256)
        talking.listen(threshold=0.7)
        assert talking.cancelled == [1]
        talking.silence()
        assert "input_audio_buffer.committed" not in kinds(talking.sent)
        talking.speak()
        talking.update(instructions="Something else.")
        talking.silence()
        assert "input_audio_buffer.committed" in kinds(talking.sent)


PAUSED, RESUMED = "input_audio_buffer.speech_paused", "input_audio_buffer.speech_resumed"
STOPPED = "input_audio_buffer.speech_stopped"


class TestTheEndOfATurn:
    @pytest.fixture
    def waiting(self, talking: SessionDriver) -> SessionDriver:
        talking.update(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}})
        talking.speak()
        talking.silence(256)
        talking.sent.clear()
        return talking

    def test_without_the_sound_an_unfinished_sentence_is_waited_for(self, waiting: SessionDriver) -> None:
        waiting.transcribe("I would like to")
        waiting.silence(1500)
        assert STOPPED not in kinds(waiting.sent)
        waiting.silence(500)
        assert STOPPED in kinds(waiting.sent)

    def test_what_does_not_sound_over_is_waited_for(self, waiting: SessionDriver) -> None:
        waiting.judge(0.2)
        waiting.transcribe("I would like a table.")
        waiting.silence(600)
        assert STOPPED not in kinds(waiting.sent)
        waiting.silence(300)
        assert STOPPED in kinds(waiting.sent)

    def test_what_sounds_over_and_can_end_is_taken_soon(self, waiting: SessionDriver) -> None:
        waiting.judge(0.9)
        waiting.transcribe("I would like a table.")
        waiting.silence(256)
        (stopped,) = [event for event in waiting.sent if event["type"] == STOPPED]
        assert stopped["silence_ms"] == pytest.approx(400, abs=32)

    @pytest.mark.parametrize("words_first", [False, True])
    def test_the_order_of_sound_and_words_does_not_matter(self, waiting: SessionDriver, words_first: bool) -> None:
        for step in (waiting.transcribe, waiting.judge) if words_first else (waiting.judge, waiting.transcribe):
            step("I would like to" if step == waiting.transcribe else 0.9)  # type: ignore[operator]
        waiting.silence(600)
        assert STOPPED not in kinds(waiting.sent)
        waiting.silence(300)
        assert STOPPED in kinds(waiting.sent)

    def test_the_client_is_told_of_the_pause_and_of_its_end(self, waiting: SessionDriver) -> None:
        (told,) = waiting.judge(0.2)
        assert (told["type"], told["confidence"]) == (PAUSED, 0.2)
        # 1,000 ms, but for the silence that has passed.
        assert told["ends_in_ms"] == pytest.approx(1000 - 224, abs=32)
        assert waiting.transcribe("I would like a table.") == []
        (told,) = waiting.speak(256)
        assert told["type"] == RESUMED
        assert told["item_id"] == waiting.judgements[0].item

    def test_it_is_told_again_where_the_words_say_otherwise(self, waiting: SessionDriver) -> None:
        assert [event["confidence"] for event in waiting.judge(0.9)] == [0.9]
        (told,) = waiting.transcribe("I would like to")
        assert (told["type"], told["confidence"]) == (PAUSED, 0.1)
        assert told["ends_in_ms"] == pytest.approx(1000 - 224, abs=32)

    def test_each_pause_is_judged_anew(self, waiting: SessionDriver) -> None:
        waiting.judge(0.1)
        waiting.speak()
        waiting.silence(256)
        assert len(waiting.judgements) == 2
        # What is said of the pause before is late.
        assert waiting.judge(0.1, of=0) == []
        waiting.transcribe("I would like a table.")
        waiting.silence(256)
        assert STOPPED in kinds(waiting.sent)

    def test_an_unfinished_pause_does_not_make_the_next_one_long(self, waiting: SessionDriver) -> None:
        waiting.transcribe("I would like to")
        waiting.speak()
        waiting.silence(256)
        waiting.transcribe("I would like to leave.")
        waiting.silence(256)
        assert STOPPED in kinds(waiting.sent)

    def test_a_judgement_that_comes_after_the_turn_changes_nothing(self, waiting: SessionDriver) -> None:
        waiting.silence(600)
        assert STOPPED in kinds(waiting.sent)
        assert waiting.judge(0.1) == []

    def test_the_whole_turn_is_shown_to_the_model(self, waiting: SessionDriver) -> None:
        assert len(waiting.judgements[0].samples) == pytest.approx(16 * (1024 + 192), abs=16 * 64)

    def test_words_that_are_still_being_recognised_are_waited_for(self, waiting: SessionDriver) -> None:
        waiting.judge(0.9)
        waiting.silence(400)
        assert STOPPED not in kinds(waiting.sent)
        waiting.transcribe("四人で")
        waiting.silence(256)
        assert STOPPED not in kinds(waiting.sent)
        assert waiting.speak(256)[0]["type"] == RESUMED

    def test_once_they_are_there_a_turn_that_is_over_ends_at_once(self, waiting: SessionDriver) -> None:
        waiting.judge(0.1)
        waiting.silence(384)
        waiting.transcribe("四人でお願いします。")
        waiting.silence(64)
        (stopped,) = [event for event in waiting.sent if event["type"] == STOPPED]
        assert stopped["silence_ms"] == pytest.approx(256 + 384 + 32, abs=64)

    def test_but_not_for_long(self, waiting: SessionDriver) -> None:
        waiting.judge(0.9)
        waiting.silence(600)
        assert STOPPED in kinds(waiting.sent)

    def test_and_not_if_they_cannot_be_recognised(self, waiting: SessionDriver) -> None:
        waiting.judge(0.9)
        waiting.session.transcription_failed(waiting.transcriptions[-1].ticket, "server_busy", "Busy.")
        waiting.silence(256)
        assert STOPPED in kinds(waiting.sent)

    def test_of_a_long_one_its_last_eight_seconds(self, waiting: SessionDriver) -> None:
        waiting.speak(12_000)
        waiting.silence(256)
        assert len(waiting.judgements[-1].samples) == 8 * 16000

    def test_a_fixed_silence_asks_nobody_and_tells_nothing(self, talking: SessionDriver) -> None:
        talking.speak()
        talking.silence(256)
        talking.transcribe("I would like to")
        talking.silence(512)
        assert talking.judgements == []
        (stopped,) = [event for event in talking.sent if event["type"] == STOPPED]
        assert "silence_ms" not in stopped
        assert PAUSED not in kinds(talking.sent)


class TestInterruption:
    def test_speech_cancels_the_answer(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        talking.produce(TextPiece("Once upon"), sound(100))
        sent = talking.speak()
        assert kinds(sent) == ["input_audio_buffer.speech_started", *ANSWER[5:]]
        assert sent[-2]["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        assert sent[-2]["response"]["output"][0]["status"] == "incomplete"
        assert talking.stopped == ["resp_1"]
        assert talking.produce(TextPiece(" a time"), Finished(), response="resp_1") == []

    def test_without_interrupt_response_the_next_turn_waits(self, talking: SessionDriver) -> None:
        talking.listen(interrupt_response=False)
        talking.turn("Hello.")
        talking.turn("And?")
        assert len(talking.requests) == 1
        talking.answer()
        assert kinds(talking.sent)[-1] == "response.created"
        assert len(talking.requests) == 2

    def test_cancel(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        talking.produce(TextPiece("Once"))
        sent = talking.send("response.cancel")
        assert sent[-2]["response"]["status_details"]["reason"] == "client_cancelled"
        assert error(talking.send("response.cancel")) == ("response_cancel_not_active", None)

    def test_truncate(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        talking.answer("one two three four", ms=1000)
        place = {"item_id": "item_2", "content_index": 0}
        assert error(talking.send("conversation.item.truncate", **place, audio_end_ms=1001))[0] == "invalid_value"
        assert "1000ms is already shorter than 1001ms" in talking.sent[-1]["error"]["message"]
        assert kinds(talking.send("conversation.item.truncate", **place, audio_end_ms=500)) == [
            "conversation.item.truncated"
        ]
        talking.turn("Go on.")
        assert talking.requests[-1].messages[1].text == "one two"

    def test_only_spoken_answers_can_be_truncated(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        for item, code in (("item_1", "invalid_value"), ("none", "item_truncate_invalid_item_id")):
            sent = talking.send("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=0)
            assert error(sent)[0] == code


class TestManualTurns:
    def test_push_to_talk(self, talking: SessionDriver) -> None:
        talking.listen(on=False)
        talking.sent.clear()
        talking.speak(500)
        assert talking.sent == []
        talking.send("input_audio_buffer.commit")
        talking.send("response.create")
        assert talking.requests == []
        talking.transcribe("Hello.")
        assert kinds(talking.sent) == [
            *SPOKEN_TURN[2:5],
            "response.created",
            *SPOKEN_TURN[5:7],
        ]
        assert talking.requests[0].messages[0].text == "Hello."

    @pytest.mark.parametrize(("ms", "fine"), [(99, False), (100, True)])
    def test_a_commit_needs_a_tenth_of_a_second(self, talking: SessionDriver, ms: int, fine: bool) -> None:
        talking.listen(on=False)
        talking.silence(ms)
        sent = talking.send("input_audio_buffer.commit")
        assert (kinds(sent)[0] == "input_audio_buffer.committed") is fine
        assert fine or error(sent)[0] == "input_audio_buffer_commit_empty"

    def test_clear_forgets(self, talking: SessionDriver) -> None:
        talking.listen(on=False)
        talking.speak()
        assert kinds(talking.send("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
        assert error(talking.send("input_audio_buffer.commit"))[0] == "input_audio_buffer_commit_empty"
