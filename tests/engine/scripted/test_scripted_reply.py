"""A scenario's short words, as the events of a recording."""

import base64

import pytest

from voiceapp.engine.protocol import session_object
from voiceapp.engine.protocol.response import Response
from voiceapp.engine.scripted.scenario import Call, Hear, Say, Transcript
from voiceapp.engine.scripted.scripted_reply import ScriptedReply, call_events, hear_events, transcript_events
from voiceapp.engine.scripted.tone import BYTES_PER_MS

from ..session_driver import kinds


def reply(say: Say) -> ScriptedReply:
    response = Response("resp_1", "conv_1", session_object.audio_output("alloy"), [say.modality])
    return ScriptedReply(say, response, "item_1", None)


def deltas(events: list[dict[str, str]], kind: str) -> list[str]:
    return [event["delta"] for event in events if event["type"] == f"response.{kind}.delta"]


def test_words_go_ahead_of_the_sound_and_both_come_whole() -> None:
    made = reply(Say(text="One two three four.", ms=250, chunk_ms=100, early=2))
    opening, chunks = made.opening(), made.chunks()
    assert deltas(opening, "output_audio_transcript") == ["One", " two"]
    rest = [event for chunk in chunks for event in chunk]
    assert deltas(rest, "output_audio_transcript") == [" three", " four."]
    sound = [base64.b64decode(each) for each in deltas(rest, "output_audio")]
    assert [len(each) // BYTES_PER_MS for each in sound] == [100, 100, 50]
    done = made.closing()[-2]["response"]
    assert done["output"][0]["content"][0]["transcript"] == "One two three four."
    assert done["usage"]["output_token_details"]["audio_tokens"] == 5


def test_written_replies_have_no_sound_and_a_cut_one_less() -> None:
    written = reply(Say(text="One two three.", modality="text"))
    written.opening()
    assert kinds([event for chunk in written.chunks() for event in chunk]) == ["response.output_text.delta"]
    cut = reply(Say(ms=1000, cut_ms=300, chunk_ms=100))
    cut.opening()
    assert len(cut.chunks()) == 3


@pytest.mark.parametrize("rate_limits", [True, False])
def test_the_end_tells_the_limits_if_it_should(rate_limits: bool) -> None:
    made = reply(Say(rate_limits=rate_limits))
    made.opening()
    assert (kinds(made.closing())[-1] == "rate_limits.updated") is rate_limits


def test_a_turn_with_edges_and_one_committed_by_hand() -> None:
    heard = kinds(hear_events(Hear(transcript="Hello there.", deltas=True), "item_1", None, 100))
    assert heard[0] == "input_audio_buffer.speech_started"
    assert heard[3] == "input_audio_buffer.speech_stopped"
    assert heard[-1] == "conversation.item.input_audio_transcription.completed"
    manual = kinds(hear_events(Hear(transcript="Hello."), "item_1", None, -1))
    assert manual == heard[4:]


def test_a_transcript_may_fail() -> None:
    (failed,) = transcript_events(Transcript(failed="server_busy"), "item_1")
    assert failed["error"]["code"] == "server_busy"


def test_a_response_may_be_a_call() -> None:
    response = Response("resp_1", "conv_1", session_object.audio_output("alloy"))
    sent = call_events(Call("look", '{"a": 1}'), response, "item_1", None, "call_1")
    assert (kinds(sent)[0], kinds(sent)[-1]) == ("response.created", "response.done")
    assert sent[-1]["response"]["output"][0]["call_id"] == "call_1"
