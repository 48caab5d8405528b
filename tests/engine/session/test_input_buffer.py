"""The input buffer: what it keeps, where speech starts and stops, and how long it waits."""

import numpy as np
import pytest

from voiceapp.engine.protocol.audio_formats import FORMATS
from voiceapp.engine.session.endpointer import Edge
from voiceapp.engine.session.input_buffer import KEPT_MS, InputBuffer, SpeechEdge

from ..fake_models import LoudnessDetector

VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500}
SEMANTIC = {"type": "semantic_vad", "eagerness": "high"}


def loud(ms: int) -> bytes:
    return np.full(24 * ms, 12000, "<i2").tobytes()


def quiet(ms: int) -> bytes:
    return bytes(48 * ms)


@pytest.fixture
def buffer() -> InputBuffer:
    made = InputBuffer(LoudnessDetector(), FORMATS["audio/pcm"])
    made.configure(FORMATS["audio/pcm"], VAD)
    return made


def test_speech_is_told_with_its_padding_and_its_end(buffer: InputBuffer) -> None:
    told = [*buffer.append(quiet(1024)), *buffer.append(loud(1024)), *buffer.append(quiet(1024))]
    assert [edge.edge for edge in told] == [Edge.STARTED, Edge.PAUSED, Edge.STOPPED]
    assert told[0].at_ms == pytest.approx(1024 - 300, abs=32)
    assert told[2].at_ms == pytest.approx(2048 + 500, abs=64)


def test_the_turn_begins_half_a_second_before_the_speech(buffer: InputBuffer) -> None:
    list(buffer.append(quiet(2048) + loud(512)))
    assert buffer.turn_start == pytest.approx(16 * (2048 - 500), abs=16 * 64)
    assert len(buffer.samples(buffer.turn_start, buffer.detected_to)) == buffer.detected_to - buffer.turn_start


def test_while_nobody_speaks_only_the_last_seconds_are_kept(buffer: InputBuffer) -> None:
    for _ in range(20):
        list(buffer.append(quiet(1000)))
    assert buffer.position == pytest.approx(16 * 20000, abs=16)
    assert len(buffer.samples(0, buffer.position)) == pytest.approx(16 * KEPT_MS, abs=16 * 64)


def test_a_commit_takes_what_came_since_the_last(buffer: InputBuffer) -> None:
    buffer.configure(FORMATS["audio/pcm"], None)
    assert list(buffer.append(loud(300))) == []
    assert buffer.uncommitted_ms == pytest.approx(300, abs=1)
    assert len(buffer.commit()) == pytest.approx(16 * 300, abs=16)
    assert buffer.uncommitted_ms == 0
    list(buffer.append(loud(200)))
    buffer.clear()
    assert buffer.uncommitted_ms == 0


@pytest.mark.parametrize(
    ("probability", "text", "silence_ms"),
    [
        (None, None, 800),
        (0.9, None, 800),
        (0.9, "Home.", 400),
        (0.1, None, 1000),
        (0.9, "to the", 1000),
        (None, "to the", 2000),
    ],
)
def test_the_silence_that_ends_a_turn_depends_on_what_is_known_of_it(
    buffer: InputBuffer, probability: float | None, text: str | None, silence_ms: int
) -> None:
    buffer.configure(FORMATS["audio/pcm"], SEMANTIC)
    list(buffer.append(loud(1024)))
    buffer.judge(probability, text)
    edges: list[SpeechEdge] = []
    waited = 0
    while not any(edge.edge is Edge.STOPPED for edge in edges):
        edges += buffer.append(quiet(100))
        waited += 100
    assert waited == pytest.approx(silence_ms, abs=200)


def test_a_fixed_silence_is_not_judged(buffer: InputBuffer) -> None:
    list(buffer.append(loud(1024)))
    assert buffer.judge(0.1, "I went to the") is None
    assert buffer.endpointer.silence_ms == 500


def test_another_format_begins_afresh(buffer: InputBuffer) -> None:
    list(buffer.append(b"\0"))
    buffer.configure(FORMATS["audio/pcmu"], VAD)
    list(buffer.append(b"\xff" * 800))
    assert buffer.position == pytest.approx(1600, abs=32)
