"""What an entry says beside its words: an answer that the service ended, a sentence that could not be written down."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.states import CHOICES, SCENARIO
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Serve = Callable[[str], tuple[str, ScriptedServer]]

SAID = {
    "en": ("It begins, and ends ", "too long", "filter", "Could not be transcribed"),
    "ja": ("始まりましたが、途中", "長すぎるため", "フィルター", "文字にできませんでした"),
}


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja", 390)])
def test_what_was_not_ended_or_not_written_down_is_marked_and_kept_so(
    browser: Browser, serve: Serve, output: Path, language: str, width: int
) -> None:
    half, too_long, filtered, failed = SAID[language]
    url, _ = serve(SCENARIO)
    visitor = Visitor(browser, CHOICES, viewport={"width": width, "height": 860})
    wire = Wire(visitor.page)
    visitor.open(url, language)
    page = visitor.page
    visitor.call_until_live()
    for item, role, after in (("u1", "user", None), ("a1", "assistant", "u1"), ("a2", "assistant", "a1")):
        wire.tell("item", {"id": item, "role": role, "after": after, "kind": "audio"})
    wire.turn("thinking")
    page.wait_for_selector('[data-item="u1"][data-waiting]')
    wire.tell("transcript", {"item": "u1", "text": "", "final": True, "failed": True})
    for item, why in (("a1", "length"), ("a2", "filter")):
        wire.tell("transcript", {"item": item, "text": half, "final": True})
        wire.tell("transcript", {"item": item, "incomplete": why})
    wire.turn("listening")
    page.wait_for_selector('[data-item="a2"][data-final] .mark')
    page.screenshot(path=output / f"marks-{language}.png")
    marks = [page.inner_text(f'[data-item="{item}"] .mark') for item in ("u1", "a1", "a2")]
    assert failed in marks[0]
    assert too_long in marks[1]
    assert filtered in marks[2]
    assert not page.is_visible('[data-item="u1"] .words')
    assert not page.query_selector("[data-waiting]")
    page.click("#call")
    visitor.wait_for_phase("ended")
    page.click("#save-talk")
    page.wait_for_selector(".past .mark")
    assert page.locator(".past .mark").all_inner_texts() == marks
    with page.expect_download() as download:
        page.select_option(".export", "md")
        page.click(".export + button")
    text = Path(download.value.path()).read_text()
    assert all(mark in text for mark in marks)
    assert visitor.leave() == []


def answered(visit: Callable[..., Visitor], serve: Serve, text: str) -> Visitor:
    """In a call in which the wire has told one answer, `a1`."""
    url, _ = serve(SCENARIO)
    visitor = visit(url, wired=True)
    visitor.call_until_live()
    visitor.wire.tell("item", {"id": "a1", "role": "assistant", "after": None, "kind": "audio"})
    visitor.wire.tell("transcript", {"item": "a1", "text": text, "final": True})
    return visitor


def test_what_was_broken_off_can_be_gone_on_with_in_its_call_alone(visit: Callable[..., Visitor], serve: Serve) -> None:
    visitor = answered(visit, serve, "It begins, and")
    page, wire = visitor.page, visitor.wire
    wire.tell("transcript", {"item": "a1", "incomplete": "interrupted"})
    wire.turn("listening")
    page.wait_for_selector(".entry .go-on")
    page.click("#call")
    visitor.wait_for_phase("ended")
    page.wait_for_selector(".entry .go-on", state="hidden")
    visitor.call_until_live()
    page.wait_for_selector(".entry .go-on", state="detached")


def test_no_space_at_the_end_of_a_line_is_struck_through(visit: Callable[..., Visitor], serve: Serve) -> None:
    visitor = answered(visit, serve, "Heard. Not heard any more, ")
    page, wire = visitor.page, visitor.wire
    wire.tell("transcript", {"item": "a1", "heard": "Heard."})
    page.wait_for_selector(".unheard")
    assert page.evaluate("getComputedStyle(document.querySelector('.unheard')).whiteSpace") == "pre-line"
