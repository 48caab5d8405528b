"""A drawer leaves the call alone: the bar stays, the focus comes back, a finger closes it; and settings are found."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.hand import PHONE, Hand
from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

DRAWERS = ("settings", "talks", "log")
WINDOWS = ((390, 800), (390, 430), (844, 390), (320, 568))
# Where Tab may go.
WHERE = """() => {
  const { activeElement: focused } = document
  if (focused === document.body) return "lost"
  return focused.closest(".drawer, .dock, .notices") ? focused.id || focused.className : "outside"
}"""
CLOSING = """() => document.querySelector("#settings").getAnimations().length"""
LABELS = """() => [...document.querySelectorAll("#settings [role=tabpanel] .setting > span")]
  .filter(label => label.closest(".setting").checkVisibility() || label.closest("[role=tabpanel][hidden], .expert"))
  .filter(label => !label.closest(".setting[hidden]"))
  .map(label => [label.firstChild.textContent.trim(), label.querySelector("small:not([hidden])")?.textContent ?? "",
    label.closest(".setting").querySelector("[data-choice]").dataset.choice])"""


def focused(page: Page) -> str:
    page.wait_for_timeout(80)
    return str(page.evaluate("document.activeElement.id"))


def in_sight(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    assert size
    return bool(box) and box["y"] >= 0 and box["y"] + box["height"] <= size["height"] and box["width"] >= 44


@pytest.mark.parametrize("drawer", DRAWERS)
def test_the_call_stays_in_reach_of_a_thumb(in_a_call: Visit, drawer: str) -> None:
    visitor = in_a_call("silent", **PHONE)
    page, hand = visitor.page, Hand(visitor.page)
    page.click(f"#{drawer}-toggle")
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        assert all(in_sight(page, part) for part in ("#microphone", "#call", f"#{drawer}-close")), (width, height)
        dock = page.locator(".dock").bounding_box()
        assert dock and dock["height"] <= 72
        assert page.is_visible("#status")
        assert page.is_hidden("#message")
    hand.tap(1, "#microphone")
    page.wait_for_selector("body[data-state=muted]")
    assert page.inner_text("#status") == "Your microphone is off"
    # The words are chosen, and covered.
    assert page.inner_text("#text-toggle") == "Show text"
    hand.tap(1, "#text-toggle")
    page.wait_for_selector("#scroller:visible")
    assert page.inner_text("#text-toggle") == "Hide text"
    assert page.evaluate("document.activeElement.id") == "text-toggle"
    page.click(f"#{drawer}-toggle")
    hand.tap(1, "#call")
    visitor.wait_for_phase("ended")
    assert page.is_visible(f"#{drawer}")


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_goes_round_in_the_drawer_and_the_call(in_a_call: Visit, width: int) -> None:
    visitor = in_a_call("silent", viewport={"width": width, "height": 800})
    page = visitor.page
    page.focus("#settings-toggle")
    page.keyboard.press("Enter")
    assert focused(page) == "settings-close"
    for key in ("Tab", "Shift+Tab"):
        seen = [str(page.evaluate(WHERE))]
        while seen[-1] != seen[0] or len(seen) == 1:
            page.keyboard.press(key)
            seen.append(str(page.evaluate(WHERE)))
            assert len(seen) < 60
        assert {"lost", "outside"}.isdisjoint(seen)
        assert {"microphone", "call", "settings-search", "settings-tab-who", "settings-close"} <= set(seen)
    page.keyboard.press("Escape")
    assert focused(page) == "settings-toggle"


def test_a_screen_reader_finds_the_drawer_and_the_call_and_nothing_that_is_covered(in_a_call: Visit) -> None:
    visitor = in_a_call("silent", viewport={"width": 390, "height": 800})
    page = visitor.page
    visitor.press("Show settings")
    page.get_by_role("dialog", name="Settings").wait_for()
    page.get_by_role("button", name="Hang up").wait_for()
    page.get_by_role("status").filter(has_text="Listening").wait_for()
    assert page.get_by_role("region", name="Conversation").count() == 0
    assert page.get_by_role("button", name="Show events").count() == 0


def test_the_focus_is_given_back_to_where_it_was(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "text"})
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.press("Hang up")
    visitor.page.focus("#save-talk")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_selector("#talks[open]")
    visitor.page.keyboard.press("Escape")
    assert focused(visitor.page) == "save-talk"


def swipe(hand: Hand, selector: str, x: float, y: float = 0) -> None:
    hand.put(1, selector)
    hand.move(1, x, y)
    hand.lift(1)
    hand.page.wait_for_timeout(400)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_finger_pushes_it_out_and_it_follows(in_a_call: Visit, motion: Any) -> None:
    visitor = in_a_call("silent", reduced_motion=motion, **PHONE)
    page, hand = visitor.page, Hand(visitor.page)
    page.click("#settings-toggle")
    swipe(hand, "#settings-tab-who", 0, -150)
    swipe(hand, "#settings-who .setting:visible >> nth=0", -200)
    assert page.is_visible("#settings")
    hand.put(1, "#settings-who .setting:visible >> nth=1")
    hand.move(1, 90, 5)
    moved = page.evaluate("document.getElementById('settings').getBoundingClientRect().left")
    assert moved == pytest.approx(90, abs=2)
    # Back again, and slowly.
    hand.move(1, -70, 0)
    page.wait_for_timeout(600)
    hand.lift(1)
    page.wait_for_timeout(300)
    assert page.evaluate("document.getElementById('settings').getBoundingClientRect().left") == 0
    hand.put(1, "#settings-who .setting:visible >> nth=1")
    hand.move(1, 250, 5)
    hand.lift(1)
    if motion == "reduce":
        assert page.evaluate(CLOSING) == 0
    page.wait_for_selector("#settings", state="hidden")
    assert visitor.stats["phase"] == "live"


def test_a_finger_that_scrolls_or_slides_closes_nothing(in_a_call: Visit) -> None:
    visitor = in_a_call("silent", **PHONE)
    page, hand = visitor.page, Hand(visitor.page)
    visitor.settings("sound")
    swipe(hand, "#settings-sound .setting:visible >> nth=2", 40, -160)
    assert page.evaluate("document.querySelector('#settings .drawer-scroller').scrollTop") > 50
    volume = page.locator("[data-choice=volume]")
    volume.scroll_into_view_if_needed()
    swipe(hand, "[data-choice=volume]", 120)
    assert page.is_visible("#settings")


def test_settings_are_tabs_by_the_keys_of_tabs(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    page = visit(url).page
    page.click("#settings-toggle")
    page.focus("#settings-tab-who")
    for key, tab in (("ArrowRight", "sound"), ("End", "page"), ("ArrowRight", "who"), ("ArrowLeft", "page"),
                     ("Home", "who")):  # fmt: skip
        page.keyboard.press(key)
        assert focused(page) == f"settings-tab-{tab}"
        selected = page.get_by_role("tab", selected=True)
        assert selected.get_attribute("aria-controls") == f"settings-{tab}"
        assert page.get_by_role("tabpanel").get_attribute("id") == f"settings-{tab}"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=tabpanel]').id") == "settings-who"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_setting_is_found_by_its_label_and_its_help_and_led_to(visit: Visit, serve: Serve, language: str) -> None:
    url, _ = serve("silent")
    visitor = visit(url, language)
    page = visitor.page
    page.click("#settings-toggle")
    page.wait_for_selector("#settings-search")
    wanted = page.evaluate(LABELS)
    assert len(wanted) > 20
    for label, help_, choice in wanted:
        for words in filter(None, (label, help_)):
            page.fill("#settings-search", words)
            found = page.locator("#settings-found button").filter(has=page.get_by_text(label, exact=True))
            assert found.count() >= 1, (label, words)
        if choice in ("eagerness", "silence_ms", "chunk_ms", "space", "keep"):
            found.first.click()
            led = page.evaluate("document.activeElement.dataset.choice")
            # What belongs to another way of taking turns is reached by that.
            assert led == ("mode" if choice in ("eagerness", "space") else choice)
            assert page.locator(":focus").is_visible()
    # No such word, and no word.
    for nothing in ("xyzzy", "´"):
        page.fill("#settings-search", nothing)
        assert page.is_visible("#settings-found-none")
    page.keyboard.press("Escape")
    assert page.is_visible("#settings-tabs")
    assert page.is_visible("#settings")
