"""The page in Firefox, which has its own ways with devices, rates and clocks: a whole call, by voice and in writing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.browser.firefox import ESCAPE, PROGRAM, FirefoxVisitor, firefox
from tests.browser.pulse import HEARD_RATE, PROGRAMS, pulse
from tests.browser.speech import spoken
from tests.word_errors import error_rate
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.engine.speech.resampler import Resampler
from voiceapp.engine.speech.stt import Recogniser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.models,
    pytest.mark.skipif(PROGRAM is None, reason="no Firefox is installed"),
    pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason="no PulseAudio is installed"),
]

SENTENCE = "The garden is full of flowers."
RATE = 44100


def written(pcm: bytes) -> str:
    """What a recogniser makes of 24 kHz PCM16."""
    samples = Resampler(24000, 16000).feed(np.frombuffer(pcm, "<i2").astype(np.float32))
    return Recogniser.installed().hear(samples.astype(np.int16)).text


def tones(sound: np.ndarray) -> set[int]:
    """The loudest frequency of each 100 ms that is not silence, to the nearest 20 Hz."""
    pieces = sound[: len(sound) // 1600 * 1600].reshape(-1, 1600)
    loud = [piece for piece in pieces if np.abs(piece.astype(float)).mean() > 500]
    return {round(int(np.abs(np.fft.rfft(piece)).argmax()) * HEARD_RATE / 1600 / 20) * 20 for piece in loud}


@pytest.mark.timeout(90)
def test_a_whole_call_in_firefox(serve: Callable[[str], tuple[str, ScriptedServer]], tmp_path: Path) -> None:
    url, upstream = serve("whole_call")
    question = spoken(SENTENCE, tmp_path / "question.wav", before_s=0.2, after_s=0.1)
    with (
        pulse(tmp_path / "pulse", RATE) as devices,
        firefox(tmp_path / "profile", devices) as browser,
        devices.listen() as ear,
    ):
        visitor = FirefoxVisitor(browser)
        visitor.open(url)
        visitor.click("#call")
        visitor.wait_for('body[data-phase="live"]')
        devices.say(question)
        assert visitor.stats["deviceRate"] == RATE

        # Cut by voice.
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
        assert visitor.leave() == []

    assert error_rate((SENTENCE, written(bytes(sent)))) <= 0.4
    assert [entry["text"] for entry in entries if entry["role"] == "user"] == [SENTENCE, "Stop.", "Good evening."]
    assert cuts(upstream)[1] == pytest.approx(stats["msHeard"]["t1"], abs=20 + stats["outputLatencyMs"])
    assert stats["samplesPlayed"] == played
    assert (stats["underruns"], stats["chunksDropped"]) == (0, 0)
    assert {300, 440, 600} <= tones(ear.sound)
    assert (np.abs(ear.sound.astype(float)) > 300).sum() / HEARD_RATE * 24000 == pytest.approx(played, rel=0.1)


def cuts(upstream: ScriptedServer) -> list[int]:
    """Where each cut answer ended, in milliseconds."""
    events = [event for event in upstream.connections[-1].events if event["type"] == "conversation.item.truncate"]
    return [event["audio_end_ms"] for event in events]
