"""What a person typed, pressed or opened is not lost, and does nothing that they did not mean."""

import json
from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor, wait
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

BOX = "document.querySelector('#message').value"
OFFLINE = "window.dispatchEvent(new Event('offline'))"


def test_a_long_paste_is_not_cut_and_a_longer_one_is_told(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    page = visitor.page
    page.fill("#message", "a" * 5027)
    assert page.evaluate(f"{BOX}.length") == 5027
    assert not page.is_visible("#composer-note")
    page.fill("#message", "a" * 8007)
    assert "7" in page.inner_text("#composer-note")
    page.press("#message", "Enter")
    assert page.evaluate(f"{BOX}.length") == 8007
    assert page.get_attribute("body", "data-phase") == "idle"
    # A draft is there again, in another language too.
    page.get_by_role("button", name="Language: English").click()
    page.get_by_role("link", name="日本語").click()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate(f"{BOX}.length") == 8007
    assert "7文字" in page.inner_text("#composer-note")


def test_what_is_typed_survives_a_page_that_is_killed(in_a_call: Visit) -> None:
    """A telephone ends a page in the background without a word to it."""
    visitor = in_a_call()
    page = visitor.page
    page.evaluate("WebSocket.prototype.send = () => {}")
    visitor.type("On its way")
    page.fill("#message", "Not yet sent")
    # Before anything tells the page that it ends.
    kept = page.evaluate("({ ...sessionStorage })")
    assert kept["voiceapp.draft"] == "Not yet sent" and "On its way" in kept["voiceapp.call"]
    visitor.reload()
    assert page.evaluate(BOX) == "Not yet sent"
    visitor.wait_for_entry("user", ":has-text('On its way')")
    page.wait_for_selector("[data-typed]", state="detached")
    page.fill("#message", "")
    visitor.reload()
    assert page.evaluate(BOX) == ""
    # The call that the page came back to has no sound before a touch: the browser says so.
    visitor.forgive()


def test_typed_into_a_dead_line_it_stays_on_the_screen(in_a_call: Visit) -> None:
    visitor = in_a_call()
    page = visitor.page
    # Nothing comes back, and nothing tells the page so.
    page.evaluate("window.testSent = []; WebSocket.prototype.send = function (data) { window.testSent.push(data) }")
    visitor.type("Are you there?")
    wait(page, "document.querySelector('#outbox').innerText.includes('Are you there?')")
    assert "On its way" in page.inner_text("#outbox")
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    assert page.evaluate(BOX) == "Are you there?"


def test_another_language_does_not_end_a_call_unasked(in_a_call: Visit) -> None:
    visitor = in_a_call()
    page = visitor.page
    page.click("#languages-toggle")
    page.click("nav a[hreflang=ja]")
    page.get_by_text("End the call and leave?").wait_for()
    assert page.get_attribute("body", "data-phase") == "live"
    page.wait_for_timeout(600)
    page.click("nav a[hreflang=ja]")
    page.wait_for_selector("html[lang=ja] body[data-ready]")


def test_a_double_click_on_the_round_button_begins_a_call(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    visitor.page.dblclick("#call")
    visitor.wait_for_phase("live")


def test_an_open_tab_takes_a_share_link_at_once_and_undoes_it(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"captions": "large"})
    page = visitor.page
    page.evaluate("location.hash = '#captions=huge&silence_ms=900'")
    wait(page, "document.documentElement.dataset.captions === 'huge'")
    assert page.evaluate("location.hash") == ""
    visitor.press("Undo: restore my settings from before the link")
    wait(page, "document.documentElement.dataset.captions === 'large'")
    kept = page.evaluate("Object.fromEntries(Object.entries(localStorage))")
    assert json.loads(kept["voiceapp.captions"]) == "large"
    assert "voiceapp.silence_ms" not in kept


def test_all_tabs_follow_what_one_chooses(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "sound"})
    other = visitor.context.new_page()
    other.goto(url)
    other.wait_for_selector("body[data-ready]")
    assert "sound" in other.inner_text("#welcome-keep")
    visitor.page.evaluate("document.querySelector('[data-choice=keep]').value = 'nothing'")
    visitor.page.dispatch_event("[data-choice=keep]", "change")
    wait(other, "document.querySelector('[data-choice=keep]').value === 'nothing'")
    other.evaluate("document.querySelector('[data-choice=theme]').value = 'dark'")
    other.dispatch_event("[data-choice=theme]", "change")
    assert json.loads(other.evaluate("localStorage['voiceapp.keep']")) == "nothing"


def test_a_tab_with_an_older_page_that_holds_the_talks_is_named(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "text"})
    older = visitor.context.new_page()
    older.goto(f"{url}/static/none")
    older.evaluate(
        """() => new Promise(resolve => {
          const gone = indexedDB.deleteDatabase("voiceapp-talks")
          gone.onsuccess = () => {
            const request = indexedDB.open("voiceapp-talks", 1)
            request.onupgradeneeded = () => {
              request.result.createObjectStore("talks", { keyPath: "id" })
              request.result.createObjectStore("sounds")
            }
            request.onsuccess = () => { window.held = request.result; resolve() }
          }
        })"""
    )
    visitor.press("Show past talks")
    assert "older version" in visitor.wait_for_notice("talks_blocked")
    assert "cannot be read right now" in visitor.page.inner_text("#talks-empty")
    older.close()
    visitor.page.get_by_text("No talk is kept yet").wait_for()
    assert visitor.page.query_selector('[data-code="talks_blocked"]') is None


def test_hung_up_in_mid_answer_what_was_heard_is_kept_and_read_out(in_a_call: Visit) -> None:
    visitor = in_a_call("long_answer", choices={"keep": "text"})
    page = visitor.page
    wait(page, "Object.values(window.voiceapp.stats().msHeard).some(ms => ms > 900)", 20)
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    entry = page.locator('.entry[data-role="assistant"]').last
    wait(page, "document.querySelector('.entry[data-role=assistant] .live').textContent === ''")
    heard = entry.locator(".said").inner_text().strip()
    unheard = entry.locator(".unheard p").inner_text().strip()
    assert heard and unheard
    visitor.press("Open this talk")
    assert page.locator(".past[data-role=assistant] .text").last.inner_text().strip() == heard


def test_nobody_is_told_what_they_typed_themselves_but_that_it_was_not_sent(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], wired=True)
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    wire.held = True
    visitor.type("Are you there?")
    for state, told in (("sent", "off"), ("unsent", "polite")):
        row = page.wait_for_selector(f"[data-typed={state}]")
        assert row.evaluate("row => row.closest('[aria-live]').ariaLive") == told
        wire.say("notice", {"code": "too_fast", "message": "", "retry": False, "fatal": False})
