"""What a client sent: events without their audio, and the audio by item."""

import base64
import io
import json

from voiceapp.engine.scripted.recorder import Recorder, lines_to
from voiceapp.engine.serving.connection import Upgrade


def append(audio: object) -> str:
    return json.dumps({"type": "input_audio_buffer.append", "audio": audio})


def test_audio_is_kept_apart_and_by_its_item() -> None:
    recorder = Recorder(Upgrade("/v1/realtime?model=m", {}), 1)
    for sound in (b"\1\2" * 48, b"\3\4" * 24):
        recorder.take(append(base64.b64encode(sound).decode()))
        recorder.committed(f"item_{len(recorder.events)}")
    assert recorder.events[0] == {"type": "input_audio_buffer.append", "audio_bytes": 96}
    assert recorder.audio_by_item == {"item_1": b"\1\2" * 48, "item_2": b"\3\4" * 24}
    assert (recorder.audio_ms, recorder.model) == (3, "m")


def test_what_is_no_event_and_no_audio_is_told_as_such() -> None:
    recorder = Recorder(Upgrade("/", {}), 1)
    recorder.take("{")
    recorder.take("[]")
    recorder.take(append("%%%"))
    recorder.take(append(None))
    assert recorder.events == [
        {"type": "(not an event)", "bytes": 1},
        {"type": "(not an event)", "bytes": 2},
        {"type": "input_audio_buffer.append", "audio_bytes": None},
        {"type": "input_audio_buffer.append", "audio_bytes": None},
    ]
    assert recorder.audio == b""


def test_keys_are_masked_in_what_is_written() -> None:
    file = io.StringIO()
    recorder = Recorder(Upgrade("/v1/realtime", {"authorization": "Bearer sk-1", "host": "here"}), 2, lines_to(file))
    recorder.opened()
    recorder.take('{"type": "response.create"}')
    opened, event = map(json.loads, file.getvalue().splitlines())
    assert opened["headers"] == {"authorization": "***", "host": "here"}
    assert (event["connection"], event["event"]) == (2, {"type": "response.create"})
