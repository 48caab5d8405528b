"""The page itself: its words, its languages, its shape."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.layout import OVERFLOW, SMALL_TARGETS
from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

SIZES = ((320, 568), (390, 844), (844, 390), (1280, 800), (3840, 2160))
SIDEWAYS = """() => {
  const { scrollWidth, clientWidth } = document.querySelector(".settings .drawer-scroller")
  return scrollWidth - clientWidth
}"""
# Whether it is shown, and from where to where.
BOX = """selector => {
  const { top, bottom, width } = document.querySelector(selector).getBoundingClientRect()
  return [width > 0 && document.querySelector(selector).checkVisibility(), top, bottom]
}"""
# As a browser does that keeps nothing of any site.
FORBIDDING = """
for (const name of ["indexedDB", "localStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError") } })
"""
BROKEN_WORKLETS = """() => {
  AudioWorklet.prototype.addModule = () => Promise.reject(new DOMException("", "AbortError"))
}"""


def test_a_wrong_key_is_said_in_plain_words(visit: Visit, serve: Serve) -> None:
    url, _ = serve("wrong_key")
    visitor = visit(url)
    visitor.call()
    words = visitor.wait_for_notice("key_wrong")
    assert "refuses the key" in words
    assert "sk-test" not in visitor.page.content()
    visitor.wait_for_phase("ended")
    visitor.press("Dismiss")
    assert visitor.page.query_selector('[role="alert"]') is None


def test_until_its_scripts_are_here_nothing_looks_ready(browser: Browser, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor, held = Visitor(browser), list[Route]()
    visitor.page.route("**/js/main.js", lambda route: held.append(route))
    with visitor.page.expect_request("**/js/main.js"):
        visitor.page.goto(url, wait_until="commit")
    visitor.page.wait_for_selector("#call")
    # It would load each of the page's files a second time, beside every other test.
    assert visitor.page.evaluate("navigator.serviceWorker === undefined"), "none but a visitor who wants one has it"
    assert visitor.page.is_hidden("#status")
    assert visitor.page.evaluate("getComputedStyle(document.getElementById('call')).pointerEvents") == "none"
    for route in held:
        route.continue_()
    visitor.page.wait_for_selector("#status", state="visible")
    visitor.call_until_live()
    assert visitor.leave() == []


def test_a_denied_microphone_leaves_the_call_to_be_written(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.page.evaluate("window.testDenied = true")
    visitor.call_until_live()
    assert "address bar" in visitor.wait_for_notice("microphone_denied")
    visitor.type("Hello.")
    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.page.evaluate("window.testDenied = false")
    visitor.press("Turn on mic")
    visitor.wait_until(lambda stats: stats["chunksSent"] > 5)


def test_an_insecure_page_that_may_keep_nothing_says_what_is_wrong(browser: Browser, serve: Serve) -> None:
    url, _ = serve("hello")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(FORBIDDING)

    def forward(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("http://voice.example", url)))

    page.route("http://voice.example/**", forward)
    page.goto("http://voice.example/?lang=en")
    page.wait_for_selector('[data-code="insecure"]', timeout=10_000)
    assert page.evaluate("isSecureContext") is False
    assert errors == []
    page.close()


def test_the_microphone_is_let_go_where_the_sound_cannot_begin(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    # The page gives up a line that may not be open yet.
    visitor.forgive()
    visitor.page.evaluate(BROKEN_WORKLETS)
    visitor.call()
    # The server is there, so it is the file that is not.
    visitor.wait_for_notice("client_missing")
    # It may be given only now.
    visitor.wait_until(lambda _: visitor.page.evaluate("testTracks.map(track => track.readyState)") == ["ended"])


def test_in_japanese_every_word_is_japanese(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, "ja", viewport={"width": 390, "height": 844}, color_scheme="dark")
    assert visitor.page.get_attribute("html", "lang") == "ja"
    visitor.press("通話を始める")
    visitor.wait_for_phase("live")
    visitor.wait_for_entry("assistant", "[data-final]")
    visitor.page.get_by_role("status").get_by_text("お聞きしています").wait_for()
    assert visitor.page.inner_text('[data-role="assistant"] .who') == "アシスタント"
    # The page comes back to its call, and is closed while it does.
    visitor.forgive()
    visitor.page.goto(url)
    assert visitor.page.get_attribute("html", "lang") == "ja"


def test_the_event_log_is_asked_for_only_while_it_is_open(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.press("Show events")
    visitor.call_until_live()
    for kind in ("session.", "input_audio_buffer.append"):
        visitor.page.fill("#log-search", kind)
        visitor.page.locator("#log-rows .type").filter(has_text=kind).first.wait_for()
    assert "×" in visitor.page.locator("#log-rows .type").first.inner_text()
    visitor.press("Close events")
    visitor.page.wait_for_timeout(200)
    count = visitor.page.text_content("#log-count")
    visitor.page.wait_for_timeout(400)
    assert visitor.page.text_content("#log-count") == count
    assert visitor.page.evaluate("document.activeElement.id") == "log-toggle"


def test_it_fits_and_every_target_can_be_hit_and_with_reduced_motion_nothing_moves(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, reduced_motion="reduce")
    # In a low window what is of no use before a call is not there.
    check_sizes(visitor, "#call", "#message")
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    assert visitor.page.evaluate("document.getAnimations().length") == 0, "what moves"
    check_sizes(visitor, "#call", "#microphone", "#hush", "#message")
    visitor.settings("turns")
    for mode in ("semantic_vad", "push_to_talk"):
        visitor.page.check(f'input[value="{mode}"]')
        for width, height in SIZES[:4]:
            visitor.page.set_viewport_size({"width": width, "height": height})
            targets, over, sideways = visitor.page.evaluate(f"[({SMALL_TARGETS})(), ({OVERFLOW})(), ({SIDEWAYS})()]")
            assert (targets, over <= 0, sideways <= 0) == ([], True, True), (mode, width)


def check_sizes(visitor: Visitor, *controls: str) -> None:
    for width, height in SIZES:
        visitor.page.set_viewport_size({"width": width, "height": height})
        targets, over, boxes = visitor.page.evaluate(
            f"controls => [({SMALL_TARGETS})(), ({OVERFLOW})(), controls.map({BOX})]", controls
        )
        assert (targets, over <= 0) == ([], True), width
        for control, (shown, top, bottom) in zip(controls, boxes, strict=True):
            assert shown and top >= 0 and bottom <= height, (width, control)
