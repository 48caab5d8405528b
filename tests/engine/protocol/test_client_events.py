"""Client events: one of each kind is accepted, and each is refused with a field too many."""

from typing import Any

import pytest

from voiceapp.engine.protocol.checks import RefusedError
from voiceapp.engine.protocol.client_events import EVENT_FIELDS, check, detection_defaults

TEXT = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello."}]}
EXAMPLES: dict[str, dict[str, Any]] = {
    "session.update": {"session": {"type": "realtime", "instructions": "Be brief."}},
    "input_audio_buffer.append": {"audio": "AAAA"},
    "input_audio_buffer.commit": {},
    "input_audio_buffer.clear": {},
    "conversation.item.create": {"item": TEXT, "previous_item_id": None},
    "conversation.item.retrieve": {"item_id": "item_1"},
    "conversation.item.delete": {"item_id": "item_1"},
    "conversation.item.truncate": {"item_id": "item_1", "content_index": 0, "audio_end_ms": 100},
    "response.create": {"response": {"input": [TEXT, {"type": "item_reference", "id": "item_1"}]}},
    "response.cancel": {},
}


def test_there_is_an_example_of_each() -> None:
    assert sorted(EXAMPLES) == sorted(EVENT_FIELDS)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_one_of_each_kind(kind: str) -> None:
    check({"type": kind, "event_id": "event_1", **EXAMPLES[kind]})
    with pytest.raises(RefusedError) as refused:
        check({"type": kind, **EXAMPLES[kind], "more": 1})
    assert (refused.value.code, refused.value.param) == ("unknown_parameter", "more")


@pytest.mark.parametrize("kind", [kind for kind, (_, needed) in EVENT_FIELDS.items() if needed])
def test_what_an_event_needs_is_asked_for(kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check({"type": kind})
    assert refused.value.code == "missing_required_parameter"


@pytest.mark.parametrize("event", [None, [], "x", 1])
def test_what_is_no_object_is_no_event(event: Any) -> None:
    with pytest.raises(RefusedError) as refused:
        check(event)
    assert refused.value.code == "invalid_event"


def test_a_transcription_session_is_another_kind() -> None:
    with pytest.raises(RefusedError, match="transcription session"):
        check({"type": "session.update", "session": {"type": "transcription"}})


def test_each_turn_detection_has_its_defaults() -> None:
    assert detection_defaults("server_vad")["silence_duration_ms"] == 500
    assert detection_defaults("semantic_vad")["eagerness"] == "auto"
