"""The session: client events and results in, server events out, with no socket, model or clock."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import worlds
from voiceapp.engine.brains.request import Finished, TextPiece, ToolCall
from voiceapp.engine.protocol.client_events import EVENT_FIELDS

from ..session_driver import ITEM, SPOKEN_TURN, SessionDriver, error, kinds, sound


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
        assert len(caller.transcriptions[0].samples) == 16000
        caller.transcribe("Hello.")
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


def test_the_session_names_the_language_it_wants(caller: SessionDriver) -> None:
    caller.update(audio={"input": {"transcription": {"model": "w", "language": "ja"}}})
    caller.turn("こんにちは。")
    assert caller.languages == ["ja"]
    assert {question.language for question in caller.transcriptions} == {"ja"}
    assert caller.requests[-1].language == "ja"


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
    if name.startswith("hear") and caller.transcriptions:
        caller.transcribe("Hello." if name == "hear" else "")
    elif name in pieces and caller.requests:
        caller.produce(pieces[name])
    elif name == "wait":
        caller.wait(1)


@worlds(75)
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
