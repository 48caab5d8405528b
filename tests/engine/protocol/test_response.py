"""A response's events, in the recorded order."""

import pytest

from voiceapp.engine.protocol import session_object
from voiceapp.engine.protocol.response import Response

from ..session_driver import ANSWER, kinds


def made(modality: str = "audio", conversation: str | None = "conv_1") -> Response:
    return Response("resp_1", conversation, session_object.audio_output("heart"), [modality])


def test_a_spoken_message() -> None:
    response = made()
    sent = response.created() + response.open_message("item_1", "item_0")
    sent += response.text_delta("Hi.") + response.audio_delta("AAAA")
    sent += response.close_message() + response.done()
    # The limits that a server tells at last are none of the response's.
    assert kinds(sent) == ["response.created", *ANSWER[:-1]]
    assert sent[-1]["response"]["output"][0]["content"] == [{"type": "output_audio", "transcript": "Hi."}]


def test_a_written_message_beside_the_conversation() -> None:
    response = made("text", None)
    sent = [*response.open_message("item_1", None), *response.text_delta("Hi."), *response.close_message()]
    assert kinds(sent) == [
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
    ]


def test_a_function_call_follows_as_the_next_output() -> None:
    response = made()
    response.open_message("item_1", None)
    response.close_message()
    sent = response.function_call("item_2", "item_1", "call_1", "look", "{}")
    assert {event["output_index"] for event in sent if "output_index" in event} == {1}
    assert sent[-1]["item"]["arguments"] == "{}"


def test_cancelling_closes_what_is_open_and_says_why() -> None:
    response = made()
    response.open_message("item_1", None)
    sent = response.cancelled("turn_detected")
    assert sent[-1]["response"]["status"] == "cancelled"
    assert sent[-1]["response"]["output"][0]["status"] == "incomplete"


def test_a_delta_of_no_item_is_a_mistake_of_ours() -> None:
    with pytest.raises(RuntimeError, match="no output item is open"):
        made().text_delta("Hi.")
