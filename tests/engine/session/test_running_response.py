"""A response while it is made: what each piece becomes, its limit, its counts."""

import base64

import numpy as np
import pytest

from voiceapp.engine.brains.request import AudioPiece, Failed, Finished, Request, TextPiece, ToolCall
from voiceapp.engine.protocol.identifiers import Numbered
from voiceapp.engine.protocol.response import Response
from voiceapp.engine.session.items import Items
from voiceapp.engine.session.running_response import DELTA_MS, RunningResponse

from ..session_driver import kinds

AUDIO = {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "heart", "speed": 1.0}


def running(limit: int | str = "inf", conversation: str | None = "conv") -> RunningResponse:
    return RunningResponse(
        Response("resp", conversation, AUDIO), Request("resp", ()), Items(), Numbered().fresh, limit, (10, 20, 15)
    )


def test_sound_goes_out_in_deltas_of_the_output_format() -> None:
    made = running()
    sent = [*made.add(TextPiece("Hello.")), *made.add(AudioPiece(np.full(24 * 500, 7, np.int16)))]
    deltas = [event["delta"] for event in sent if event["type"] == "response.output_audio.delta"]
    assert [len(base64.b64decode(delta)) for delta in deltas] == [48 * DELTA_MS, 48 * DELTA_MS, 48 * 100]
    assert made.sound_ms == 500
    assert made.current is not None
    assert made.current.audio_ms == 500


def test_the_end_closes_what_is_open_and_counts() -> None:
    made = running()
    made.add(TextPiece("Hello there."))
    sent = made.add(Finished())
    assert kinds(sent)[-1] == "response.done"
    assert made.over
    used = sent[-1]["response"]["usage"]
    assert (used["input_tokens"], used["output_tokens"]) == (30, 3)
    assert used["input_token_details"]["cached_tokens_details"] == {
        "text_tokens": 10,
        "audio_tokens": 5,
        "image_tokens": 0,
    }


@pytest.mark.parametrize("conversation", ["conv", None])
def test_only_what_belongs_to_the_conversation_is_added_to_it(conversation: str | None) -> None:
    made = running(conversation=conversation)
    made.add(TextPiece("Hello."))
    made.add(ToolCall("look", "{}"))
    assert len(made.items.stored) == (2 if conversation else 0)


def test_it_ends_at_its_limit() -> None:
    made = running(limit=2)
    assert kinds(made.add(TextPiece("Hi. ")))[-1] == "response.output_audio_transcript.delta"
    done = made.add(TextPiece("There."))[-1]["response"]
    assert (done["status"], done["status_details"]["reason"]) == ("incomplete", "max_output_tokens")


def test_a_failure_and_a_cancellation_say_why() -> None:
    failed = running().add(Failed("server_busy", "Busy."))[-1]["response"]
    assert failed["status_details"]["error"] == {"type": "server_error", "code": "server_busy", "message": "Busy."}
    cancelled = running().cancel("turn_detected")[-1]["response"]
    assert (cancelled["status"], cancelled["status_details"]["reason"]) == ("cancelled", "turn_detected")
