"""Server events that need no state."""

import pytest

from voiceapp.engine.protocol import events


def test_an_error_names_the_clients_event() -> None:
    assert events.error("code", "What was wrong.", param="session.type", event_id="e") == {
        "type": "error",
        "error": {
            "type": "invalid_request_error",
            "code": "code",
            "message": "What was wrong.",
            "param": "session.type",
            "event_id": "e",
        },
    }


@pytest.mark.parametrize("length", [0, 1, 15, 16, 40])
def test_filler_hides_how_long_a_delta_is(length: int) -> None:
    assert (length + len(events.obfuscation("x" * length))) % 16 == 0


def test_a_users_audio_is_complete_at_once_and_its_transcript_unknown() -> None:
    item = events.user_audio_item("item_1")
    assert (item["status"], item["content"]) == ("completed", [{"type": "input_audio", "transcript": None}])
    assert events.item_added(item, None)["previous_item_id"] is None
