"""Five things that somebody wants who is here for the first time; each takes at most three presses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
MOST = 3
LIVE_DEVICE = "testTracks.filter(track => track.readyState === 'live').map(track => track.label)"


class Thumb:
    """Presses what is in sight, and counts."""

    def __init__(self) -> None:
        self.presses = 0

    def press(self, part: Locator) -> None:
        part.wait_for()
        part.tap()
        self.presses += 1
        assert self.presses <= MOST

    def choose(self, menu: Locator, label: str) -> None:
        """A press opens it, and another one chooses."""
        menu.wait_for()
        menu.select_option(label=label)
        self.presses += 2
        assert self.presses <= MOST


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    """It lets people choose among devices."""
    return whole_browser


def test_start_with_the_japanese_friend(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor, thumb = visit(url, **PHONE), Thumb()
    thumb.press(visitor.page.locator(".persona", has_text="Hinata"))
    thumb.press(visitor.page.get_by_role("button", name="Start talking"))
    visitor.wait_for_phase("live", 30)
    events = upstream.connections[-1].events
    asked = next(event["session"]["instructions"] for event in events if event["type"] == "session.update")
    assert "ひなた" in asked


def test_change_the_microphone(in_a_call: Visit) -> None:
    visitor, thumb = in_a_call("silent", **PHONE), Thumb()
    page = visitor.page
    thumb.press(page.locator("#devices-toggle"))
    page.wait_for_selector("#settings-microphone option:nth-child(2)", state="attached")
    thumb.choose(page.locator("#devices #settings-microphone"), "Fake Audio Input 2")
    visitor.wait_until(lambda _: page.evaluate(LIVE_DEVICE) == ["Fake Audio Input 2"])


def test_mute(in_a_call: Visit) -> None:
    visitor, thumb = in_a_call("silent", **PHONE), Thumb()
    thumb.press(visitor.page.locator("#microphone"))
    visitor.page.wait_for_selector("body[data-state=muted]")


def test_find_out_why_an_answer_took_three_seconds(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, thumb = visit(url, wired=True, **PHONE), Thumb()
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    wire.tell("item", {"id": "a1", "role": "assistant", "after": None, "kind": "audio"})
    wire.tell("transcript", {"item": "a1", "text": "Here I am.", "final": True})
    wire.sound("a1", 500)
    wire.say("latency", {"item": "a1", "wait_ms": 300, "created_ms": 90, "first_byte_ms": 2600, "done_ms": 3000})
    chip = page.locator('[data-item="a1"] .latency summary')
    chip.wait_for(state="attached")
    # Where the voice has the room, the words are behind their button.
    if not chip.is_visible():
        thumb.press(page.locator("#text-toggle"))
    thumb.press(chip)
    assert page.inner_text(".chip").startswith(("2.9", "3"))
    names, times = (page.locator(f".latency {tag}").all_inner_texts() for tag in ("dt", "dd"))
    assert times[names.index("Thinking of an answer")] == "2.60 s"


def test_save_yesterdays_talk_as_text(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor, thumb = visit(url, choices={"keep": "text"}, **PHONE), Thumb()
    page = visitor.page
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.wait_until(lambda _: page.evaluate("indexedDB.databases().then(all => all.length)"))
    visitor.reload()
    thumb.press(page.get_by_role("button", name="Show past talks"))
    thumb.press(page.locator("[data-talk]").first)
    with page.expect_download() as saved:
        thumb.press(page.get_by_role("button", name="Save", exact=True))
    assert saved.value.suggested_filename.endswith(".txt")
    assert "Hello there." in Path(saved.value.path()).read_text(encoding="utf-8")
