"""What the embedded engine says of a pause in mid-turn, also where it says it wrongly."""

from typing import Any

import pytest

from voiceapp.conversation import dialects
from voiceapp.conversation import events as ev

PAUSED, RESUMED = "input_audio_buffer.speech_paused", "input_audio_buffer.speech_resumed"


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"type": PAUSED, "item_id": "u", "confidence": 0.2, "ends_in_ms": 1400}, ev.SpeechPaused("u", 0.2, 1400)),
        ({"type": PAUSED, "item_id": "u", "confidence": None, "ends_in_ms": 400}, ev.SpeechPaused("u", None, 400)),
        ({"type": PAUSED, "confidence": "high", "ends_in_ms": -1}, ev.SpeechPaused("", None, None)),
        ({"type": PAUSED, "item_id": "u", "confidence": 1.5}, ev.SpeechPaused("u", None, None)),
        ({"type": RESUMED, "item_id": "u"}, ev.SpeechResumed("u")),
    ],
)
def test_a_pause_is_read(message: dict[str, Any], event: ev.UpstreamEvent) -> None:
    assert dialects.decode(message) == event
