"""The session: client events and results in, server events out, with no socket, model or clock."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceapp.engine.brains.request import Failed, Finished, TextPiece, ToolCall
from voiceapp.engine.protocol.client_events import EVENT_FIELDS

from ..session_driver import SessionDriver, kinds, sound

ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello."}]}
TOOL = {"type": "function", "name": "weather", "description": "Weather", "parameters": {"type": "object"}}

SPOKEN_TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
    "conversation.item.input_audio_transcription.delta",
    "conversation.item.input_audio_transcription.completed",
    "response.created",
]
ANSWER = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "conversation.item.done",
    "response.output_item.done",
    "response.done",
    "rate_limits.updated",
]


@pytest.fixture
def caller() -> SessionDriver:
    return SessionDriver()


@pytest.fixture
def talking(caller: SessionDriver) -> SessionDriver:
    """Transcription on, nothing said yet."""
    caller.listen()
    caller.sent.clear()
    return caller


def error(events: list[dict[str, Any]]) -> tuple[str | None, str | None]:
    """Code and param of the only event, which is an error."""
    (event,) = events
    assert event["type"] == "error"
    return event["error"]["code"], event["error"]["param"]


class TestSettings:
    def test_a_new_session_shows_every_default(self, caller: SessionDriver) -> None:
        (created,) = caller.sent
        assert created["session"]["id"] == "sess_1"
        assert created["session"]["expires_at"] == 4600
        assert created["session"]["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500

    def test_an_update_changes_what_it_names_and_nothing_else(self, caller: SessionDriver) -> None:
        detection = {"type": "server_vad", "threshold": 0.7}
        (updated,) = caller.update(instructions="Be brief.", audio={"input": {"turn_detection": detection}})
        assert updated["session"]["instructions"] == "Be brief."
        assert updated["session"]["audio"]["input"]["turn_detection"]["threshold"] == 0.7
        assert updated["session"]["audio"]["input"]["turn_detection"]["prefix_padding_ms"] == 300
        assert updated["session"]["audio"]["output"]["voice"] == "heart"

    def test_g711_has_no_rate_of_pcm(self, caller: SessionDriver) -> None:
        (updated,) = caller.update(audio={"input": {"format": {"type": "audio/pcmu"}}})
        assert updated["session"]["audio"]["input"]["format"] == {"type": "audio/pcmu"}

    @pytest.mark.parametrize(
        ("session", "code", "param"),
        [
            ({}, "missing_required_parameter", "session.type"),
            ({"type": "realtime", "modalities": ["text"]}, "unknown_parameter", "session.modalities"),
            ({"type": "realtime", "temperature": 0.8}, "unknown_parameter", "session.temperature"),
            ({"type": "realtime", "instructions": 5}, "invalid_type", "session.instructions"),
            (
                {"type": "realtime", "output_modalities": ["text", "audio"]},
                "invalid_value",
                "session.output_modalities",
            ),
            ({"type": "realtime", "max_output_tokens": 0}, "invalid_value", "session.max_output_tokens"),
            ({"type": "realtime", "model": "other"}, "invalid_value", "session.model"),
            ({"type": "robot"}, "invalid_value", "session.type"),
            ({"type": "transcription"}, None, None),
            (
                {"type": "realtime", "audio": {"output": {"voice": "nobody"}}},
                "invalid_value",
                "session.audio.output.voice",
            ),
            (
                {"type": "realtime", "audio": {"output": {"speed": float("nan")}}},
                "invalid_value",
                "session.audio.output.speed",
            ),
            (
                {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 2}}}},
                "invalid_value",
                "session.audio.input.turn_detection.threshold",
            ),
            (
                {"type": "realtime", "tools": [{"type": "function"}]},
                "missing_required_parameter",
                "session.tools[0].name",
            ),
        ],
    )
    def test_one_bad_field_refuses_the_whole_update(
        self, caller: SessionDriver, session: dict[str, Any], code: str | None, param: str | None
    ) -> None:
        assert error(caller.send("session.update", event_id="e", session={"tracing": "auto"} | session)) == (
            code,
            param,
        )
        assert caller.sent[-1]["error"]["event_id"] == "e"
        (updated,) = caller.update()
        assert updated["session"]["tracing"] is None

    def test_the_voice_is_fixed_once_it_has_spoken(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        talking.answer()
        assert error(talking.update(audio={"output": {"voice": "oak"}})) == (
            "cannot_update_voice",
            "session.audio.output.voice",
        )


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
        assert len(talking.questions) == 1
        talking.hears("Hello.")
        talking.silence(512)
        assert kinds(talking.sent) == SPOKEN_TURN
        assert len(talking.questions) == 1

    def test_a_pause_makes_the_first_recognition_void(self, talking: SessionDriver) -> None:
        talking.speak()
        talking.silence(256)
        talking.speak()
        assert talking.forgotten == [1]
        assert talking.session.transcribed(1, None) == []  # type: ignore[arg-type]
        talking.silence()
        talking.hears("Hello you.")
        assert talking.sent[-2]["transcript"] == "Hello you."

    def test_recognition_hears_half_a_second_before_the_speech(self, talking: SessionDriver) -> None:
        talking.silence(2048)
        talking.speak()
        talking.silence(256)
        assert len(talking.questions[0].samples) == 16 * (500 + 1024 + 32 + 192)

    def test_a_long_turn_is_settled_at_its_pauses(self, talking: SessionDriver) -> None:
        talking.speak(13000)
        talking.silence(256)
        talking.hears("The first part.")
        talking.speak()
        assert talking.sent[-1]["delta"] == "The first part."
        talking.silence()
        assert len(talking.questions[-1].samples) < 16 * 3000
        talking.hears("The second.")
        assert talking.sent[-3]["delta"] == " The second."
        assert talking.sent[-2]["transcript"] == "The first part. The second."

    def test_words_are_shown_while_the_user_speaks_once_two_looks_agree(self, talking: SessionDriver) -> None:
        talking.speak(1100)
        assert talking.seems("We need to leaf.") == []
        talking.speak(1100)
        assert [event["delta"] for event in talking.seems("We need to leave before.")] == ["We need to"]
        talking.speak(1100)
        assert [event["delta"] for event in talking.seems("We need to leave before seven.")] == [" leave"]
        talking.silence()
        sent = talking.hears("We need to leave before seven o'clock.")
        assert sent[0]["delta"] == " before seven o'clock."
        assert sent[1]["transcript"] == "We need to leave before seven o'clock."
        assert len(talking.partials) == 3

    def test_words_that_turned_out_wrong_are_put_right_by_the_whole(self, talking: SessionDriver) -> None:
        talking.speak(1100)
        talking.seems("The best was late.")
        talking.speak(1100)
        talking.seems("The best was late because.")
        talking.silence()
        sent = talking.hears("The bus was late.")
        assert kinds(sent)[0] == "conversation.item.input_audio_transcription.completed"
        assert talking.seems("Too late.") == []

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
        effects = talking.session.transcription_failed(talking.questions[-1].ticket, "server_busy", "Busy.")
        sent = [effect.event for effect in effects]  # type: ignore[union-attr]
        assert kinds(sent)[:2] == ["conversation.item.input_audio_transcription.failed", "response.created"]
        assert sent[2]["response"]["status_details"]["error"]["code"] == "server_busy"

    def test_other_turn_detection_drops_the_turn_that_runs(self, talking: SessionDriver) -> None:
        talking.speak()
        talking.silence(256)
        talking.listen(threshold=0.7)
        assert talking.forgotten == [1]
        talking.silence()
        assert "input_audio_buffer.committed" not in kinds(talking.sent)
        talking.speak()
        talking.update(instructions="Something else.")
        talking.silence()
        assert "input_audio_buffer.committed" in kinds(talking.sent)

    def test_an_unfinished_sentence_is_waited_for(self, talking: SessionDriver) -> None:
        talking.update(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}})
        talking.speak()
        talking.silence(256)
        talking.hears("I would like to")
        talking.silence(1500)
        assert "input_audio_buffer.speech_stopped" not in kinds(talking.sent)
        talking.silence(500)
        assert "input_audio_buffer.speech_stopped" in kinds(talking.sent)


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
        talking.hears("Hello.")
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


class TestItems:
    def test_a_text_turn(self, caller: SessionDriver) -> None:
        sent = caller.send("conversation.item.create", item=ITEM | {"id": "mine"})
        assert kinds(sent) == ["conversation.item.added", "conversation.item.done"]
        assert kinds(caller.send("response.create")) == ["response.created"]
        assert caller.requests[0].messages[0].text == "Hello."

    def test_places(self, caller: SessionDriver) -> None:
        for name, after in (("b", None), ("a", "root"), ("c", "b")):
            caller.send("conversation.item.create", item=ITEM | {"id": name}, previous_item_id=after)
        assert [kept.identifier for kept in caller.session.items.stored] == ["a", "b", "c"]
        assert [event["previous_item_id"] for event in caller.sent[1::2]] == [None, None, "b"]
        assert error(caller.send("conversation.item.create", item=ITEM, previous_item_id="z"))[1] == "previous_item_id"
        assert error(caller.send("conversation.item.create", item=ITEM | {"id": "a"}))[1] == "item.id"

    def test_retrieve_has_the_audio(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        talking.answer(ms=1000)
        (heard,) = talking.send("conversation.item.retrieve", item_id="item_1")
        (said,) = talking.send("conversation.item.retrieve", item_id="item_2")
        assert heard["item"]["content"][0]["transcript"] == "Hello."
        assert len(base64.b64decode(heard["item"]["content"][0]["audio"])) > 48000
        assert len(base64.b64decode(said["item"]["content"][0]["audio"])) == 48000

    def test_delete(self, caller: SessionDriver) -> None:
        caller.send("conversation.item.create", item=ITEM | {"id": "mine"})
        assert kinds(caller.send("conversation.item.delete", item_id="mine")) == ["conversation.item.deleted"]
        assert error(caller.send("conversation.item.delete", item_id="mine"))[0] == "item_delete_invalid_item_id"
        assert error(caller.send("conversation.item.retrieve", item_id="x"))[0] == "item_retrieve_invalid_item_id"

    def test_a_spoken_item_is_recognised(self, caller: SessionDriver) -> None:
        audio = base64.b64encode(bytes(48000)).decode()
        part = {"type": "input_audio", "audio": audio}
        caller.send("conversation.item.create", item={"type": "message", "role": "user", "content": [part]})
        caller.send("response.create")
        assert len(caller.questions[0].samples) == 16000
        caller.hears("Hello.")
        assert caller.requests[0].messages[0].text == "Hello."

    @pytest.mark.parametrize(
        ("item", "param"),
        [
            ({"type": "poem"}, "item.type"),
            (
                {"type": "message", "role": "user", "content": [{"type": "output_text", "text": ""}]},
                "item.content[0].type",
            ),
            ({"type": "message", "role": "user"}, "item.content"),
            ({"type": "function_call_output", "call_id": "none", "output": ""}, "item.call_id"),
        ],
    )
    def test_wrong_items(self, caller: SessionDriver, item: dict[str, Any], param: str) -> None:
        assert error(caller.send("conversation.item.create", item=item))[1] == param


class TestResponses:
    def test_only_one_at_a_time_in_the_conversation(self, caller: SessionDriver) -> None:
        caller.send("response.create")
        assert error(caller.send("response.create"))[0] == "conversation_already_has_active_response"

    def test_out_of_band_runs_beside_and_leaves_no_trace(self, caller: SessionDriver) -> None:
        caller.send("response.create")
        options = {"conversation": "none", "metadata": {"topic": "x"}, "input": [ITEM], "output_modalities": ["text"]}
        (created,) = caller.send("response.create", response=options)
        sent = caller.produce(TextPiece("Aside."), Finished())
        assert created["response"]["metadata"] == {"topic": "x"}
        assert created["response"]["conversation_id"] is None
        assert kinds(sent) == [
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.done",
            "rate_limits.updated",
        ]
        assert caller.session.items.stored == []
        assert caller.session.responses.active is not None

    def test_options_go_to_the_brain(self, caller: SessionDriver) -> None:
        caller.update(instructions="Long.", tools=[TOOL])
        options = {"instructions": "Short.", "tool_choice": "none", "audio": {"output": {"voice": "oak"}}}
        caller.send("response.create", response=options)
        (request,) = caller.requests
        assert (request.instructions, request.tool_choice, request.voice) == ("Short.", "none", "oak")
        assert request.tools == (TOOL,)

    def test_a_referred_item(self, caller: SessionDriver) -> None:
        caller.send("conversation.item.create", item=ITEM | {"id": "mine"})
        caller.send("response.create", response={"input": [{"type": "item_reference", "id": "mine"}]})
        assert caller.requests[0].messages[0].text == "Hello."
        bad = {"conversation": "none", "input": [{"type": "item_reference", "id": "z"}]}
        assert error(caller.send("response.create", response=bad)) == ("invalid_value", "response.input[0].id")

    def test_a_function_call_and_its_output(self, caller: SessionDriver) -> None:
        caller.update(tools=[TOOL])
        caller.send("conversation.item.create", item=ITEM)
        caller.send("response.create")
        sent = caller.produce(ToolCall("weather", '{"city": "Kyoto"}'), Finished())
        assert kinds(sent)[:6] == [
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "conversation.item.done",
            "response.output_item.done",
        ]
        output = {"type": "function_call_output", "call_id": sent[3]["call_id"], "output": "sunny"}
        assert kinds(caller.send("conversation.item.create", item=output)) == kinds(caller.sent)[-2:]
        caller.send("response.create")
        assert [message.role for message in caller.requests[-1].messages] == ["user", "call", "output"]

    def test_speech_and_a_call_in_one_response(self, talking: SessionDriver) -> None:
        talking.turn("The weather?")
        sent = talking.produce(TextPiece("Let me see."), sound(100), ToolCall("weather", "{}"), Finished())
        done = next(event for event in sent if event["type"] == "response.done")["response"]
        assert [item["type"] for item in done["output"]] == ["message", "function_call"]
        assert [event["output_index"] for event in sent if event["type"] == "response.output_item.added"] == [0, 1]

    def test_too_many_tokens(self, talking: SessionDriver) -> None:
        talking.update(max_output_tokens=5)
        talking.turn("Hello.")
        sent = talking.produce(TextPiece("Hello."), sound(1000), TextPiece("More."))
        assert sent[-2]["response"]["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        assert talking.stopped == ["resp_1"]

    def test_a_failure_is_told(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        sent = talking.produce(TextPiece("He"), Failed("brain_unavailable", "Gone."))
        assert sent[-2]["response"]["status"] == "failed"
        assert sent[-2]["response"]["status_details"]["error"]["message"] == "Gone."

    @pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
    def test_g711_both_ways(self, talking: SessionDriver, name: str) -> None:
        form = {"format": {"type": name}}
        talking.update(audio={"input": form, "output": form})
        quiet, loud = (b"\xff", b"\x90") if name == "audio/pcmu" else (b"\xd5", b"\x20")
        talking.append(loud * 8192)
        talking.append(quiet * 8192)
        talking.hears("Hello.")
        sent = talking.answer(ms=1000)
        audio = b"".join(
            base64.b64decode(event["delta"]) for event in sent if event["type"] == "response.output_audio.delta"
        )
        assert 7990 <= len(audio) <= 8000
        assert set(audio) == set(quiet)


class TestTime:
    def test_the_end_of_the_session(self) -> None:
        caller = SessionDriver(lifetime=120)
        assert caller.session.wake_at() == 120
        (expired,) = caller.wait(120)
        assert expired["error"]["code"] == "session_expired"
        assert caller.closed is not None
        assert (caller.closed.code, caller.closed.reason) == (1001, expired["error"]["message"])
        assert caller.closed.reason == "Your session hit the maximum duration of 2 minutes."

    def test_a_silent_user_is_spoken_to_once(self, talking: SessionDriver) -> None:
        talking.listen(idle_timeout_ms=5000)
        talking.turn("Hello.")
        talking.answer(ms=1000)
        assert talking.session.wake_at() == 6.0
        talking.sent.clear()
        talking.wait(6)
        assert kinds(talking.sent) == [
            "input_audio_buffer.timeout_triggered",
            "conversation.item.added",
            "conversation.item.done",
            *SPOKEN_TURN[2:5],
            "conversation.item.input_audio_transcription.completed",
            "response.created",
        ]
        assert talking.requests[-1].idle
        talking.answer()
        assert talking.session.wake_at() == 3600

    def test_speech_ends_the_wait(self, talking: SessionDriver) -> None:
        talking.listen(idle_timeout_ms=5000)
        talking.turn("Hello.")
        talking.answer()
        talking.speak()
        assert talking.session.wake_at() == 3600


class TestBadInput:
    @pytest.mark.parametrize("event", [None, 5, [], "text", {}, {"type": None}, {"type": {}}, {"type": "bogus.event"}])
    def test_what_is_no_event(self, caller: SessionDriver, event: Any) -> None:
        assert error(caller.raw(event))[0] in ("invalid_event", "invalid_value", "missing_required_parameter")
        assert kinds(caller.update()) == ["session.updated"]

    def test_an_unknown_type_is_told_the_known_ones(self, caller: SessionDriver) -> None:
        caller.send("response.begin")
        assert "'response.create'" in caller.sent[-1]["error"]["message"]

    @pytest.mark.parametrize("audio", ["%%%", "AAA", "あ", 5, None])
    def test_wrong_audio(self, caller: SessionDriver, audio: Any) -> None:
        assert error(caller.send("input_audio_buffer.append", audio=audio))[1] == "audio"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["item_1", "root", "auto"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "id", "role", "x"]), inner),
    max_leaves=6,
)
NAMES = [*EVENT_FIELDS, "bogus"]
FIELDS = [
    "session",
    "audio",
    "item",
    "item_id",
    "audio_end_ms",
    "content_index",
    "response",
    "previous_item_id",
    "event_id",
]
EVENTS = st.builds(
    lambda kind, fields: {"type": kind} | fields,
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3),
)
GOOD: list[dict[str, Any]] = [
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": None}}}},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"transcription": {"model": "w"}}}}},
    {
        "type": "session.update",
        "session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}},
    },
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}}},
    {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes([0, 64]) * 12000).decode()},
    {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(48000)).decode()},
    {"type": "input_audio_buffer.append", "audio": "AAAA"},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": "conversation.item.create", "item": ITEM},
    {"type": "conversation.item.truncate", "item_id": "item_2", "content_index": 0, "audio_end_ms": 100},
    {"type": "conversation.item.retrieve", "item_id": "item_1"},
    {"type": "conversation.item.delete", "item_id": "item_1"},
    {"type": "conversation.item.delete", "item_id": "item_2"},
    {"type": "response.create"},
    {"type": "response.create", "response": {"conversation": "none"}},
    {"type": "response.cancel"},
]
DEEDS = st.sampled_from(["hear", "hear nothing", "words", "sound", "finish", "call", "wait"])


def deed(caller: SessionDriver, name: str) -> None:
    pieces = {"words": TextPiece("Yes."), "sound": sound(300), "finish": Finished(), "call": ToolCall("f", "{}")}
    if name.startswith("hear") and caller.questions:
        caller.hears("Hello." if name == "hear" else "")
    elif name in pieces and caller.requests:
        caller.produce(pieces[name])
    elif name == "wait":
        caller.wait(1)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS | st.sampled_from(GOOD) | DEEDS, max_size=25))
def test_no_order_of_events_ends_a_session(deeds: list[Any]) -> None:
    caller = SessionDriver()
    for each in deeds:
        if isinstance(each, str):
            deed(caller, each)
        else:
            caller.raw(each)
    for event in caller.sent:
        json.dumps(event)
    assert kinds(caller.update(instructions="Still here."))[-1] == "session.updated"
    created = [event["response"]["id"] for event in caller.sent if event["type"] == "response.created"]
    done = [event["response"]["id"] for event in caller.sent if event["type"] == "response.done"]
    assert len(set(done)) == len(done)
    assert set(done) <= set(created)
