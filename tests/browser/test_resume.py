"""A line that is lost in a call: what is played, said, typed and stopped meanwhile, and that nothing of it is lost."""

import base64
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from tests.browser.lost import KINDS, TRACKS, cut_until_back, forgive_the_line, tell_story
from tests.browser.received import events, sound
from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor
from tests.browser.way import Way, way
from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import werkzeug
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
Line = tuple[Way, ScriptedServer]

PHONE = {"width": 390, "height": 800}
DESK = {"width": 1280, "height": 720}
SENTENCE = (
    "Long ago there lived an old miller, who had one clever cat, three lazy sons, seven black hens and nothing else."
    " Every morning before sunrise that cat walked down towards the river, and counted boats until the evening."
)
# Whatever the microphone's worklet delivers, kept beside the page; and all of it in base64.
KEEP = """(() => {
  window.testBlocks = []
  const Node = AudioWorkletNode
  window.AudioWorkletNode = class extends Node {
    constructor(context, name, options) {
      super(context, name, options)
      if (name !== "capture") return
      this.port.addEventListener("message", ({ data }) => {
        if (data.type === "block") window.testBlocks.push(data.pcm.slice())
      })
    }
  }
})()"""
KEPT = """() => {
  const bytes = testBlocks.flatMap(block => [...new Uint8Array(block.buffer)])
  return btoa(bytes.map(byte => String.fromCharCode(byte)).join(""))
}"""
# Of so many samples of the microphone one is looked at.
SHARE = 3
RATE = 24_000 // SHARE
# Of the speech, looked for one after the other; none is later than the one before by more than that.
WINDOW_S, MAX_OFF_S, ALIKE = 0.4, 0.02, 0.7
KEPT_MS = 5000


@pytest.fixture(scope="module")
def only_way(serve: Serve) -> Iterator[Line]:
    url, upstream = serve("silent")
    with way(url) as line:
        yield line, upstream


@pytest.fixture
def lost(only_way: Line) -> Line:
    """A way to the app that can be lost, whole again, and its scripted upstream."""
    line, _ = only_way
    line.mend()
    # Else the browser would load the page over a line that has fallen silent.
    line.cut("closed")
    return only_way


def test_what_is_playing_goes_on_and_can_be_stopped_while_the_line_is_away(lost: Line, visit: Visit) -> None:
    line, upstream = lost
    visitor = visit(line.url)
    visitor.call_until_live()
    tell_story(upstream)
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 1500)
    line.stop()
    visitor.wait_for_phase("reconnecting")
    visitor.wait_for_notice("connection_lost")
    heard = visitor.stats["msHeard"]["a1"]
    text = visitor.entry("a1")["text"]
    visitor.wait_until(lambda stats: stats["msHeard"]["a1"] > heard + 700)
    assert len(visitor.entry("a1")["text"]) > len(text)
    visitor.press("Stop")
    visitor.page.wait_for_timeout(300)
    stopped = visitor.stats["samplesPlayed"]

    visitor.page.set_viewport_size(PHONE)
    visitor.type("Was it grey?")
    assert "Waiting for the connection" in visitor.page.inner_text("[data-typed=waiting]")
    answer, typed = (visitor.page.locator(each).bounding_box() for each in ("[data-item=a1] .foot", "[data-typed]"))
    assert answer and typed
    assert answer["y"] > 0
    assert 0 <= typed["y"] - (answer["y"] + answer["height"]) < 30, "what is typed stands right below the answer"
    visitor.page.set_viewport_size(DESK)

    line.mend()
    visitor.wait_for_phase("live")
    visitor.wait_for_entry("assistant", '[data-item="a1"][data-cut]')
    truncated = upstream.wait_for(lambda _: events(upstream, "conversation.item.truncate"))
    assert len(truncated) == 1
    assert truncated[0]["audio_end_ms"] == pytest.approx(stopped / 24, abs=40 + visitor.stats["outputLatencyMs"])
    upstream.wait_for(lambda _: events(upstream, "response.create"))
    upstream.do({"say": {"item": "a2", "text": "It was.", "ms": 300}})
    visitor.wait_for_entry("assistant", '[data-item="a2"][data-final]')
    assert [entry["text"] for entry in visitor.entries if entry["role"] == "user"][1:] == ["Was it grey?"]
    assert visitor.page.query_selector("[data-typed]") is None
    forgive_the_line(visitor)


def test_what_the_person_says_arrives_whole_and_once_across_four_cuts(lost: Line, visit: Visit, tmp_path: Path) -> None:
    line, upstream = lost
    source = spoken(SENTENCE, tmp_path / "speech.wav", before_s=0.2, after_s=0.1)
    visitor = visit(line.url, choices={"guard": False}, room=f"{room(echo_db=-200)};{KEEP}")
    visitor.call_until_live()
    say(visitor.page, source)
    for at, kind in zip((30, 70, 110, 260), KINDS, strict=True):
        visitor.wait_until(lambda stats, at=at: stats["chunksSent"] > at, 15)
        cut_until_back(visitor, line, kind)
    sent = visitor.wait_until(lambda stats: stats["chunksSent"] > 380, 20)
    received = upstream.wait_for(lambda _: len(sound(upstream)) >= 350 * 1920 and sound(upstream))
    captured = base64.b64decode(visitor.page.evaluate(KEPT))
    forgive_the_line(visitor)
    assert (sent["leftOutMs"], sent["chunksDropped"], sent["duplicates"]) == (0, 0, 0)
    assert sent["lateMs"] > 3000
    assert received == captured[: len(received)]
    assert_spoken(source, np.frombuffer(received, np.int16).astype(float))


def assert_spoken(file: Path, received: np.ndarray) -> None:
    """The speech is in it, in its order: a busy machine may not hear all of it, but nothing is there twice."""
    with wave.open(str(file)) as opened:
        samples = np.frombuffer(opened.readframes(opened.getnframes()), np.int16).astype(float)
        samples = samples.reshape(-1, opened.getframerate() // RATE).mean(axis=1)
    heard = received[: len(received) // SHARE * SHARE].reshape(-1, SHARE).mean(axis=1)
    size = int(WINDOW_S * RATE)
    loud = [at for at in range(0, len(samples) - size, size) if samples[at : at + size].std() > 0.5 * samples.std()]
    assert len(loud) > 15
    found = [
        (at, *each) for at, each in zip(loud, places([samples[at : at + size] for at in loud], heard), strict=True)
    ]
    offsets = np.array([there - at for at, there, alike in found if alike > ALIKE]) / RATE
    assert len(offsets) > 0.6 * len(loud), found
    assert np.diff(offsets).max() < MAX_OFF_S, offsets.round(3)


def places(windows: list[np.ndarray], heard: np.ndarray) -> Iterator[tuple[int, float]]:
    """Where each is most like, and how much."""
    size = len(windows[0])
    length = 1 << (len(heard) + size - 1).bit_length()
    spectrum = np.fft.rfft(heard, length)
    power = np.concatenate([[0.0], np.cumsum(heard**2)])
    norms = np.sqrt(power[size:-1] - power[: -size - 1])
    for window in windows:
        common = np.fft.irfft(spectrum * np.conj(np.fft.rfft(window, length)), length)[: len(heard) - size]
        alike = common / np.maximum(norms * np.sqrt(np.sum(window**2)), 1.0)
        yield int(np.argmax(alike)), float(np.max(alike))


def test_more_than_five_seconds_of_late_speech_are_left_out_and_said_and_hanging_up_meanwhile_is_the_end(
    lost: Line, visit: Visit
) -> None:
    line, _ = lost
    visitor = visit(line.url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["chunksSent"] > 20)
    line.stop()
    went = time.monotonic()
    visitor.wait_for_phase("reconnecting")
    visitor.page.wait_for_timeout(6500)
    assert visitor.page.evaluate(TRACKS) == ["live"]
    line.mend()
    visitor.wait_for_phase("live")
    away_ms = 1000 * (time.monotonic() - went)
    assert " s of sound got lost while there was no connection" in visitor.wait_for_notice("sound_left_out")
    stats = visitor.wait_until(lambda stats: stats["lateMs"] > KEPT_MS)
    assert stats["leftOutMs"] == pytest.approx(away_ms - KEPT_MS, abs=1000)

    line.stop()
    visitor.wait_for_phase("reconnecting")
    visitor.page.click("#call")
    visitor.wait_for_phase("ended")
    assert visitor.page.evaluate(TRACKS) == ["ended"]
    assert visitor.page.evaluate('sessionStorage["voiceapp.call"] ?? null') is None
    line.mend()
    visitor.page.wait_for_timeout(1500)
    assert visitor.stats["phase"] == "ended", "hung up while the line was away"
    forgive_the_line(visitor)


def test_where_calls_are_not_kept_a_lost_line_is_a_new_call_and_a_reload_ends_it(
    resources: ExitStack, visit: Visit
) -> None:
    upstream = resources.enter_context(ScriptedServer(SCENARIOS / "hello.toml"))
    url = resources.enter_context(werkzeug(upstream_settings(upstream, VOICEAPP_RESUME="no")))
    line = resources.enter_context(way(url))
    visitor = visit(line.url)
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    line.stop()
    visitor.wait_for_phase("reconnecting")
    line.mend()
    visitor.wait_for_phase("live")
    assert "has been told what was said" in visitor.wait_for_notice("reconnected")
    visitor.wait_until(lambda _: len(visitor.entries) >= 4)
    assert len(upstream.connections) == 2
    visitor.reload()
    visitor.page.wait_for_timeout(500)
    assert visitor.stats["phase"] == "idle"
    forgive_the_line(visitor)
