"""The inspector with many events: all can be found, few are drawn."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

MANY = 50_000
# One lot more than are kept.
DROPPING = 51_000
ELEMENTS = 'document.querySelectorAll("*").length'
IN_SIGHT = """() => {
  const [body, drawer] = ["log-body", "log"].map(id => document.getElementById(id).getBoundingClientRect())
  return body.height > 0 && body.top >= drawer.top && body.bottom <= drawer.bottom + 1
}"""
FIRST = """() => {
  const [n] = /\\d+/.exec(document.getElementById("log-body").innerText) ?? []
  return n > 0 && n <= 1000
}"""
NEWEST = """() => {
  const { scrollHeight, scrollTop, clientHeight } = document.getElementById("log-scroller")
  return clientHeight > 0 && scrollHeight - scrollTop - clientHeight < 2
}"""
FOCUS = "document.activeElement.id"
REFUSE = "() => { navigator.clipboard.writeText = async () => { throw new DOMException('', 'NotAllowedError') } }"
SOCKET = """
const Socket = window.WebSocket
window.WebSocket = class extends Socket {
  constructor(...how) {
    super(...how)
    window.testSocket = this
  }
}
"""
# As if the server had said them, a thousand in each frame: one by one through Playwright would take minutes.
SAY = """async ({ from, until }) => {
  for (let n = from; n < until; n++) {
    const direction = n % 3 ? "down" : "up"
    const told = { direction, type: `event.${n}`, at: n, bytes: 100, summary: "", body: `{"n":${n}}` }
    // Behind those of the call.
    const line = { n: 1e6 + n, ...told }
    window.testSocket.dispatchEvent(new MessageEvent("message", { data: `42${JSON.stringify(["log", line])}` }))
    if (n % 1000 === 0) await new Promise(requestAnimationFrame)
  }
}"""


def wait_until_quiet(page: Page) -> None:
    before = ""
    while before != (before := page.inner_text("#log-count")):
        page.wait_for_timeout(1500)


def event(page: Page, n: int) -> Locator:
    return page.locator("#log-rows").get_by_text(f"event.{n}", exact=True)


def test_many_events_do_not_weigh_on_the_page(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, room=SOCKET)
    page = visitor.page
    rows, body = page.locator(".log-row"), page.locator("#log-body")
    visitor.press("Show events")
    # Without a microphone no event comes in between, once the answer was heard.
    visitor.type("Hello.")
    visitor.wait_for_entry("assistant", "[data-final]")
    wait_until_quiet(page)
    visitor.press("Clear")
    page.evaluate(SAY, {"from": 0, "until": 100})
    event(page, 99).wait_for()
    drawn, elements = rows.count(), page.evaluate(ELEMENTS)
    page.evaluate(SAY, {"from": 100, "until": MANY})
    event(page, MANY - 1).wait_for()
    assert page.inner_text("#log-count") == "50,000 events"
    assert 0 < rows.count() <= drawn < 60
    assert page.evaluate(ELEMENTS) <= elements

    page.fill("#log-search", "event.23456")
    event(page, 23456).wait_for()
    assert rows.count() == 1
    page.fill("#log-search", "")
    page.select_option("#log-direction", "up")
    event(page, 49998).wait_for()
    page.fill("#log-search", '"n":24681')
    event(page, 24681).wait_for()
    page.fill("#log-search", "")
    page.select_option("#log-direction", "all")
    page.eval_on_selector("#log-scroller", "scroller => { scroller.scrollTop = 0 }")
    event(page, 0).wait_for()
    page.eval_on_selector("#log-scroller", "scroller => { scroller.scrollTop = scroller.scrollHeight }")
    event(page, MANY - 1).wait_for()
    assert rows.count() <= drawn

    # The chosen one stays chosen when the oldest go, and is none when it went itself.
    event(page, MANY - 1).click()
    page.evaluate(SAY, {"from": MANY, "until": DROPPING})
    page.get_by_text("51,000 events").wait_for()
    assert body.inner_text() == '{\n  "n": 49999\n}'
    page.focus("#log-rows")
    page.keyboard.press("Home")
    # Of the thousand that went some were cleared away before.
    page.wait_for_function(FIRST)
    first = json.loads(body.inner_text())["n"]
    # On a phone it takes the place of the list.
    page.set_viewport_size({"width": 390, "height": 800})
    page.click("#log-back")
    event(page, first + 1).click()
    page.wait_for_function(IN_SIGHT)
    page.evaluate(SAY, {"from": DROPPING, "until": DROPPING + 1000})
    body.wait_for(state="hidden")


@pytest.mark.parametrize("size", [(390, 800), (390, 430), (844, 390), (1280, 860)])
def test_what_is_in_an_event_is_read_in_any_window(visit: Visit, serve: Serve, size: tuple[int, int]) -> None:
    url, _ = serve("hello")
    visitor = visit(url, viewport={"width": size[0], "height": size[1]})
    page = visitor.page
    visitor.type("Hello.")
    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.press("Show events")
    page.fill("#log-search", "session.created")
    page.locator(".log-row").first.click()
    body = page.locator("#log-body")
    body.wait_for()
    assert body.bounding_box()["height"] > 100  # type: ignore[index]
    page.wait_for_function(IN_SIGHT)
    if size == (1280, 860):
        # Beside the list, which keeps the focus.
        assert page.locator(".log-row").first.is_visible()
        assert not page.locator("#log-back").is_visible()
        assert page.evaluate(FOCUS) == "log-rows"
        return
    for key in ("Enter", "Escape"):
        assert page.evaluate(FOCUS) == "log-back"
        assert not page.locator(".log-row").first.is_visible()
        page.keyboard.press(key)
        page.locator(".log-row[aria-selected=true]").wait_for()
        assert page.evaluate(FOCUS) == "log-rows"
        assert not body.is_visible()
        # A row is gone to without being opened.
        page.keyboard.press("Home")
        assert not body.is_visible()
        page.keyboard.press("Enter")
        body.wait_for()


def test_a_refused_clipboard_is_said(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    page = visitor.page
    page.evaluate(REFUSE)
    visitor.press("Show events")
    page.click("#log-copy")
    page.get_by_role("button", name="Could not be copied").wait_for()
    visitor.settings("page")
    page.click("#settings-share")
    page.get_by_text("The link could not be copied.").wait_for()


@pytest.mark.parametrize("size", [(390, 800), (1280, 860)])
def test_it_opens_at_the_newest_and_follows_unless_one_looks_further_up(
    visit: Visit, serve: Serve, size: tuple[int, int]
) -> None:
    url, _ = serve("silent")
    visitor = visit(url, viewport={"width": size[0], "height": size[1]}, room=SOCKET)
    page = visitor.page
    visitor.call_until_live()
    page.evaluate(SAY, {"from": 0, "until": 300})
    visitor.press("Show events")
    event(page, 299).wait_for()
    page.wait_for_function(NEWEST)
    # What stands above it takes of its room.
    page.click("#timeline summary")
    page.wait_for_function(NEWEST)
    page.evaluate(SAY, {"from": 300, "until": 600})
    event(page, 599).wait_for()
    page.wait_for_function(NEWEST)
    scroll = "scroller => { scroller.scrollTop = 1000; return scroller.scrollTop }"
    page.eval_on_selector("#log-scroller", scroll)
    page.evaluate(SAY, {"from": 600, "until": 700})
    page.wait_for_timeout(300)
    assert page.evaluate("document.getElementById('log-scroller').scrollTop") == 1000
    visitor.press("Close events")
    page.wait_for_timeout(300)
    visitor.press("Show events")
    page.wait_for_function(NEWEST)
    page.eval_on_selector("#log-scroller", scroll)
    page.locator(".log-row").nth(10).click()
    chosen = page.inner_text("#log-body")
    if page.is_visible("#log-back"):
        page.click("#log-back")
    visitor.press("Close events")
    page.wait_for_timeout(300)
    visitor.press("Show events")
    page.wait_for_timeout(300)
    assert not page.evaluate(NEWEST)
    assert page.text_content("#log-body") == chosen
