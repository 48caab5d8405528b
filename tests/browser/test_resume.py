"""A line that is lost, a page that is loaded again, a tab that is duplicated: the call goes on, whole."""

import base64
import tomllib
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.conftest import OWN_SCENARIOS
from tests.browser.received import events, sound
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor, chromium
from tests.browser.way import Kind, Way, way
from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]
Lay = Callable[[str], tuple[Way, ScriptedServer]]

SAY = tomllib.loads((OWN_SCENARIOS / "story.toml").read_text())["on"][0]["do"][1]["say"]
STORY, STORY_MS = SAY["text"], SAY["ms"]
SENTENCE = (
    "Long ago there lived an old miller, who had one clever cat, three lazy sons, seven black hens and nothing else."
    " Every morning before sunrise that cat walked down towards the river, and counted boats until the evening."
)
KINDS: tuple[Kind, ...] = ("reset", "torn", "silent", "closed")
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
TRACKS = "testTracks.map(track => track.readyState)"
RATE = 24_000
# Of the speech, looked for one after the other; none is later than the one before by more than that.
WINDOW_S, MAX_OFF_S, ALIKE = 0.4, 0.02, 0.7


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    """It lets sound begin in a page that was loaded again, and knows that the microphone was allowed."""
    return whole_browser


# Asked for before `visit`: a page that is still there when its way goes away would report it.
@pytest.fixture
def lay(serve: Serve) -> Iterator[Lay]:
    """A way to the app with a scripted upstream."""
    with ExitStack() as stack:

        def laid(scenario: str) -> tuple[Way, ScriptedServer]:
            url, upstream = serve(scenario)
            return stack.enter_context(way(url)), upstream

        yield laid


def forgive_the_line(visitor: Visitor) -> None:
    """The browser itself reports a socket that it could not open, or that broke; and a sound that needs a touch."""
    if visitor.stats["phase"] in ("live", "reconnecting"):
        visitor.page.click("#call")
        visitor.wait_for_phase("ended")
    visitor.forgive("404 (NOT FOUND)")


def cut_until_back(visitor: Visitor, line: Way, kind: Kind) -> None:
    resumes = visitor.stats["resumes"]
    line.cut(kind)
    visitor.wait_until(lambda stats: stats["resumes"] == resumes + 1 and stats["phase"] == "live", 15)


def assert_told_whole(visitor: Visitor, upstream: ScriptedServer, connections: int) -> None:
    """The story is there once and was heard to its end, and the service was told nothing else."""
    visitor.wait_for_entry("assistant", '[data-item="a1"][data-final]', 30)
    stats = visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) >= STORY_MS - 1, 30)
    assert stats["msHeard"]["a1"] == pytest.approx(STORY_MS, abs=1)
    assert (stats["duplicates"], stats["holes"]) == (0, 0)
    assert visitor.entry("a1")["text"].split() == STORY.split()
    assert not visitor.entry("a1")["cut"]
    assert [entry["item"] for entry in visitor.entries] == ["u1", "a1"]
    assert len(upstream.connections) == connections
    assert events(upstream, "conversation.item.truncate") == []


def test_an_answer_is_heard_whole_however_often_and_however_the_line_is_lost(lay: Lay, visit: Visit) -> None:
    line, upstream = lay("story")
    connections = len(upstream.connections) + 1
    visitor = visit(line.url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 300)
    for kind in KINDS:
        cut_until_back(visitor, line, kind)
    assert_told_whole(visitor, upstream, connections)
    assert visitor.stats["leftOutMs"] == 0
    assert not visitor.page.query_selector('[data-code="reconnected"]')
    forgive_the_line(visitor)


def test_what_is_playing_goes_on_and_can_be_stopped_while_the_line_is_away(lay: Lay, visit: Visit) -> None:
    line, upstream = lay("story")
    visitor = visit(line.url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 2500)
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
    visitor.type("Was it grey?")
    assert "Waiting for the connection" in visitor.page.inner_text("[data-typed=waiting]")
    line.mend()
    visitor.wait_for_phase("live")
    visitor.wait_for_entry("assistant", '[data-item="a1"][data-cut]')
    truncated = upstream.wait_for(lambda _: events(upstream, "conversation.item.truncate"))
    assert len(truncated) == 1
    assert truncated[0]["audio_end_ms"] == pytest.approx(stopped / 24, abs=40 + visitor.stats["outputLatencyMs"])
    visitor.wait_for_entry("assistant", ':not([data-item="a1"])[data-final]')
    assert [entry["text"] for entry in visitor.entries if entry["role"] == "user"][1:] == ["Was it grey?"]
    assert visitor.page.query_selector("[data-typed]") is None
    forgive_the_line(visitor)


def test_on_a_phone_what_is_typed_while_the_line_is_away_stands_right_below_the_answer(lay: Lay, visit: Visit) -> None:
    line, _ = lay("story")
    visitor = visit(line.url)
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 1500)
    line.stop()
    visitor.wait_for_phase("reconnecting")
    visitor.page.keyboard.press("Escape")
    visitor.type("Was it grey?")
    visitor.page.wait_for_selector("[data-typed=waiting]")
    answer, typed = (visitor.page.locator(each).bounding_box() for each in ("[data-item=a1] .foot", "[data-typed]"))
    assert answer and typed
    assert answer["y"] > 0
    assert 0 <= typed["y"] - (answer["y"] + answer["height"]) < 30
    line.mend()
    forgive_the_line(visitor)


def test_what_the_person_says_arrives_whole_and_once_across_four_cuts(
    playwright: Playwright, lay: Lay, tmp_path: Path
) -> None:
    line, upstream = lay("silent")
    source = spoken(SENTENCE, tmp_path / "speech.wav", before_s=1.5, after_s=20)
    with chromium(playwright, source) as browser:
        visitor = Visitor(browser, {"guard": False}, room=KEEP)
        visitor.open(line.url)
        visitor.call_until_live()
        for at, kind in zip((60, 110, 160, 320), KINDS, strict=True):
            visitor.wait_until(lambda stats, at=at: stats["chunksSent"] > at, 15)
            cut_until_back(visitor, line, kind)
        sent = visitor.wait_until(lambda stats: stats["chunksSent"] > 430, 20)
        received = upstream.wait_for(lambda _: len(sound(upstream)) >= 400 * 1920 and sound(upstream))
        captured = base64.b64decode(visitor.page.evaluate(KEPT))
        assert (sent["leftOutMs"], sent["chunksDropped"], sent["duplicates"]) == (0, 0, 0)
        assert sent["lateMs"] > 3000
        visitor.context.close()
    assert received == captured[: len(received)]
    assert_spoken(source, np.frombuffer(received, np.int16).astype(float))


def assert_spoken(file: Path, received: np.ndarray) -> None:
    """The speech is in it, in its order: a busy machine may not hear all of it, but nothing is there twice."""
    with wave.open(str(file)) as opened:
        samples = np.frombuffer(opened.readframes(opened.getnframes()), np.int16).astype(float)
        samples = samples.reshape(-1, opened.getframerate() // RATE).mean(axis=1)
    size = int(WINDOW_S * RATE)
    loud = [at for at in range(0, len(samples) - size, size) if samples[at : at + size].std() > 0.5 * samples.std()]
    assert len(loud) > 15
    found = [(at, *place(samples[at : at + size], received)) for at in loud]
    offsets = np.array([there - at for at, there, alike in found if alike > ALIKE]) / RATE
    assert len(offsets) > 0.6 * len(loud), found
    assert np.diff(offsets).max() < MAX_OFF_S, offsets.round(3)


def place(window: np.ndarray, received: np.ndarray) -> tuple[int, float]:
    """Where it is most like, and how much."""
    length = 1 << (len(received) + len(window) - 1).bit_length()
    product = np.fft.rfft(received, length) * np.conj(np.fft.rfft(window, length))
    common = np.fft.irfft(product, length)[: len(received) - len(window)]
    power = np.concatenate([[0.0], np.cumsum(received**2)])
    norm = np.sqrt(power[len(window) : -1] - power[: -len(window) - 1]) * np.sqrt(np.sum(window**2))
    alike = common / np.maximum(norm, 1.0)
    return int(np.argmax(alike)), float(np.max(alike))


def test_more_than_five_seconds_of_late_speech_are_left_out_and_said(lay: Lay, visit: Visit) -> None:
    line, _ = lay("silent")
    visitor = visit(line.url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["chunksSent"] > 20)
    line.stop()
    visitor.wait_for_phase("reconnecting")
    visitor.page.wait_for_timeout(8000)
    assert visitor.page.evaluate(TRACKS) == ["live"]
    line.mend()
    visitor.wait_for_phase("live")
    assert " s of it could not be sent" in visitor.wait_for_notice("sound_left_out")
    stats = visitor.wait_until(lambda stats: stats["lateMs"] > 5000)
    assert 2000 < stats["leftOutMs"] < 6000
    forgive_the_line(visitor)


def test_hung_up_while_the_line_is_away_the_call_is_over_at_once(lay: Lay, visit: Visit) -> None:
    line, _ = lay("silent")
    visitor = visit(line.url)
    visitor.call_until_live()
    line.stop()
    visitor.wait_for_phase("reconnecting")
    visitor.page.click("#call")
    visitor.wait_for_phase("ended")
    assert visitor.page.evaluate(TRACKS) == ["ended"]
    assert visitor.page.evaluate('sessionStorage["voiceapp.call"] ?? null') is None
    line.mend()
    visitor.page.wait_for_timeout(1500)
    assert visitor.stats["phase"] == "ended"
    forgive_the_line(visitor)


def test_a_page_that_is_loaded_again_in_mid_answer_is_in_the_same_talk(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("story")
    connections = len(upstream.connections) + 1
    visitor = visit(url, choices={"keep": "text"})
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["msHeard"].get("a1", 0) > 3000)
    visitor.reload()
    visitor.wait_for_phase("live", 20)
    first = visitor.wait_until(lambda stats: "a1" in stats["msHeard"])["msHeard"]["a1"]
    assert first > 2500
    assert visitor.page.evaluate(TRACKS) == ["live"]
    assert visitor.stats["muted"] is False
    assert_told_whole(visitor, upstream, connections)
    assert visitor.stats["samplesPlayed"] / 24 < STORY_MS - 2000
    assert visitor.stats["leftOutMs"] == 0
    visitor.page.click("#call")
    visitor.wait_for_phase("ended")
    # One talk, as if the page had not been away.
    visitor.page.click("#talks-toggle")
    visitor.page.wait_for_selector("#talks .talk-row-button")
    assert visitor.page.locator("#talks .talk-row-button").count() == 1


def test_a_muted_microphone_stays_shut_when_the_page_is_loaded_again(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("silent")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.press("Mute")
    visitor.reload()
    visitor.wait_for_phase("live", 20)
    assert visitor.stats["muted"] is True
    assert visitor.page.evaluate(TRACKS) == []
    received = len(sound(upstream))
    visitor.press("Turn on mic")
    visitor.wait_until(lambda _: len(sound(upstream)) > received + 9600)
    forgive_the_line(visitor)


def test_a_page_that_was_away_for_longer_than_the_call_asks_before_it_listens(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.page.goto(f"{url}/healthz")
    visitor.page.evaluate("""() => {
      const call = JSON.parse(sessionStorage["voiceapp.call"])
      sessionStorage["voiceapp.call"] = JSON.stringify({ ...call, seen: call.seen - 31_000 })
    }""")
    visitor.open(url)
    visitor.wait_for_phase("live", 20)
    assert visitor.page.evaluate(TRACKS) == []
    visitor.wait_for_notice("microphone_shut")
    assert visitor.stats["muted"] is True
    forgive_the_line(visitor)


def test_a_call_that_is_over_by_then_is_said_to_be(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.page.evaluate("window.testKept = sessionStorage['voiceapp.call']")
    kept = visitor.page.evaluate("window.testKept")
    visitor.page.click("#call")
    visitor.wait_for_phase("ended")
    visitor.page.evaluate("kept => { sessionStorage['voiceapp.call'] = kept }", kept)
    visitor.reload()
    visitor.wait_for_notice("ended_away")
    visitor.wait_for_phase("ended")
    assert visitor.page.evaluate("sessionStorage['voiceapp.call'] ?? null") is None
    visitor.call_until_live()
    forgive_the_line(visitor)


def test_a_tab_that_is_duplicated_takes_the_call_and_the_first_is_told(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("silent")
    connections = len(upstream.connections) + 1
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_until(lambda stats: stats["chunksAcked"] > 20)
    with visitor.context.expect_page() as opened:
        visitor.page.evaluate("void open(location.href)")
    second = opened.value
    second.wait_for_selector('body[data-phase="live"]', timeout=20_000)
    visitor.wait_for_phase("ended")
    visitor.page.wait_for_selector('[role="alert"]:is([data-code="taken_over"], [data-code="newer_tab"])')
    assert visitor.page.evaluate(TRACKS) == ["ended"]
    if visitor.page.query_selector('[data-code="taken_over"]'):
        assert visitor.page.inner_text("#status") == "The call goes on in another tab or window."
    received = len(sound(upstream))
    upstream.wait_for(lambda _: len(sound(upstream)) > received + 48_000)
    assert len(upstream.connections) == connections
    assert second.evaluate("voiceapp.stats().phase") == "live"
    assert visitor.stats["phase"] == "ended"


def test_where_calls_are_not_kept_a_lost_line_is_a_new_call_and_a_reload_ends_it(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        gunicorn(upstream_settings(upstream, VOICEAPP_RESUME="no"), tmp_path / "gunicorn.log") as server,
        way(server.url) as line,
    ):
        visitor = Visitor(browser)
        visitor.open(line.url)
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
        visitor.context.close()
