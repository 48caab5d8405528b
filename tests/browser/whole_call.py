"""A whole call by voice and in writing, in any browser: heard, answered, cut by voice and by hand, really played."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.browser.person import ESCAPE, Person
from tests.browser.pulse import HEARD_RATE, PROGRAMS, Pulse
from tests.browser.speech import spoken
from tests.word_errors import error_rate
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.engine.speech.resampler import Resampler
from voiceapp.engine.speech.stt import WhisperStt

SCENARIO = "whole_call"
# Of an answer that was held, when it goes on; some of it was too faint to be heard before.
AGAIN_S = 0.3
SENTENCE = "The garden is full of flowers."

needs_pulse = pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="no PulseAudio is installed")


def hold(visitor: Person, upstream: ScriptedServer, devices: Pulse, folder: Path) -> None:
    """With the page open, in scenario `SCENARIO`."""
    question = spoken(SENTENCE, folder / "question.wav", before_s=0.2, after_s=0.1)
    with devices.listen() as ear:
        played = converse(visitor, upstream, devices, question)
    assert {300, 440, 600} <= ear.tones
    # A word or two behind the cough were heard twice, and count once; a busy machine's engine stumbles.
    assert ear.loud_s == pytest.approx(played / 24000 + AGAIN_S, rel=0.2), f"{ear.loud_s} s of {played / 24000} s"


def converse(visitor: Person, upstream: ScriptedServer, devices: Pulse, question: Path) -> int:
    """How many samples the page says it has played, at 24 kHz."""
    visitor.click("#call")
    visitor.wait_for('body[data-phase="live"]')
    devices.say(question)

    # Held by a cough, and cut by voice.
    visitor.wait_until(lambda: visitor.stats["holds"] == [1, 1])
    assert visitor.stats["turn"] == "assistant"
    assert not visitor.sees("[data-cut]")
    visitor.wait_for('[data-item="a1"][data-cut]')
    visitor.wait_for('[data-item="a2"][data-final]')
    first = cuts(upstream)[0]
    assert 0 < first == pytest.approx(visitor.stats["msHeard"]["a1"], abs=20)
    assert visitor.stats["msHeard"]["a2"] == pytest.approx(400, abs=1)

    # Cut by hand.
    visitor.type("#message", "Good evening.")
    visitor.wait_until(lambda: visitor.stats["msHeard"].get("t1", 0) > 500)
    visitor.press(ESCAPE)
    visitor.wait_for('[data-item="t1"][data-cut]')
    played = visitor.stats["samplesPlayed"]
    stats, entries = visitor.stats, visitor.entries
    sent = upstream.connections[-1].audio

    assert error_rate((SENTENCE, written(bytes(sent)))) <= 0.4
    assert [entry["text"] for entry in entries if entry["role"] == "user"] == [SENTENCE, "Stop.", "Good evening."]
    assert cuts(upstream)[1] == pytest.approx(stats["msHeard"]["t1"], abs=20 + stats["outputLatencyMs"])
    assert stats["samplesPlayed"] == played
    assert (stats["underruns"], stats["chunksDropped"]) == (0, 0)
    return int(played)


def written(pcm: bytes) -> str:
    """What a recogniser makes of 24 kHz PCM16."""
    samples = Resampler(24000, HEARD_RATE).feed(np.frombuffer(pcm, "<i2").astype(np.float32))
    return WhisperStt.installed().transcribe(samples.astype(np.int16)).text


def cuts(upstream: ScriptedServer) -> list[int]:
    """Where each cut answer ended, in milliseconds."""
    events = [event for event in upstream.connections[-1].events if event["type"] == "conversation.item.truncate"]
    return [event["audio_end_ms"] for event in events]
