"""A whole call without a mouse: every step is reached by Tab, is seen to have the focus, and does what it says."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

NAME = """(focused => focused.getAttribute("aria-label") ?? (focused.labels?.[0] ?? focused).textContent.trim())(
  document.activeElement)"""
# What marks the focus, on the control or on the box around it, and whether something lies over it.
SEEN = """() => {
  const focused = document.activeElement
  const marked = box => {
    const { outlineStyle, outlineWidth } = getComputedStyle(box ?? document.body)
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
  }
  const { left, top, width, height } = focused.getBoundingClientRect()
  const over = document.elementFromPoint(left + width / 2, top + height / 2)
  return [marked(focused) || marked(focused.closest("form")), focused.contains(over) || over.contains(focused)]
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until this has the focus; every stop on the way is visible."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(NAME).startswith(name):
            assert page.evaluate(SEEN) == [True, True], name
            return
    raise AssertionError(f"{name} is not reached")


def test_a_whole_call(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("hello")
    visitor = visit(url, viewport={"width": 1280, "height": 800})
    page = visitor.page
    tab_to(page, "Show settings")
    page.keyboard.press("Enter")
    tab_to(page, "Close settings")
    page.keyboard.press("Enter")
    assert page.evaluate(NAME) == "Show settings", "the focus comes back to where it was"

    tab_to(page, "Start talking")
    page.keyboard.press("Enter")
    visitor.wait_for_phase("live")
    visitor.wait_for_entry("assistant", "[data-final]")
    assert page.evaluate(NAME) == "Hang up", "the button under the finger is still there"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(NAME) == "Mute"
    page.keyboard.press("Space")
    assert page.evaluate(NAME) == "Unmute", "it says what the next press does"

    page.wait_for_selector("body:not([data-speaking])")
    tab_to(page, "Message")
    page.keyboard.type("Are you there?")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-speaking]")
    page.keyboard.press("Escape")
    visitor.wait_for_entry("assistant", "[data-cut]")
    assert any(event["type"] == "conversation.item.truncate" for event in upstream.connections[-1].events)

    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate(NAME) == "Hang up":
            break
    page.keyboard.press("Enter")
    visitor.wait_for_phase("ended")
