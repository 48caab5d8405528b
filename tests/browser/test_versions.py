"""Files that do not come, browsers that are too old, and an old page on a new server."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.visitor import Visitor, wait
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# All handles that would do something later, except those of the test's own taps.
COUNT_FRAMES = """
window.testFrames = new Set()
const ask = window.requestAnimationFrame, cancel = window.cancelAnimationFrame
window.requestAnimationFrame = act => {
  const id = ask(at => { testFrames.delete(id); act(at) })
  testFrames.add(id)
  return id
}
window.cancelAnimationFrame = id => { testFrames.delete(id); cancel(id) }
"""

# How many a stylesheet gives to the page.
RULES = """file => [...document.styleSheets].filter(({ href }) => href?.endsWith(file))
  .reduce((sum, { cssRules }) => sum + cssRules.length, 0)"""

# As of a tab that was opened before the server was renewed.
OLD_WORKLETS = r"""
const add = AudioWorklet.prototype.addModule
AudioWorklet.prototype.addModule = function (url) {
  return add.call(this, String(url).replace(/v-\w+/, "v-0123456789ab"))
}
"""


# Nobody looks at the page.
HIDE = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true })
  document.dispatchEvent(new Event("visibilitychange"))
}"""
COUNT_PERSISTING = """
window.testPersisting = 0
navigator.storage.persist = async () => { window.testPersisting++; return true }
"""
KEPT = """async () => {
  // Opened by the page alone, which makes what is in it.
  if (!(await indexedDB.databases()).some(({ name }) => name === "voiceapp-talks")) return 0
  const opening = indexedDB.open("voiceapp-talks")
  await new Promise(resolve => { opening.onsuccess = resolve })
  const counting = opening.result.transaction("talks").objectStore("talks").count()
  await new Promise(resolve => { counting.onsuccess = resolve })
  opening.result.close()
  return counting.result
}"""
FULL = """
IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError") }
"""


def age(route: Route) -> None:
    """The files of this page are of a version that the server no longer has."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("(import.meta.url)", '("/static/v-0ld/js")'))


@pytest.fixture
def url(serve: Serve) -> str:
    return serve("long_answer")[0]


def miss(page: Page, pattern: str) -> None:
    """What is called so does not come."""
    page.route(re.compile(pattern), lambda route: route.abort())


@pytest.mark.parametrize(
    ("file", "language", "words"),
    [
        (r"/js/audio/microphone-gate\.js$", "en", "A part of the page is missing"),
        (r"/js/audio/microphone-gate\.js$", "ja", "ページの一部を読み込めませんでした"),
        (r"/css/page\.css$", "en", "A part of the page is missing"),
        (r"/css/dock\.css$", "en", "A part of the page is missing"),
    ],
)
def test_a_file_that_is_missing_is_said_and_can_be_loaded_again(
    browser: Browser, url: str, file: str, language: str, words: str
) -> None:
    page = browser.new_page()
    miss(page, file)
    page.goto(f"{url}/?lang={language}")
    page.wait_for_selector("#broken:not([hidden])")
    assert words in page.inner_text("#broken")
    # Also where nothing but the browser itself hides it.
    assert "Firefox 125" not in page.inner_text("#broken")
    page.unroute_all()
    with page.expect_navigation():
        page.click("#broken a")
    page.wait_for_selector("body[data-ready]")
    assert page.is_hidden("#broken")
    page.close()


def test_what_loads_on_demand_and_does_not_come_is_said_and_why(browser: Browser, url: str) -> None:
    for away, code in ((False, "client_missing"), (True, "server_away")):
        visitor = Visitor(browser, reduced_motion="reduce")
        page = visitor.page
        miss(page, r"/js/history/files\.js$")
        visitor.open(url)
        visitor.call_until_live()
        visitor.wait_for_entry("assistant")
        visitor.press("Hang up")
        visitor.wait_for_phase("ended")
        if away:
            miss(page, r"/admission")
        visitor.press("Open this talk")
        visitor.wait_for_notice(code)
        page.context.close()


def test_what_loads_on_demand_and_did_not_come_is_there_the_next_time(browser: Browser, url: str) -> None:
    visitor = Visitor(browser, reduced_motion="reduce")
    visitor.forgive("Failed to load resource")
    page = visitor.page
    visitor.open(url)
    for file, button, close, there in (
        ("css/talks.css", "#talks-toggle", "#talks-close", "#talks-keep:not(:empty)"),
        ("css/timeline.css", "#log-toggle", "#log-close", "#timeline canvas"),
        ("css/settings-search.css", "#settings-toggle", "#settings-close", "#settings-found li"),
    ):
        miss(page, file)
        page.click(button)
        visitor.wait_for_notice("client_missing")
        page.unroute_all()
        page.click(close)
        page.click('[data-code="client_missing"] > .dismiss')
        page.click(button)
        if button == "#settings-toggle":
            page.fill("#settings-search", "language")
        page.wait_for_selector(there)
        assert not page.query_selector('[data-code="client_missing"]')
        wait(page, f"({RULES})('{file}') > 0")
        page.click(close)
    page.context.close()


def test_a_question_whose_view_did_not_come_is_asked_as_soon_as_it_does(browser: Browser, url: str) -> None:
    visitor = Visitor(browser, reduced_motion="reduce")
    visitor.forgive("Failed to load resource")
    page, wire = visitor.page, Wire(visitor.page)
    miss(page, "css/tool.css")
    visitor.open(url)
    visitor.call_until_live()
    wire.tell("item", {"id": "t1", "role": "tool", "after": None, "kind": "audio"})
    wire.tell("tool", {"call": "t1", "name": "weather", "arguments": "{}", "says": [], "state": "asked"})
    visitor.wait_for_notice("client_missing")
    page.unroute_all()
    page.wait_for_selector('[data-item="t1"] .question')
    page.context.close()


def test_the_words_of_the_page_that_do_not_come_are_missed_too(browser: Browser, url: str) -> None:
    page = browser.new_page()
    miss(page, r"/i18n/")
    page.goto(url)
    page.wait_for_selector("#broken:not([hidden])")
    page.close()


def test_an_error_that_is_not_the_pages_is_not_said_of_a_page_that_lives(browser: Browser, url: str) -> None:
    page = browser.new_page()
    page.add_init_script("setTimeout(() => { throw new Error('of an extension') })")
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    assert page.is_hidden("#broken")
    page.close()


def test_a_browser_that_is_too_old_is_told_which_would_do(browser: Browser, url: str) -> None:
    page = browser.new_page()
    page.add_init_script("delete Array.prototype.toSpliced")
    page.goto(f"{url}/?lang=en")
    page.wait_for_selector("#broken:not([hidden])")
    assert "Firefox 125" in page.inner_text("#broken")
    assert "A part of the page" not in page.inner_text("#broken")
    page.close()


def test_a_worklet_that_does_not_come_is_said_and_nothing_listens(browser: Browser, url: str) -> None:
    visitor = Visitor(browser, reduced_motion="reduce")
    visitor.page.add_init_script(OLD_WORKLETS)
    visitor.open(url)
    visitor.call()
    assert "Reload" in visitor.wait_for_notice("client_missing")
    visitor.wait_for_phase("ended")
    live = "testTracks.filter(track => track.readyState === 'live').length"
    visitor.wait_until(lambda _: visitor.page.evaluate(live) == 0)
    visitor.page.context.close()


def test_an_old_page_is_told_of_a_new_version_once_the_call_is_over(browser: Browser, url: str) -> None:
    visitor = Visitor(browser, reduced_motion="reduce")
    visitor.page.route(re.compile(r"/js/browser/page-version\.js$"), age)
    visitor.open(url)
    visitor.call_until_live()
    assert visitor.page.query_selector('[data-code="page_outdated"]') is None
    visitor.press("Hang up")
    assert "Load it now" in visitor.wait_for_notice("page_outdated")
    visitor.page.unroute_all()
    visitor.page.evaluate("window.testOld = true")
    visitor.press("Load it now")
    visitor.page.wait_for_selector("body[data-ready]")
    visitor.wait_until(lambda _: visitor.page.evaluate("!window.testOld"))
    visitor.page.context.close()


@pytest.mark.parametrize(
    ("keep", "then", "disk", "reloads"),
    [
        ("nothing", "nothing", "free", False),
        ("nothing", "text", "free", False),
        ("text", "text", "full", False),
        ("text", "text", "free", True),
        ("text", "nothing", "free", True),
    ],
)
def test_an_old_page_nobody_looks_at_loads_itself_anew_only_if_the_talk_on_it_is_kept(
    browser: Browser, url: str, keep: str, then: str, disk: str, *, reloads: bool
) -> None:
    visitor = Visitor(browser, choices={"keep": keep}, room=COUNT_PERSISTING + (FULL if disk == "full" else ""))
    page = visitor.page
    page.route(re.compile(r"/js/browser/page-version\.js$"), age)
    visitor.open(url)
    visitor.call_until_live()
    assert page.evaluate("testPersisting") == (keep != "nothing")
    visitor.wait_for_entry("assistant")
    visitor.type("Tell me more.")
    visitor.wait_for_entry("user")
    visitor.press("Hang up")
    visitor.wait_for_notice("page_outdated")
    if then != keep:
        visitor.settings("page")
        page.select_option("[data-choice=keep]", then)
    if disk == "full":
        visitor.wait_for_notice("talk_not_kept")
    visitor.wait_until(lambda _: page.evaluate(KEPT) == reloads)
    page.unroute_all()
    page.evaluate("window.testOld = true")
    if reloads:
        with page.expect_navigation():
            page.evaluate(HIDE)
        page.wait_for_selector("body[data-ready]")
        assert page.evaluate("[!window.testOld, document.querySelectorAll('.entry').length]") == [True, 0]
        assert page.evaluate(KEPT) == 1
    else:
        page.evaluate(HIDE)
        page.wait_for_timeout(500)
        assert page.evaluate("window.testOld") is True
        assert page.is_visible("#save-talk")
    page.context.close()


def test_after_a_call_no_frame_is_asked_for_and_nothing_is_pulled_over_the_page(visit: Visit, url: str) -> None:
    visitor = visit(url, room=COUNT_FRAMES, moving=True)
    assert visitor.page.evaluate("getComputedStyle(document.documentElement).overscrollBehaviorY") == "none"
    visitor.call_until_live()
    log, status = visitor.page.locator("#transcript"), visitor.page.locator("#status")
    visitor.page.wait_for_selector('body[data-state="assistant"]')
    # A screen reader does not speak over the assistant.
    assert (log.get_attribute("aria-live"), status.get_attribute("aria-live")) == ("off", "off")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    assert (log.get_attribute("aria-live"), status.get_attribute("aria-live")) == ("polite", "polite")
    visitor.wait_until(lambda _: visitor.page.evaluate("testFrames.size") == 0)
