"""What is left of a call: events, cost, files, past talks and their replay."""

import io
import json
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.axe import check
from tests.browser.layout import BEGINS_IN_SIGHT
from tests.browser.visitor import Visitor, wait
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# The frames that are asked for and have not come, and the addresses that are given back.
WATCH = """() => {
  window.testFrames = new Set()
  const [ask, cancel] = [window.requestAnimationFrame, window.cancelAnimationFrame]
  window.requestAnimationFrame = act => {
    const id = ask(time => { window.testFrames.delete(id); act(time) })
    window.testFrames.add(id)
    return id
  }
  window.cancelAnimationFrame = id => { window.testFrames.delete(id); cancel(id) }
  window.testRevoked = []
  const revoke = URL.revokeObjectURL
  URL.revokeObjectURL = address => { window.testRevoked.push(address); revoke(address) }
}"""
PLAY = """async () => {
  window.testPlayer = document.querySelector("audio")
  window.testPlayer.loop = true
  window.testSource = window.testPlayer.src
  await window.testPlayer.play()
}"""
PAUSED = "window.testPlayer.paused"
PLAYABLE = "document.querySelector('audio')?.duration > 0.1"
FRAMES = """() => {
  for (let i = 0; i < 20; i++) window.testPlayer.dispatchEvent(new Event("timeupdate"))
  return window.testFrames.size
}"""
SAVE_AND_LEAVE = """() => {
  const menu = document.querySelector(".export")
  menu.value = "wav"
  menu.dispatchEvent(new Event("change"))
  menu.nextElementSibling.click()
  document.querySelector("#talk-detail button").click()
}"""
FOCUSED = "document.activeElement.dataset.talk ?? document.activeElement.id"


def saved(page: Page, form: str) -> bytes:
    with page.expect_download() as download:
        page.select_option(".export", form)
        page.click(".export + button")
    return Path(download.value.path()).read_bytes()


def test_a_talk_is_kept_found_heard_again_and_taken_away(visit: Visit, serve: Serve, output: Path) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "sound"}, viewport={"width": 1280, "height": 800})
    page = visitor.page
    assert "Text and sound of each talk are kept" in page.inner_text("#welcome-keep")
    visitor.press("Show events")
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    page.click("#meter-time")
    page.wait_for_selector("#usage:has-text('tokens')")
    assert "No price is known" in page.inner_text("#usage") or "Prices as of" in page.inner_text("#usage")
    page.keyboard.press("Escape")
    heard_ms = visitor.stats["msHeard"]
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    said = [(entry["role"], entry["text"]) for entry in visitor.entries]

    visitor.press("Show past talks")
    page.wait_for_selector("[data-talk]")
    page.wait_for_timeout(300)
    check(page)
    page.screenshot(path=output / "talks.png")
    page.fill("#talks-search", "nowhere")
    page.get_by_text("No talk contains all of these words.").wait_for()
    # Of what is searched first.
    page.press("#talks-search", "Escape")
    assert page.input_value("#talks-search") == ""
    page.wait_for_selector("[data-talk]")

    # Opened again: the page knows it only from the browser.
    visitor.reload()
    visitor.press("Show past talks")
    page.click("[data-talk]")
    wait(page, "document.querySelector('audio')?.duration > 0.5")
    check(page)
    page.set_viewport_size({"width": 844, "height": 390})
    assert page.locator("audio").evaluate(BEGINS_IN_SIGHT)
    page.set_viewport_size({"width": 1280, "height": 800})

    with wave.open(io.BytesIO(saved(page, "wav"))) as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getsampwidth()) == (2, 24000, 2)
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16).reshape(-1, 2)
    answered = np.flatnonzero(np.abs(samples[:, 1].astype(np.int32)) > 300)
    assert (answered[-1] - answered[0]) / 24 == pytest.approx(max(heard_ms.values()), abs=60)
    assert np.abs(samples[:, 0]).max() > 300

    archive = zipfile.ZipFile(io.BytesIO(saved(page, "zip")))
    assert archive.testzip() is None
    names = {name.rpartition(".")[2]: name for name in archive.namelist()}
    assert set(names) == {"md", "txt", "json", "srt", "vtt", "jsonl", "wav"}
    kept = json.loads(archive.read(names["json"]))
    assert [(entry["role"], entry["text"]) for entry in kept["entries"] if entry["text"]] == [
        one for one in said if one[1]
    ]
    first = next(entry for entry in kept["entries"] if entry["role"] == "assistant")
    assert first["at"] == pytest.approx(answered[0] / 24, abs=60)
    assert all(json.loads(line)["type"] for line in archive.read(names["jsonl"]).splitlines())

    page.evaluate("document.querySelector('audio').currentTime = 0; document.querySelector('audio').play()")
    wait(page, "document.querySelector('audio').currentTime > 0.1")
    page.wait_for_selector(".past .coming:not(:empty)", state="attached")
    page.screenshot(path=output / "replay.png")
    page.fill("#talk-detail input", "A good talk")
    page.press("#talk-detail input", "Tab")
    visitor.press("All talks")
    page.locator("#talks-list").get_by_text("A good talk").wait_for()
    visitor.press("Delete all")
    visitor.press("Press again to delete all")
    page.get_by_text("No talk is kept yet").wait_for()
    assert page.evaluate(FOCUSED) == "talks-search"


def test_a_past_talk_keeps_to_itself(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "sound"}, viewport={"width": 1280, "height": 800}, moving=True)
    page = visitor.page

    def call() -> None:
        visitor.type("Hello.")
        page.wait_for_selector('.entry[data-role="assistant"][data-final]:last-child')
        wait(page, "Object.values(window.voiceapp.stats().msHeard).some(ms => ms > 300)")

    call()
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    page.evaluate(WATCH)
    visitor.press("Open this talk")
    wait(page, PLAYABLE)
    page.evaluate(PLAY)
    # However often the player tells of itself, it is followed once.
    assert page.evaluate(FRAMES) <= 2
    page.press("#talk-detail input", "Escape")
    assert page.evaluate(PAUSED)
    visitor.press("Show past talks")
    page.evaluate(PLAY)
    call()
    assert page.evaluate(PAUSED)

    visitor.press("Hang up")
    visitor.wait_for_phase("ended")

    # Another talk comes into the list, but nobody loses their place in it.
    visitor.press("All talks")
    first = page.locator("[data-talk]").last
    first.focus()
    focused = page.evaluate(FOCUSED)
    page.dispatch_event("#call", "click")
    visitor.wait_for_phase("live")
    visitor.wait_until(lambda stats: "a1" in stats["msHeard"])
    page.dispatch_event("#call", "click")
    wait(page, "document.querySelectorAll('[data-talk]').length === 3")
    assert page.evaluate(FOCUSED) == focused

    first.click()
    wait(page, PLAYABLE)
    page.evaluate(PLAY)
    visitor.press("Open this talk")
    wait(page, "document.querySelector('audio') !== window.testPlayer")
    assert page.evaluate(PAUSED)
    assert page.evaluate("window.testRevoked.includes(window.testSource)")

    with page.expect_download() as download:
        page.evaluate(SAVE_AND_LEAVE)
    with wave.open(str(download.value.path())) as sound:
        assert np.abs(np.frombuffer(sound.readframes(sound.getnframes()), np.int16)).max() > 300

    first.click()
    visitor.press("Delete")
    visitor.press("Press again to delete")
    wait(page, "document.querySelectorAll('[data-talk]').length === 2")
    assert page.evaluate(FOCUSED) == "talks-search"


def test_without_the_choice_nothing_of_a_talk_stays(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.press("Show past talks")
    visitor.page.wait_for_selector("[data-talk]")
    assert visitor.page.inner_text("#talks-keep") == "Talks are gone when this page is closed."
    # What was searched for last is in nobody's way.
    visitor.settings("page")
    visitor.page.fill("#settings-search", "zzzz")
    visitor.page.wait_for_selector("#settings-found-none")
    visitor.page.click("#settings-close")
    visitor.page.click("#talks-toggle")
    visitor.press("Choose what to keep")
    assert visitor.page.evaluate("document.activeElement.dataset.choice") == "keep"
    assert visitor.page.locator(":focus").is_visible()
    visitor.reload()
    visitor.press("Show past talks")
    visitor.page.get_by_text("No talk is kept yet").wait_for()


def test_the_page_opens_without_its_server(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, worker=True)
    page = visitor.page
    wait(page, "Boolean(navigator.serviceWorker.controller)", 20)
    visitor.context.set_offline(True)
    visitor.reload()
    assert "past talks" in visitor.wait_for_notice("server_away")
    visitor.press("Show past talks")
    page.get_by_text("No talk is kept yet").wait_for()
    visitor.errors = [error for error in visitor.errors if "ERR_INTERNET_DISCONNECTED" not in error]


SEPARATORS = """() => [...document.querySelectorAll("#transcript .entries > *")].map(
  node => node.role === "separator" ? `— ${node.ariaLabel}` : node.querySelector(".words").innerText
)"""


def test_a_talk_of_another_day_goes_on_by_keyboard(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url, choices={"keep": "text"}, viewport={"width": 390, "height": 700})
    page = visitor.page

    visitor.type("Remember the number 17.")
    page.wait_for_selector('.entry[data-role="assistant"][data-final]')
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    yesterday = [entry["text"] for entry in visitor.entries]
    visitor.reload()
    visitor.press("Show past talks")
    page.click("[data-talk]")
    page.get_by_role("button", name="Go on with this talk").focus()
    page.keyboard.press("Enter")
    # What was said stands there at once; the keyboard is at the call.
    page.wait_for_selector('.entry[data-role="user"]:has-text("17")')
    assert page.evaluate("document.activeElement.id") == "call"
    # Nobody is read it once more.
    assert page.locator(".entry[aria-live=off]").count() == len(yesterday)
    visitor.wait_for_phase("live", 30)
    visitor.type("What was it?")
    page.wait_for_selector('.entry[data-role="user"]:has-text("What was it?")')
    told = [
        part["text"]
        for event in upstream.connections[-1].events
        if event["type"] == "conversation.item.create"
        for part in event["item"]["content"]
    ]
    assert told == [*yesterday, "What was it?"]
    rows = page.evaluate(SEPARATORS)
    assert rows[: len(yesterday)] == yesterday
    assert rows[len(yesterday)].startswith("— The talk from ")
    visitor.wait_until(lambda _: "What was it?" in page.evaluate(SEPARATORS)[len(yesterday) + 1 :])
    check(page)

    # Meanwhile no other can go on.
    visitor.press("Show past talks")
    page.wait_for_selector("[data-talk]")
    page.click("[data-talk]")
    assert page.get_by_role("button", name="Go on with this talk").is_disabled()
    page.get_by_text("It can go on once this call is over.").wait_for()
    check(page)
    visitor.press("Close past talks")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.press("Show past talks")
    assert not page.get_by_role("button", name="Go on with this talk").is_disabled()
    visitor.press("All talks")
    assert page.locator("[data-talk]").count() == 1
    page.click("[data-talk]")
    kept = json.loads(saved(page, "json"))
    texts = [entry["text"] for entry in kept["entries"]]
    assert texts[: len(yesterday)] == yesterday
    assert texts.count("What was it?") == 1
    assert len(kept["sittings"]) == 1
