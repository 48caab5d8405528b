"""Both name sets are read, the profile's one is written."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation import dialects
from voiceapp.conversation import events as ev

CONFIG = dialects.SessionConfig("marin", "Be kind.", "gpt-realtime-whisper", "ja")

INCOMPLETE: list[tuple[Any, ev.Incomplete]] = [
    ({"type": "incomplete", "reason": "max_output_tokens"}, "length"),
    ({"type": "incomplete", "reason": "content_filter"}, "filter"),
    ({"type": "incomplete", "reason": "a new one"}, "other"),
    ({"type": "incomplete"}, "other"),
    ("content_filter", "filter"),
    (None, "other"),
]

# Server event, in GA and in beta → what it means.
SAME_IN_BOTH: list[tuple[dict[str, Any], ev.UpstreamEvent | None]] = [
    ({"type": "session.created", "session": {"model": "m", "expires_at": 7}}, ev.SessionCreated("m", 7)),
    ({"type": "session.updated", "session": {"model": "m", "voice": "echo"}}, ev.SessionUpdated("m", "echo", None)),
    (
        {"type": "session.updated", "session": {"model": "m", "audio": {"output": {"voice": "echo"}}}},
        ev.SessionUpdated("m", "echo", None),
    ),
    ({"type": "input_audio_buffer.speech_started", "item_id": "u", "audio_start_ms": 3}, ev.SpeechStarted("u")),
    ({"type": "input_audio_buffer.speech_stopped", "item_id": "u", "audio_end_ms": 9}, ev.SpeechStopped("u")),
    ({"type": "input_audio_buffer.committed", "item_id": "u", "previous_item_id": None}, ev.Committed("u", None)),
    ({"type": "conversation.item.deleted", "item_id": "u"}, ev.ItemDeleted("u")),
    (
        {"type": "conversation.item.input_audio_transcription.delta", "item_id": "u", "delta": "Hi"},
        ev.UserTextDelta("u", "Hi"),
    ),
    (
        {"type": "conversation.item.input_audio_transcription.completed", "item_id": "u", "transcript": "Hi."},
        ev.UserText("u", "Hi."),
    ),
    (
        {
            "type": "conversation.item.input_audio_transcription.completed",
            "item_id": "u",
            "transcript": "Hi",
            "status": "in_progress",
        },
        None,
    ),
    (
        {"type": "conversation.item.input_audio_transcription.failed", "item_id": "u", "error": {}},
        ev.UserTextFailed("u"),
    ),
    (
        {
            "type": "conversation.item.input_audio_transcription.failed",
            "item_id": "u",
            "error": {"type": "server_error", "code": "DeploymentNotFound", "message": "x"},
        },
        ev.UserTextFailed("u", "DeploymentNotFound"),
    ),
    *(
        (
            {"type": "response.done", "response": {"id": "r", "status": "incomplete", "status_details": details}},
            ev.ResponseDone("r", "incomplete", None, incomplete=why),
        )
        for details, why in INCOMPLETE
    ),
    ({"type": "response.created", "response": {"id": "r"}}, ev.ResponseCreated("r")),
    (
        {"type": "response.done", "response": {"id": "r", "status": "completed"}},
        ev.ResponseDone("r", "completed", None),
    ),
    (
        {
            "type": "response.done",
            "response": {"id": "r", "status": "failed", "status_details": {"error": {"code": "x", "message": "y"}}},
        },
        ev.ResponseDone("r", "failed", None, "x", "y"),
    ),
    ({"type": "error", "error": {"code": "c", "message": "m", "event_id": "e"}}, ev.UpstreamError("c", "m", "e")),
    ({"type": "error", "error": {"code": 429, "message": "m"}}, ev.UpstreamError("429", "m", "")),
    ({"type": "error", "error": "out of memory"}, ev.UpstreamError("", "out of memory", "")),
    ({"type": "input_audio_buffer.speech_started"}, ev.SpeechStarted("")),
    (
        {"type": "conversation.item.input_audio_transcription.completed", "item_id": "u", "transcript": None},
        ev.UserTextFailed("u", "no_transcript"),
    ),
    ({"type": "rate_limits.updated", "rate_limits": []}, None),
    ({"type": "something.new", "field": 1}, None),
]
RENAMED: list[tuple[str, str, dict[str, Any], ev.UpstreamEvent]] = [
    ("response.output_audio.delta", "response.audio.delta", {"delta": "AAAA"}, ev.AudioDelta("r", "a", "AAAA")),
    ("response.output_audio.done", "response.audio.done", {}, ev.AudioDone("r", "a")),
    (
        "response.output_audio_transcript.delta",
        "response.audio_transcript.delta",
        {"delta": "Hi"},
        ev.AssistantTextDelta("r", "a", "Hi"),
    ),
    (
        "response.output_audio_transcript.done",
        "response.audio_transcript.done",
        {"transcript": "Hi."},
        ev.AssistantText("r", "a", "Hi."),
    ),
    ("response.output_text.delta", "response.text.delta", {"delta": "Hi"}, ev.AssistantTextDelta("r", "a", "Hi")),
    ("response.output_text.done", "response.text.done", {"text": "Hi."}, ev.AssistantText("r", "a", "Hi.")),
]


@pytest.mark.parametrize(("message", "event"), SAME_IN_BOTH)
def test_a_server_event_is_read(message: dict[str, Any], event: ev.UpstreamEvent | None) -> None:
    assert dialects.decode(message) == event


@pytest.mark.parametrize(("ga", "beta", "fields", "event"), RENAMED)
def test_both_names_mean_the_same(ga: str, beta: str, fields: dict[str, Any], event: ev.UpstreamEvent) -> None:
    for name in (ga, beta):
        assert dialects.decode({"type": name, "response_id": "r", "item_id": "a", **fields}) == event


@pytest.mark.parametrize("name", ["conversation.item.added", "conversation.item.created"])
def test_items_are_read_with_their_place_and_kind(name: str) -> None:
    item = {"id": "u", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
    message = {"type": name, "previous_item_id": "a", "item": item}
    assert dialects.decode(message) == ev.ItemAdded("u", "a", "user", "text", "Hi")


def test_what_is_no_message_keeps_its_own_kind() -> None:
    message = {"type": "conversation.item.added", "item": {"id": "f", "type": "mcp_list_tools"}}
    assert dialects.decode(message) == ev.ItemAdded("f", None, "", "mcp_list_tools", "")


CALL = {"id": "f", "type": "function_call", "status": "in_progress", "name": "w", "call_id": "c", "arguments": ""}
MCP = {"id": "m", "type": "mcp_call", "name": "w", "server_label": "s", "arguments": "{}"}
ASKED = {"id": "q", "type": "mcp_approval_request", "name": "w", "server_label": "s", "arguments": "{}"}
FUNCTION_IDS = {"response_id": "r", "item_id": "f", "output_index": 0, "call_id": "c"}
MCP_IDS = {"response_id": "r", "item_id": "m", "output_index": 0}
# The types of events and items as the provider publishes them.
TOOLS: list[tuple[dict[str, Any], ev.ToolReported]] = [
    (
        {"type": "response.output_item.added", "response_id": "r", "output_index": 0, "item": CALL},
        ev.ToolReported("f", "function", "r", name="w", call="c"),
    ),
    (
        {"type": "conversation.item.added", "previous_item_id": "u", "item": CALL},
        ev.ToolReported("f", "function", after="u", name="w", call="c"),
    ),
    (
        {"type": "conversation.item.created", "previous_item_id": "u", "item": CALL},
        ev.ToolReported("f", "function", after="u", name="w", call="c"),
    ),
    (
        {"type": "response.function_call_arguments.delta", **FUNCTION_IDS, "delta": "{", "obfuscation": "aZ"},
        ev.ToolReported("f", "function", "r", call="c"),
    ),
    (
        {"type": "response.function_call_arguments.done", **FUNCTION_IDS, "name": "w", "arguments": "{}"},
        ev.ToolReported("f", "function", "r", name="w", call="c", arguments="{}", state="done"),
    ),
    (
        {"type": "response.function_call_arguments.done", **FUNCTION_IDS, "arguments": "{}"},
        ev.ToolReported("f", "function", "r", call="c", arguments="{}", state="done"),
    ),
    (
        {"type": "response.output_item.done", "response_id": "r", "item": {**CALL, "status": "completed"}},
        ev.ToolReported("f", "function", "r", name="w", call="c", state="done"),
    ),
    (
        {
            "type": "response.output_item.done",
            "response_id": "r",
            "item": {**CALL, "status": "incomplete", "arguments": "{"},
        },
        ev.ToolReported("f", "function", "r", name="w", call="c", state="failed"),
    ),
    (
        {"type": "conversation.item.added", "previous_item_id": "u", "item": {**MCP, "output": None, "error": None}},
        ev.ToolReported("m", "mcp", after="u", name="w"),
    ),
    (
        {"type": "response.mcp_call_arguments.delta", **MCP_IDS, "delta": "{", "obfuscation": None},
        ev.ToolReported("m", "mcp", "r"),
    ),
    (
        {"type": "response.mcp_call_arguments.done", **MCP_IDS, "arguments": "{}"},
        ev.ToolReported("m", "mcp", "r", arguments="{}"),
    ),
    (
        {"type": "response.mcp_call.in_progress", "item_id": "m", "output_index": 0},
        ev.ToolReported("m", "mcp"),
    ),
    (
        {"type": "response.mcp_call.completed", "item_id": "m", "output_index": 0},
        ev.ToolReported("m", "mcp", state="done"),
    ),
    (
        {"type": "response.mcp_call.failed", "item_id": "m", "output_index": 0},
        ev.ToolReported("m", "mcp", state="failed"),
    ),
    (
        {"type": "conversation.item.done", "previous_item_id": "x", "item": {**MCP, "output": "Sun."}},
        ev.ToolReported("m", "mcp", name="w", arguments="{}", state="done", result="Sun."),
    ),
    (
        {"type": "response.output_item.done", "response_id": "r", "item": {**MCP, "output": None}},
        ev.ToolReported("m", "mcp", "r", name="w", arguments="{}"),
    ),
    (
        {
            "type": "response.output_item.done",
            "response_id": "r",
            "item": {**MCP, "error": {"type": "http_error", "code": 503, "message": "Away."}},
        },
        ev.ToolReported("m", "mcp", "r", name="w", arguments="{}", state="failed", result="Away."),
    ),
    (
        {"type": "conversation.item.done", "item": ASKED},
        ev.ToolReported("q", "approval", name="w", arguments="{}", state="done"),
    ),
]


@pytest.mark.parametrize(("message", "event"), TOOLS)
def test_a_tools_call_is_read(message: dict[str, Any], event: ev.ToolReported) -> None:
    assert dialects.decode(message) == event


@pytest.mark.parametrize("kind", ["conversation.item.done", "response.output_item.done"])
def test_the_end_of_a_message_means_nothing_more(kind: str) -> None:
    assert dialects.decode({"type": kind, "item": {"id": "a", "type": "message", "role": "assistant"}}) is None


def test_usage_is_read_from_the_response_or_else_the_top() -> None:
    usage = {"input_tokens": 9, "output_tokens": 5, "input_token_details": {"audio_tokens": 7, "cached_tokens": 2}}
    for message in (
        {"type": "response.done", "response": {"id": "r", "status": "completed", "usage": usage}},
        {"type": "response.done", "response": {"id": "r", "status": "completed", "usage": {}}, "usage": usage},
    ):
        done = dialects.decode(message)
        assert isinstance(done, ev.ResponseDone)
        assert done.usage == ev.Usage(input_tokens=9, output_tokens=5, input_audio_tokens=7, cached_tokens=2)


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_whole_answer_for_no_tokens_is_one_that_was_not_counted(status: str) -> None:
    zero = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    done = dialects.decode({"type": "response.done", "response": {"id": "r", "status": status, "usage": zero}})
    assert isinstance(done, ev.ResponseDone)
    assert done.usage == (None if status == "completed" else ev.Usage())


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"type": "duration", "seconds": 2.5}, ev.Transcribing(seconds=2.5)),
        (
            {
                "type": "tokens",
                "total_tokens": 14,
                "input_tokens": 10,
                "output_tokens": 4,
                "input_token_details": {"audio_tokens": 9, "text_tokens": 1},
            },
            ev.Transcribing(input_tokens=10, input_text_tokens=1, input_audio_tokens=9, output_tokens=4),
        ),
        ({}, None),
        (None, None),
        ({"type": "duration", "seconds": float("nan")}, None),
        ({"type": "duration", "seconds": -1}, None),
        ({"type": "duration", "seconds": 10**400}, None),
        ({"type": "tokens", "input_tokens": 10**30}, None),
    ],
)
def test_what_a_transcription_used_is_read(usage: Any, read: ev.Transcribing | None) -> None:
    kind = "conversation.item.input_audio_transcription.completed"
    told = dialects.decode({"type": kind, "item_id": "u1", "transcript": "Hi.", "usage": usage})
    assert told == ev.UserText("u1", "Hi.", read)


@pytest.mark.parametrize(
    "message",
    [{}, {"type": 5}, {"type": "input_audio_buffer.committed"}, {"type": "response.output_audio.delta", "item_id": ""}],
)
def test_a_malformed_event_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        dialects.decode(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "item",
                    "response",
                    "session",
                    "error",
                    "usage",
                    "content",
                    "id",
                    "delta",
                    "item_id",
                    "audio",
                    "output",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
NAMES = (
    [message["type"] for message, _ in SAME_IN_BOTH]
    + [message["type"] for message, _ in TOOLS]
    + [ga for ga, *_ in RENAMED]
    + ["conversation.item.added", "response.output_item.added"]
)


@given(
    st.sampled_from(NAMES),
    st.dictionaries(
        st.sampled_from(
            ["item_id", "response_id", "delta", "item", "response", "session", "error", "usage", "transcript"]
        ),
        JSON,
    ),
)
def test_nothing_a_server_sends_raises_anything_else(name: str, fields: dict[str, Any]) -> None:
    with contextlib.suppress(ValueError):
        dialects.decode({**fields, "type": name})


class TestWriting:
    def test_ga_sets_every_value(self) -> None:
        session = dialects.session_update(CONFIG, "ga", "session-1")["session"]
        assert session["type"] == "realtime"
        assert session["audio"]["input"]["transcription"] == {"model": "gpt-realtime-whisper", "language": "ja"}
        assert session["audio"]["input"]["turn_detection"]["interrupt_response"] is True
        assert session["audio"]["output"] == {
            "format": {"type": "audio/pcm", "rate": 24000},
            "voice": "marin",
            "speed": 1.0,
        }

    def test_beta_is_flat_and_names_no_type(self) -> None:
        session = dialects.session_update(CONFIG, "beta", "session-1")["session"]
        assert "type" not in session
        assert (session["voice"], session["input_audio_format"]) == ("marin", "pcm16")

    def test_no_transcription_model_means_none(self) -> None:
        session = dialects.session_update(dialects.SessionConfig("v", ""), "ga", "x")["session"]
        assert session["audio"]["input"]["transcription"] is None


@pytest.mark.parametrize(
    ("noise", "told"), [("near", {"type": "near_field"}), ("far", {"type": "far_field"}), ("off", None)]
)
def test_how_far_the_microphone_is_stands_where_each_dialect_has_it(noise: ev.Noise, told: Any) -> None:
    config = dialects.SessionConfig("v", "", noise=noise)
    for make in (dialects.session_update, dialects.input_settings_update):
        assert make(config, "ga", "x")["session"]["audio"]["input"]["noise_reduction"] == told
        assert make(config, "beta", "x")["session"]["input_audio_noise_reduction"] == told


def test_a_server_that_cannot_be_told_is_not() -> None:
    config = dialects.SessionConfig("v", "")
    for make in (dialects.session_update, dialects.input_settings_update):
        for shape in ("ga", "beta"):
            assert "noise_reduction" not in str(make(config, shape, "x"))  # type: ignore[arg-type]
