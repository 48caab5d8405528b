"""A client's messages: what is no JSON, long appends, and audio that is none."""

import pytest

from voiceapp.engine.protocol import messages
from voiceapp.engine.protocol.checks import RefusedError
from voiceapp.engine.protocol.messages import audio_bytes, in_slices, parse


def test_a_long_append_is_taken_in_slices() -> None:
    event = {"type": "input_audio_buffer.append", "audio": "AAAA" * 20000, "event_id": "e"}
    pieces = in_slices(event)
    assert "".join(piece["audio"] for piece in pieces) == event["audio"]
    assert {len(piece["audio"]) % 4 for piece in pieces} == {0}
    assert in_slices(event | {"audio": "%" * 80000}) == [event | {"audio": "%" * 80000}]


@pytest.mark.parametrize("message", ["{", b"\xff\xfe", '{"x": NaN}', "[" * 100000])
def test_what_is_no_json(message: str | bytes) -> None:
    assert parse(message) is None


@pytest.mark.parametrize("audio", ["%", "AAA", "A A="])
def test_what_is_no_base64_is_refused_by_its_place(audio: str) -> None:
    with pytest.raises(RefusedError) as refused:
        audio_bytes(audio, "item.content[0].audio")
    assert (refused.value.code, refused.value.param) == ("invalid_value", "item.content[0].audio")
    assert audio_bytes("AAEC", "audio") == bytes([0, 1, 2])


def test_too_much_audio_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_AUDIO", 8)
    assert audio_bytes("A" * 8, "audio") == bytes(6)
    with pytest.raises(RefusedError, match="at most 15 MiB"):
        audio_bytes("A" * 12, "audio")
