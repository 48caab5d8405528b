"""The keyboard's focus stays with the person: whatever goes away under it, it is never lost to the page as a whole."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

FOCUSED = """(() => {
  const { activeElement: focused } = document
  if (focused === document.body || !focused.getClientRects().length || focused.matches(":disabled")) return "lost"
  return focused.id || focused.dataset.talk || focused.getAttribute("aria-label") || focused.textContent
})()"""


def focused(page: Page) -> str:
    # What is hidden has the focus until it is next drawn.
    page.wait_for_timeout(80)
    return str(page.evaluate(FOCUSED))


def press(page: Page, selector: str, key: str = "Enter") -> str:
    page.focus(selector)
    page.keyboard.press(key)
    return focused(page)


def arrive(visit: Visit, url: str, **choices: object) -> tuple[Visitor, Wire]:
    visitor = visit(url, wired=True, choices=choices)
    return visitor, visitor.wire


def notice(visitor: Visitor, wire: Wire, code: str, fatal: bool = False) -> str:
    wire.say("notice", {"code": code, "message": "", "retry": False, "fatal": fatal})
    visitor.wait_for_notice(code)
    return f'[data-code="{code}"] > .dismiss'


def talk(visitor: Visitor) -> None:
    answers = visitor.page.locator('.entry[data-role="assistant"][data-final]')
    before = answers.count()
    visitor.call_until_live()
    # Those of the call before are still there.
    answers.nth(before).wait_for()
    visitor.page.click("#call")
    visitor.wait_for_phase("ended")


def test_a_notice_that_is_put_away(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = arrive(visit, url)
    visitor.call_until_live()
    first, second = (notice(visitor, wire, code) for code in ("idle_soon", "budget_low"))
    assert press(visitor.page, second) == "Dismiss"
    assert press(visitor.page, first, "Space") == "scroller"
    # Another one takes its place.
    visitor.page.focus(notice(visitor, wire, "idle_soon"))
    visitor.page.keyboard.press("Tab")
    visitor.page.focus('[data-code="idle_soon"] > .dismiss')
    latest = notice(visitor, wire, "too_fast")
    visitor.page.wait_for_selector('[data-code="too_fast"][data-shown]')
    assert focused(visitor.page) == "Dismiss"
    press(visitor.page, latest)
    # It ends by itself.
    visitor.page.focus(notice(visitor, wire, "idle_soon"))
    wire.turn("user")
    visitor.page.wait_for_selector('[data-code="idle_soon"]', state="detached")
    assert focused(visitor.page) == "scroller"


def test_a_control_of_a_call_that_ends(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = arrive(visit, url, mode="push_to_talk")
    page = visitor.page
    # Where height is scarce some of them go away.
    page.set_viewport_size({"width": 400, "height": 400})
    for control in ("microphone", "talk", "hush", "call", "meter-time"):
        # Its server has not ended the call before.
        if visitor.stats["phase"] == "ended":
            visitor.reload()
        visitor.call_until_live()
        page.focus(f"#{control}")
        wire.say("ended", {"reason": "time"})
        visitor.wait_for_phase("ended")
        assert focused(page) in ("call", control), control


def test_a_call_by_keys_alone(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, _ = arrive(visit, url)
    page = visitor.page
    assert press(page, "#call") != "lost"
    visitor.wait_for_phase("live")
    presses = [("#microphone", "Space"), ("#hush", "Enter"), ("#meter-time", "Enter"), ("#meter-time", "Escape")]
    for selector, key in [*presses, ("#call", "Enter")]:
        assert press(page, selector, key) != "lost", selector
    visitor.wait_for_phase("ended")
    # Between the ends: behind them is the browser.
    for key in ["Shift+Tab"] * 5 + ["Tab"] * 5:
        page.keyboard.press(key)
        assert focused(page) != "lost"


def test_a_text_that_is_sent_again_or_edited(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor, wire = arrive(visit, url)
    page = visitor.page
    visitor.call_until_live()
    wire.held = True
    visitor.type("Are you there?")
    for button, then in enumerate(("scroller", "message")):
        page.wait_for_selector("[data-typed=sent]")
        notice(visitor, wire, "too_fast")
        page.wait_for_selector("[data-typed=unsent]")
        assert press(page, f"[data-typed=unsent] button >> nth={button}") == then


def test_drawers_and_what_is_in_them_which_enter_that_is_held_down_does_not_delete(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "text"})
    page = visitor.page
    talk(visitor)
    # Back to a list that has yet to be drawn.
    press(page, "#save-talk")
    page.wait_for_selector(".export")
    row = press(page, "#talk-detail > .plain")
    assert row == page.get_attribute("[data-talk]", "data-talk")
    assert press(page, "#talks-close") == "save-talk"
    for drawer in ("settings", "log", "talks"):
        assert press(page, f"#{drawer}-toggle") == f"{drawer}-close"
        assert press(page, f"#{drawer}-close") == f"{drawer}-toggle"
        assert press(page, f"#{drawer}-toggle") == f"{drawer}-close"
        page.keyboard.press("Escape")
        assert focused(page) == f"{drawer}-toggle"
    press(page, "#talks-toggle")
    page.wait_for_selector("[data-talk]")
    press(page, "[data-talk] >> nth=0")
    page.wait_for_selector(".export")
    assert press(page, "#talk-detail > .plain") == row
    page.keyboard.press("Enter")
    page.wait_for_selector(".export")
    remove = "#talk-detail .tools .plain:not([aria-pressed], .go-on) >> nth=0"
    assert press(page, remove) == "Press again to delete"
    page.keyboard.press("Enter")
    page.wait_for_selector("#talk-detail", state="hidden")
    assert focused(page) == "talks-search"
    press(page, "#talks-close")
    talk(visitor)
    press(page, "#save-talk")
    page.wait_for_selector("#talks[open]")
    page.keyboard.press("Escape")
    assert focused(page) == "save-talk"
    press(page, "#talks-toggle")
    page.get_by_role("button", name="All talks").click()
    page.wait_for_selector("[data-talk]")
    page.focus("#talks-clear")
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.wait_for_timeout(300)
    assert page.locator("[data-talk]").count() == 1, "Enter that is held down deletes nothing"
    assert focused(page) == "talks-clear"
    page.keyboard.press("Enter")
    page.wait_for_selector("#talks-clear", state="hidden")
    assert focused(page) != "lost"


def test_what_a_link_brought_is_undone_and_the_check_that_is_offered_once(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url)
    visitor.forgive_an_unmade_line()
    page = visitor.page
    page.evaluate("location.hash = '#captions=huge'")
    page.wait_for_selector("#settings-undo:not([hidden])")
    assert press(page, "#settings-undo") == "settings-done"
    page.keyboard.press("Escape")
    assert focused(page) == "settings-toggle"

    press(page, "#preflight-offer")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert focused(page) == "call"
