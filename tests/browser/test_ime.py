"""An input method's keys are its own until its words are chosen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# As Safari tells of the key that ends a composition, and all browsers of the others.
AS_TOLD = [{"isComposing": True}, {"keyCode": 229}]
KEY = """([key, how]) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how }))"""
CHOICES = {"keys": True, "mode": "push_to_talk"}


def compose(page: Page) -> CDPSession:
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "きょうと", "selectionStart": 4, "selectionEnd": 4})
    return session


def press(session: CDPSession, key: str, code: int) -> None:
    for kind in ("rawKeyDown", "keyUp"):
        session.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "windowsVirtualKeyCode": code})


@pytest.mark.parametrize(("drawer", "box"), [("talks", "#talks-search"), ("log", "#log-search")])
def test_escape_ends_a_composition_and_not_the_drawer(visit: Visit, serve: Serve, drawer: str, box: str) -> None:
    url, _ = serve("silent")
    page = visit(url).page
    page.click(f"#{drawer}-toggle")
    page.click(box)
    session = compose(page)
    press(session, "Escape", 27)
    assert page.is_visible(f"#{drawer}")
    for how in AS_TOLD:
        page.evaluate(KEY, ["Escape", how])
        assert page.is_visible(f"#{drawer}")
    session.send("Input.insertText", {"text": "京都"})
    page.keyboard.press("Escape")
    assert page.input_value(box) == ""
    page.keyboard.press("Escape")
    assert not page.is_visible(f"#{drawer}")


def test_enter_that_confirms_a_conversion_sends_nothing(visit: Visit, serve: Serve) -> None:
    url, upstream = serve("silent")
    visitor = visit(url)
    page = visitor.page
    visitor.call_until_live()
    page.click("#message")
    session = compose(page)
    press(session, "Enter", 13)
    for how in AS_TOLD:
        page.evaluate(KEY, ["Enter", how])
    page.wait_for_timeout(200)
    assert visitor.entries == []
    assert page.inner_text("#outbox") == ""
    assert page.input_value("#message") == "きょうと"
    session.send("Input.insertText", {"text": "京都"})
    page.keyboard.press("Enter")
    upstream.wait_for(lambda events: any("京都" in str(event) for event in events))


def test_no_key_does_anything_else_meanwhile(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices=CHOICES)
    page = visitor.page
    visitor.call_until_live()
    page.focus("#scroller")
    for how in AS_TOLD:
        for key in ("m", "?", "/", " ", "Escape"):
            page.evaluate(KEY, [key, how])
    assert page.inner_text("#microphone") == "Mute"
    assert page.get_attribute("#talk", "aria-pressed") == "false"
    assert page.query_selector("dialog[open]") is None
    assert page.evaluate("document.activeElement.id") == "scroller"
    page.evaluate(KEY, ["m", {}])
    assert page.inner_text("#microphone") == "Unmute"
