"""A drawer leaves the call alone: the bar stays, the focus comes back, a finger closes it; and settings are found."""

from collections.abc import Callable

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
# What a setting says that is there in one way of taking turns.
ONLY = {"en": "Only with “When your sentence is complete”", "ja": "「話し終えたと判断したとき」のときだけ"}
# What people call a setting otherwise.
OTHER_WORDS = {
    "en": {
        "interrupt barge": "at_once",
        "vad sens": "threshold",
        "delete": "keep",
        "font": "captions",
        "record": "keep",
        "night": "theme",
    },
    "ja": {"割り込み": "at_once", "フォント": "captions", "録音": "keep", "夜": "theme"},
}
# Of these labels, and what is said of each, whatever does not lead to it.
UNFOUND = """wanted => {
  const search = document.getElementById("settings-search")
  const finds = (label, words) => {
    search.value = words
    search.dispatchEvent(new InputEvent("input", { bubbles: true }))
    const found = [...document.querySelectorAll("#settings-found button, #settings-found button *")]
    return found.some(part => part.checkVisibility() && part.textContent.trim() === label)
  }
  return wanted.flatMap(([label, help]) => [label, help].filter(words => words && !finds(label, words)))
}"""


def focused(page: Page) -> str:
    page.wait_for_timeout(80)
    return str(page.evaluate("document.activeElement.id"))


def in_sight(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    assert size
    return bool(box) and box["y"] >= 0 and box["y"] + box["height"] <= size["height"] and box["width"] >= 44


def test_the_call_stays_in_reach_of_a_thumb(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], **PHONE)
    page, hand = visitor.page, Hand(visitor.page)
    for drawer in DRAWERS:
        visitor.call_until_live()
        page.click(f"#{drawer}-toggle")
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            where = (drawer, width, height)
            assert all(in_sight(page, part) for part in ("#microphone", "#call", f"#{drawer}-close")), where
            dock = page.locator(".dock").bounding_box()
            assert dock and dock["height"] <= 72, where
            assert page.is_visible("#status"), where
            assert page.is_hidden("#message"), where
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
        page.click(f"#{drawer}-close")


def test_tab_goes_round_in_the_drawer_and_the_call_and_a_screen_reader_finds_nothing_that_is_covered(
    in_a_call: Visit,
) -> None:
    visitor = in_a_call("silent", viewport={"width": 390, "height": 800})
    page = visitor.page
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.focus("#settings-toggle")
        page.keyboard.press("Enter")
        assert focused(page) == "settings-close", width
        for key in ("Tab", "Shift+Tab"):
            seen = [str(page.evaluate(WHERE))]
            while seen[-1] != seen[0] or len(seen) == 1:
                page.keyboard.press(key)
                seen.append(str(page.evaluate(WHERE)))
                assert len(seen) < 60
            assert {"lost", "outside"}.isdisjoint(seen), (width, key)
            reached = {"microphone", "call", "settings-search", "settings-tab-who", "settings-close"}
            assert reached <= set(seen), (width, key)
        if width == 390:
            page.get_by_role("dialog", name="Settings").wait_for()
            page.get_by_role("button", name="Hang up").wait_for()
            page.get_by_role("status").filter(has_text="Listening").wait_for()
            assert page.get_by_role("region", name="Conversation").count() == 0
            assert page.get_by_role("button", name="Show events").count() == 0
        page.keyboard.press("Escape")
        assert focused(page) == "settings-toggle", width


def swipe(hand: Hand, selector: str, x: float, y: float = 0) -> None:
    hand.put(1, selector)
    hand.move(1, x, y)
    hand.lift(1)
    hand.page.wait_for_timeout(400)


def test_a_finger_pushes_it_out_and_it_follows_and_one_that_scrolls_or_slides_closes_nothing(
    in_a_call: Visit,
) -> None:
    visitor = in_a_call("silent", **PHONE)
    page, hand = visitor.page, Hand(visitor.page)
    visitor.settings("sound")
    swipe(hand, "#settings-sound .setting:visible >> nth=2", 40, -160)
    assert page.evaluate("document.querySelector('#settings .drawer-scroller').scrollTop") > 50, "scrolled"
    page.locator("[data-choice=volume]").scroll_into_view_if_needed()
    swipe(hand, "[data-choice=volume]", 120)
    assert page.is_visible("#settings"), "slid"

    page.click("#settings-tab-who")
    for motion in ("no-preference", "reduce"):
        page.emulate_media(reduced_motion=motion)
        if not page.is_visible("#settings"):
            page.click("#settings-toggle")
        swipe(hand, "#settings-tab-who", 0, -150)
        swipe(hand, "#settings-who .setting:visible >> nth=0", -200)
        assert page.is_visible("#settings"), motion
        hand.put(1, "#settings-who .setting:visible >> nth=1")
        hand.move(1, 90, 5)
        moved = page.evaluate("document.getElementById('settings').getBoundingClientRect().left")
        assert moved == pytest.approx(90, abs=2), motion
        # Back again, and slowly.
        hand.move(1, -70, 0)
        page.wait_for_timeout(600)
        hand.lift(1)
        page.wait_for_timeout(300)
        assert page.evaluate("document.getElementById('settings').getBoundingClientRect().left") == 0, motion
        hand.put(1, "#settings-who .setting:visible >> nth=1")
        hand.move(1, 250, 5)
        hand.lift(1)
        if motion == "reduce":
            assert page.evaluate(CLOSING) == 0
        page.wait_for_selector("#settings", state="hidden")
        assert visitor.stats["phase"] == "live"


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
    # It is loaded with the drawer.
    page.fill("#settings-search", "xyzzy")
    page.wait_for_selector("#settings-found-none")
    page.fill("#settings-search", "")
    wanted = page.evaluate(LABELS)
    assert len(wanted) > 20
    assert page.evaluate(UNFOUND, wanted) == []
    for label, help_, choice in wanted:
        if choice in ("eagerness", "silence_ms", "chunk_ms", "space", "keep"):
            page.fill("#settings-search", help_ or label)
            page.locator("#settings-found button").filter(has=page.get_by_text(label, exact=True)).first.click()
            led = page.evaluate("document.activeElement.dataset.choice")
            # What belongs to another way of taking turns is reached by that.
            assert led == ("mode" if choice in ("eagerness", "space") else choice)
            assert page.locator(":focus").is_visible()
    page.fill("#settings-search", next(label for label, _, choice in wanted if choice == "eagerness"))
    assert page.inner_text("#settings-found small >> nth=1") == ONLY[language]
    for words, choice in OTHER_WORDS[language].items():
        page.fill("#settings-search", words)
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.dataset.choice") == choice, words
    # No such word, and no word.
    for nothing in ("xyzzy", "´"):
        page.fill("#settings-search", nothing)
        assert page.is_visible("#settings-found-none")
    page.keyboard.press("Escape")
    assert page.is_visible("#settings-tabs")
    assert page.is_visible("#settings")
