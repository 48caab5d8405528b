"""The beta dialect: old names, flat objects, and one event fewer."""

import pytest

from voiceapp.engine.protocol import events, session_object
from voiceapp.engine.protocol.beta import to_beta
from voiceapp.engine.protocol.response import Response


def test_a_session_is_flat() -> None:
    event = to_beta(events.session_created(session_object.session("sess_1", "m", 1)))
    assert event is not None
    session = event["session"]
    assert (session["voice"], session["input_audio_format"], session["modalities"]) == (
        "alloy",
        "pcm16",
        ["text", "audio"],
    )
    assert "audio" not in session
    assert session["turn_detection"]["type"] == "server_vad"


def test_a_response_and_its_events_have_their_old_names() -> None:
    response = Response("resp_1", "conv_1", session_object.audio_output("alloy"))
    sent = [
        *response.created(),
        *response.open_message("item_1", None),
        *response.text_delta("Hi."),
        *response.close_message(),
    ]
    kinds = [event["type"] for each in sent if (event := to_beta(each)) is not None]
    assert "response.audio_transcript.delta" in kinds
    assert "conversation.item.created" in kinds
    assert not [kind for kind in kinds if "output_audio" in kind or kind == "conversation.item.done"]
    done = to_beta(response.done()[0])
    assert done is not None
    assert done["response"]["output"][0]["content"][0]["type"] == "audio"
    assert done["response"]["output_audio_format"] == "pcm16"


@pytest.mark.parametrize("event", [events.cleared(), events.error("code", "What was wrong.")])
def test_what_is_alike_in_both_stays(event: events.Event) -> None:
    assert to_beta(event) == event
