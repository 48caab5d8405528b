"""An answer in every script: its caption, its cut, its direction, its copy, its file and its replay."""

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

# What is asked, what is heard of the answer, and the rest of it.
SAID = {
    "English": ("Where is it? Tell me.", "It is 3.5 km from here, ", "behind the old town."),
    "Japanese": ("どこにありますか？教えて。", "ここから3.5キロで、", "旧市街のうしろにあります。"),
    "Chinese": ("在哪里？请告诉我。", "离这里3.5公里，", "在老城后面。"),
    "Arabic": ("أين هو؟ أخبرني.", "إنه على بعد 3.5 كم من هنا، ", "خلف المدينة القديمة."),
    "Hebrew": ("איפה זה? ספר לי.", "זה 3.5 ק״מ מכאן, ", "מאחורי העיר העתיקה."),
    "Hindi": ("यह कहाँ है? बताइए।", "यह यहाँ से 3.5 किमी दूर है, ", "पुराने शहर के पीछे।"),
}
RIGHT_TO_LEFT = ("Arabic", "Hebrew")
# Where the first and the last visible character of an element's last line stand, in pixels from the left.
ENDS = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  const rects = []
  while (walker.nextNode()) for (let i = 0; i < walker.currentNode.length; i++) {
    const range = document.createRange()
    range.setStart(walker.currentNode, i)
    range.setEnd(walker.currentNode, i + 1)
    const rect = range.getBoundingClientRect()
    if (rect.width) rects.push(rect)
  }
  const line = rects.filter(({ bottom }) => Math.abs(bottom - rects.at(-1).bottom) < 8)
  return [line[0].left, line.at(-1).left]
}"""
BOUNDARIES = """text => {
  const segments = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)]
  return [...segments.map(({ index }) => text.slice(0, index)), text]
}"""


def place(wire: Wire, item: str, role: str, after: str | None) -> None:
    wire.tell("item", {"id": item, "role": role, "after": after, "kind": "audio"})


def write(wire: Wire, item: str, text: str) -> None:
    wire.tell("transcript", {"item": item, "text": text, "final": True})


def dots_end_their_line(visitor: Visitor, selector: str, right_to_left: bool) -> bool:
    first, last = visitor.page.locator(selector).evaluate(ENDS)
    return (last < first) == right_to_left


@pytest.mark.parametrize("script", SAID)
def test_an_answer_is_read_cut_copied_saved_and_replayed(
    browser: Browser, serve: Serve, output: Path, script: str
) -> None:
    asked, heard, rest = SAID[script]
    rtl = script in RIGHT_TO_LEFT
    url, _ = serve(SCENARIO)
    visitor = Visitor(browser, CHOICES, permissions=["clipboard-read", "clipboard-write"])
    wire = Wire(visitor.page)
    visitor.open(url)
    page = visitor.page
    visitor.call_until_live()
    place(wire, "u1", "user", None)
    write(wire, "u1", asked)
    place(wire, "a1", "assistant", "u1")
    write(wire, "a1", heard + rest)
    wire.sound("a1", 8000)
    wire.turn("assistant")

    # A caption comes a portion at a time, and none of them ends within a character.
    places, steps = page.evaluate(BOUNDARIES, heard + rest), set()
    visitor.wait_until(lambda _: steps.add(visitor.entry("a1")["text"]) or len(steps) > 4)
    assert steps <= set(places)
    assert heard + rest not in steps

    wire.tell("flush", {"item": "a1"})
    wire.tell("transcript", {"item": "a1", "heard": heard.strip()})
    wire.turn("listening")
    visitor.wait_for_entry("assistant", "[data-cut]")
    assert visitor.entry("a1")["text"] == heard.strip()
    assert page.inner_text(".unheard p") == rest
    page.screenshot(path=output / f"script-{script}.png")
    for selector in ('[data-item="u1"] .text', '[data-item="a1"] .words .text', ".unheard p"):
        assert dots_end_their_line(visitor, selector, rtl), selector

    page.hover('[data-item="a1"]')
    page.click('[data-item="a1"] .copy')
    page.wait_for_selector('[data-item="a1"] [role="status"]:has-text("Copied")')
    assert page.evaluate("navigator.clipboard.readText()") == heard.strip()
    page.fill("#message", asked)
    assert page.locator("#message").evaluate("box => getComputedStyle(box).direction") == ("rtl" if rtl else "ltr")

    page.click("#call")
    visitor.wait_for_phase("ended")
    page.click("#save-talk")
    page.wait_for_selector(".past-talk .words")
    assert page.locator(".past .words").all_inner_texts() == [asked, heard.strip()]
    assert dots_end_their_line(visitor, '[data-past="u1"] .words', rtl)
    with page.expect_download() as download:
        page.select_option(".export", "txt")
    text = Path(download.value.path()).read_text()
    assert asked in text
    assert heard.strip() in text
    assert rest not in text
    assert visitor.leave() == []


def test_a_page_that_is_read_from_the_right_stands_the_other_way_round(
    browser: Browser, serve: Serve, output: Path
) -> None:
    url, _ = serve(SCENARIO)
    visitor = Visitor(browser, viewport={"width": 390, "height": 800})
    visitor.open(url)
    visitor.page.evaluate("document.documentElement.dir = 'rtl'")
    visitor.page.click("#settings-toggle")
    visitor.page.screenshot(path=output / "rtl.png")
    assert visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    visitor.page.click("#settings-close")
    visitor.page.set_viewport_size({"width": 1280, "height": 860})
    you = visitor.page.locator(".voice.you").bounding_box()
    assistant = visitor.page.locator(".voice.assistant").bounding_box()
    assert you and assistant and you["x"] > assistant["x"]
    assert visitor.leave() == []
