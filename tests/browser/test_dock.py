"""The dock: the states of a call told apart, its limits before they strike, one call in all tabs, and how it ended."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from tests.browser.visitor import Visitor
from tests.call.calling import serving
from tests.conftest import SCENARIOS
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

SHOWN = """() => [document.body.dataset.state, document.getElementById("status").textContent,
  document.getElementById("status-icon").getAttribute("href")]"""
COUNT_DRAWINGS = """() => {
  const clear = CanvasRenderingContext2D.prototype.clearRect
  window.testDrawings = 0
  CanvasRenderingContext2D.prototype.clearRect = function (...box) { window.testDrawings++; clear.apply(this, box) }
}"""
TIME = {"call_s": 7200, "call_left_s": 7100, "idle_s": 360, "idle_left_s": 59}
TODAY = {"left_s": 180, "budget_s": 1200, "used_s": 90, "left_money": None, "budget_money": None}
LIMITS = {**TIME, **TODAY, "used_money": 0.0, "presumed": False, "currency": "USD"}
OUTLINE = "getComputedStyle(document.querySelector('#call .disc')).outlineStyle"
COLOUR = "place => getComputedStyle(document.querySelector(place)).color"
GROUND = "place => getComputedStyle(document.querySelector(place)).backgroundColor"
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden })
  document.dispatchEvent(new Event("visibilitychange"))
}"""


def edge(card: Locator) -> bytes:
    """A picture of what there is at its lower edge, before its text."""
    box = card.bounding_box()
    assert box
    return card.page.screenshot(clip={"x": box["x"] + 6, "y": box["y"] + box["height"] - 17, "width": 9, "height": 4})


def wait_for_state(visitor: Visitor, state: str, seconds: float = 10) -> tuple[str, str, str]:
    visitor.page.wait_for_selector(f'body[data-state="{state}"]', timeout=seconds * 1000)
    return tuple(visitor.page.evaluate(SHOWN))


def test_every_state_has_words_and_an_icon_of_its_own_and_a_call_that_is_over_can_be_saved(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("hello")
    visitor = visit(url, wired=True)
    wire = visitor.wire
    shown = [wait_for_state(visitor, "idle")]
    visitor.call_until_live()
    shown.append(wait_for_state(visitor, "assistant"))
    shown.append(wait_for_state(visitor, "listening"))
    for turn in ("user", "thinking", "tool"):
        wire.turn(turn)
        shown.append(wait_for_state(visitor, turn))
    wire.turn("listening")
    visitor.press("Mute")
    shown.append(wait_for_state(visitor, "muted"))
    wire.cut()
    shown.append(wait_for_state(visitor, "reconnecting"))
    visitor.wait_for_phase("live")
    visitor.press("Hang up")
    shown.append(wait_for_state(visitor, "ended"))
    for column in zip(*shown, strict=True):
        assert len(set(column)) == len(shown), column

    assert "The call ended after" in visitor.page.inner_text("#status")
    assert visitor.page.inner_text("#call") == "Talk again"
    visitor.press("Open this talk")
    visitor.page.get_by_role("combobox", name="Save as").wait_for()
    assert "Hello there." in visitor.page.inner_text("#talk-detail")


def test_the_stage_rests_with_the_page(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, moving=True)
    visitor.page.evaluate(COUNT_DRAWINGS)
    visitor.page.wait_for_timeout(300)
    assert visitor.page.evaluate("window.testDrawings") == 0, "nothing moves before a call"
    visitor.call_until_live()
    visitor.page.evaluate(HIDE, True)
    drawn = visitor.page.evaluate("window.testDrawings")
    assert drawn > 0
    visitor.page.wait_for_timeout(300)
    assert visitor.page.evaluate("window.testDrawings") == drawn
    visitor.page.evaluate(HIDE, False)
    visitor.page.wait_for_timeout(300)
    assert visitor.page.evaluate("window.testDrawings") > drawn


def test_though_nobody_says_anything_the_clock_runs_and_the_engine_tells_how_far_it_is(
    visit: Visit, serve: Serve
) -> None:
    visitor = visit(serve("silent")[0], wired=True)
    page = visitor.page
    page.evaluate("document.getElementById('usage').removeAttribute('popover')")
    visitor.call_until_live()
    starting = {"code": "engine_starting", "message": "", "retry": False, "fatal": False}
    for done in (1, 2):
        visitor.wire.say("notice", {**starting, "progress": {"part": "voice", "done": done, "of": 3}})
        page.get_by_role("alert").get_by_text(f"{done} of 3").wait_for()
    assert page.get_by_role("alert").count() == 1
    page.wait_for_selector("#meter-time", timeout=5000)
    assert not page.is_visible("#usage"), "what a call takes is hidden where there are no popovers"


def test_that_more_is_below_is_seen_until_the_end(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], viewport={"width": 390, "height": 430}, wired=True)
    page = visitor.page
    visitor.call_until_live()
    visitor.wire.say("limits", LIMITS)
    page.click("#meter-time")
    page.wait_for_selector("#usage-lines p")
    card = page.locator("#usage")
    card.evaluate("card => { card.style.maxHeight = 'none' }")
    whole = edge(card)
    card.evaluate("card => { card.style.maxHeight = `${card.offsetHeight / 2}px` }")
    assert edge(card) != whole
    card.evaluate("card => card.scrollTo(0, card.scrollHeight)")
    assert edge(card) == whole


def test_what_is_left_is_shown_before_it_is_gone(visit: Visit) -> None:
    with serving(SCENARIOS / "hello.toml", VOICEAPP_MINUTES_PER_USER_DAY="20") as served:
        visitor = visit(served.url, wired=True)
        page, wire = visitor.page, visitor.wire
        visitor.call_until_live()
        bar = page.get_by_role("meter", name="Today’s budget")
        assert "19 minutes left of today’s 20 minutes" in (bar.get_attribute("aria-valuetext") or "")
        page.get_by_role("button", name="Time and cost").click()
        usage = page.get_by_role("group", name="Time and cost").inner_text()
        assert "A call can last up to 2 hours." in usage
        assert "The call ends after 6 minutes of silence." in usage
        visitor.wait_for_entry("assistant", "[data-final]")
        wait_for_state(visitor, "listening")
        wire.say("limits", LIMITS)
        wire.say("notice", {"code": "idle_soon", "message": "", "retry": False, "fatal": False})
        visitor.wait_for_notice("idle_soon")
        assert "Ends in 0:5" in page.inner_text("#meter-short")
        assert page.query_selector("#budget[data-low]")
        # What is seen of it goes on.
        page.get_by_text(re.compile("2 minutes 5. seconds left")).wait_for()
        visitor.type("I am still here.")
        page.wait_for_selector('[data-code="idle_soon"]', state="detached")
        page.wait_for_selector("#meter-short", state="hidden")
        page.click("#call")
        visitor.wait_for_phase("ended")
        # In a quiet moment the page fetches what may be asked for next, maybe just when its server goes.
        visitor.forgive()


def test_a_call_in_a_newer_tab_ends_the_one_before_whatever_the_clock_says(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.call_until_live()
    newer = visitor.context.new_page()
    newer.add_init_script("Date.now = () => 0")
    newer.goto(url)
    newer.click("body[data-ready] #call")
    assert "another tab" in visitor.wait_for_notice("newer_tab")
    visitor.wait_for_phase("ended")
    newer.wait_for_selector('body[data-phase="live"]')
    visitor.press("Take it back here")
    visitor.wait_for_phase("live")
    newer.wait_for_selector('[data-code="newer_tab"]')
    newer.wait_for_selector('body[data-phase="ended"]')
    assert visitor.page.query_selector('#notices [role="alert"]') is None

    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    # Both at once: one of them stays.
    for page in (visitor.page, newer):
        page.evaluate("document.getElementById('call').click()")
    visitor.page.wait_for_timeout(1000)
    phases = [page.get_attribute("body", "data-phase") for page in (visitor.page, newer)]
    assert sorted(filter(None, phases)) == ["ended", "live"]


def test_a_call_of_less_than_a_second_in_which_something_was_said_began(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("hello")[0])
    visitor.call_until_live()
    visitor.page.evaluate("window.testLive = performance.now()")
    visitor.wait_for_entry("assistant", "[data-final]")
    # As if it had all been said within a second.
    visitor.page.evaluate("performance.now = () => window.testLive + 500")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    assert visitor.page.inner_text("#status").startswith("The call ended after 1 second")


def test_a_call_that_was_cancelled_did_not_begin(visit: Visit) -> None:
    with serving(SCENARIOS / "no_handshake.toml") as served:
        visitor = visit(served.url)
        visitor.forgive_an_unmade_line()
        visitor.call()
        wait_for_state(visitor, "connecting")
        visitor.press("Cancel")
        assert wait_for_state(visitor, "ended")[1] == "The call did not begin."
        assert visitor.page.inner_text("#call") == "Start talking"
        assert not visitor.page.is_visible("#save-talk")


def test_with_forced_colours_what_is_chosen_inactive_or_a_button_is_told(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], forced_colors="active")
    page = visitor.page
    visitor.call_until_live()
    assert page.evaluate(OUTLINE) == "solid"
    inactive, active = (page.evaluate(COLOUR, each) for each in ("#hush", "#call"))
    assert inactive != active
    visitor.settings("turns")
    chosen, other = (page.evaluate(GROUND, each) for each in ("#settings-tab-turns", "#settings-tab-page"))
    assert chosen != other
