"""The check before a call: its verdicts, its way out, and that nothing of it is left behind."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.axe import check
from tests.browser.layout import OVERFLOW, SMALL_TARGETS
from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor, chromium
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

OFFER = "Check my sound first"
LIVE_TRACKS = "testTracks.filter(track => track.readyState === 'live').length"
REMEMBERED = "JSON.parse(localStorage['voiceapp.preflight'])"
SENTENCE = "Good morning, I hope that you can hear me."

# How long the room's own stream takes from one node to the next: a click is sent through one like it.
HOP_MS = """async () => {
  const context = testContexts[0]
  const [tap, at] = [new AudioWorkletNode(context, "tap"), context.currentTime + 0.8]
  const stream = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
  const buffer = new AudioBuffer({ length: 480, sampleRate: context.sampleRate })
  buffer.getChannelData(0).fill(1)
  const click = new AudioBufferSourceNode(context, { buffer })
  click.connect(stream)
  const source = window.testHop = context.createMediaStreamSource(stream.stream)
  source.connect(tap).connect(context.destination)
  click.start(at)
  return new Promise(resolve => {
    tap.port.onmessage = ({ data }) => {
      const found = data.samples.findIndex(sample => Math.abs(sample) > 0.3)
      if (found >= 0) resolve(1000 * (data.at + found / context.sampleRate - at))
    }
  })
}"""

# A narrow window it fills from side to side; its foot is at its end, and how a check stands is one word.
SHEET = """() => {
  const wrong = []
  const dialog = document.getElementById("preflight")
  const box = dialog.getBoundingClientRect()
  if (innerWidth < 640 && (box.left !== 0 || box.right !== innerWidth)) wrong.push(`${box.left} to ${box.right}`)
  const foot = dialog.querySelector(".preflight-foot").getBoundingClientRect()
  if (box.bottom - foot.bottom > 2 || box.width - foot.width > 4) wrong.push("the foot")
  for (const state of dialog.querySelectorAll(".state")) {
    if (state.getBoundingClientRect().height > 30) wrong.push(state.textContent)
  }
  return wrong
}"""


def row(page: Page, name: str, state: str, seconds: float = 15) -> str:
    """What the check of this name says, once it stands so, or one of so."""
    selector = f'#preflight [data-check="{name}"]:is({", ".join(f"[data-state={each}]" for each in state.split())})'
    return page.wait_for_selector(selector, timeout=seconds * 1000).inner_text()


def settled(page: Page) -> None:
    page.wait_for_selector("#preflight-again:not([hidden])", timeout=20_000)


def inspect(page: Page, output: Path, language: str) -> None:
    """In nobody's way, at any size."""
    check(page)
    for width, height in ((1280, 800), (320, 568), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(SMALL_TARGETS) == []
        assert page.evaluate(OVERFLOW) <= 0, width
        # A sheet is still rising.
        page.wait_for_timeout(250)
        assert page.evaluate(SHEET) == []
        page.screenshot(path=output / f"preflight-{language}-{width}.png")


def calls(upstream: ScriptedServer) -> list[Any]:
    return list(upstream.connections)


def test_all_is_well_and_a_call_begins_right_after(playwright: Playwright, serve: Serve, tmp_path: Path) -> None:
    url, upstream = serve("hello")
    before = len(calls(upstream))
    voice = spoken(SENTENCE, tmp_path / "voice.wav", before_s=0.3, after_s=20)
    with chromium(playwright, voice) as browser:
        visitor = Visitor(browser, reduced_motion="reduce")
        page = visitor.page
        visitor.open(url)
        visitor.press(OFFER)
        page.wait_for_selector("#preflight[open]")
        assert page.evaluate("document.activeElement.id") == "preflight-title"
        page.locator('[data-check="microphone"]').get_by_text("say a few words").wait_for()
        assert "heard well" in row(page, "microphone", "good")
        assert "secure" in row(page, "page", "good")
        # How quick depends on what else the machine does.
        assert re.search(r"\d\sms there and back", row(page, "network", "good warning bad"))
        assert "Ready" in row(page, "service", "good")
        assert "rose and fell" in row(page, "loudspeaker", "asking")
        settled(page)
        assert page.evaluate(LIVE_TRACKS) == 0
        assert upstream.wait_for(lambda _: calls(upstream)[before].closed)
        visitor.press("Yes, I heard it")
        assert "you heard it" in row(page, "loudspeaker", "good")
        assert "headphones or good cancellation" in row(page, "echo", "good")
        assert page.evaluate("document.querySelector('#preflight-progress').value") == 6
        told = page.locator("#preflight-told p").all_inner_texts()
        assert any(line.startswith("Microphone: You are heard well.") for line in told)
        assert page.evaluate("document.activeElement.id") == "preflight-start"
        page.keyboard.press("Enter")
        visitor.wait_for_phase("live")
        assert page.evaluate("document.activeElement.id") == "call"
        assert len(calls(upstream)) == before + 2
        visitor.wait_until(lambda stats: stats["chunksSent"] > 5)
        visitor.press("Hang up")
        visitor.reload()
        assert not page.is_visible("#preflight-offer")
        visitor.settings("sound")
        assert "Checked on this device" in page.inner_text("#preflight-remembered")
        assert visitor.leave() == []


def test_the_echo_is_measured(visit: Visit, serve: Serve, tmp_path: Path) -> None:
    url, _ = serve("hello")
    voice = spoken(SENTENCE, tmp_path / "voice.wav", before_s=0, after_s=0.1)
    for echo_db, says in ((-20, "quiet echo"), (-8, "loud echo")):
        visitor = visit(url, room=room(echo_db=echo_db, echo_ms=80))
        page = visitor.page
        visitor.press(OFFER)
        page.wait_for_selector("#preflight-level:not([hidden])")
        say(page, voice)
        assert "heard well" in row(page, "microphone", "good")
        words = row(page, "echo", "good" if echo_db == -20 else "warning")
        assert says in words.lower()
        level, delay = re.findall(r"(-?\d+)\s(?:dB|ms)", words.replace("−", "-"))[:2]
        assert float(level) == pytest.approx(echo_db, abs=3)
        assert float(delay) == pytest.approx(80 + page.evaluate(HOP_MS), abs=15)
        assert "microphone heard it" in row(page, "loudspeaker", "good")
    visitor.press("Do not listen while the assistant speaks")
    assert "does no harm" in row(page, "echo", "good")
    assert page.evaluate("JSON.parse(localStorage['voiceapp.half_duplex'])") is True


def test_a_silent_microphone_and_a_loudspeaker_nobody_hears(visit: Visit, serve: Serve, output: Path) -> None:
    url, _ = serve("hello")
    visitor = visit(url, room=room(echo_db=-200), viewport={"width": 390, "height": 844}, color_scheme="light")
    page = visitor.page
    check(page)
    visitor.press(OFFER)
    row(page, "microphone", "running")
    check(page)
    assert "Look for a switch" in row(page, "microphone", "bad")
    row(page, "loudspeaker", "asking")
    settled(page)
    inspect(page, output, "en")
    visitor.press("No")
    assert "Turn the volume up" in row(page, "loudspeaker", "bad")
    assert "nothing could come back" in row(page, "echo", "skipped")
    assert "in the way" in page.inner_text("#preflight-summary")


def test_a_refused_microphone_and_a_wrong_key_say_what_to_do(visit: Visit, serve: Serve, output: Path) -> None:
    url, _ = serve("wrong_key")
    visitor = visit(url, "ja", viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = visitor.page
    page.evaluate("window.testDenied = true")
    visitor.press("先に音声をテストする")
    assert "アドレスバー" in row(page, "microphone", "bad")
    words = row(page, "service", "bad")
    assert "キー" in words
    assert "sk-test" not in page.content()
    row(page, "loudspeaker", "asking")
    assert "マイクが必要" in row(page, "echo", "skipped")
    assert page.query_selector('[role="alert"]') is None
    settled(page)
    inspect(page, output, "ja")
    # The offer it was opened by is gone.
    page.keyboard.press("Escape")
    page.wait_for_selector("#preflight", state="hidden")
    page.wait_for_selector("#call:focus")
    assert page.evaluate(REMEMBERED) == "done"


def test_it_is_skipped_at_any_moment_and_that_is_remembered(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url)
    visitor.forgive_an_unmade_line()
    page = visitor.page
    visitor.press(OFFER)
    row(page, "microphone", "running")
    page.keyboard.press("Escape")
    page.wait_for_selector("#preflight", state="hidden")
    visitor.wait_until(lambda _: page.evaluate(LIVE_TRACKS) == 0)
    assert page.evaluate(REMEMBERED) == "skipped"
    page.wait_for_function("document.activeElement.id === 'call'")
    assert not page.is_visible("#preflight-offer")
    upstream.wait_for(lambda _: all(call.closed for call in calls(upstream)))
    visitor.wait_for_phase("idle")

    # Once more from the settings, and out of it straight into a call.
    visitor.settings("sound")
    visitor.press("Check the sound")
    row(page, "network", "good warning bad")
    visitor.press("Start the call")
    visitor.wait_for_phase("live")
    visitor.wait_until(lambda _: page.evaluate(LIVE_TRACKS) == 1)
    visitor.wait_until(lambda stats: stats["chunksSent"] > 5)
    assert page.is_disabled("#preflight-open")


def test_in_a_low_window_its_title_stays_above_its_question(visit: Visit, serve: Serve) -> None:
    page = visit(serve("hello")[0], viewport={"width": 390, "height": 430}).page
    page.get_by_role("button", name=OFFER).click()
    settled(page)
    title, question = (page.locator(part).bounding_box() for part in (".preflight-head", "[data-state=asking]"))
    assert title and question
    assert title["y"] >= 0
    assert title["y"] + title["height"] <= question["y"]


def test_a_call_that_began_meanwhile_is_not_covered(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.page.evaluate("for (const id of ['preflight-offer', 'call']) document.getElementById(id).click()")
    visitor.wait_for_phase("live")
    # By now it would have been loaded.
    visitor.wait_for_entry("assistant", "[data-final]")
    assert not visitor.page.is_visible("#preflight")
