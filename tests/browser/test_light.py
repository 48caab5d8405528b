"""The page is light, and nothing in it jumps about."""

from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

MAX_BYTES = 125_000
# All that the browser took over the line, squeezed as it came; headers are not counted.
TAKEN = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .map(({ name, encodedBodySize }) => [name, encodedBodySize])"""
FROM_END = """(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(
  document.getElementById("scroller"))"""
FULL = "document.getElementById('scroller').scrollHeight > document.getElementById('scroller').clientHeight"
WATCH = """
window.testShifts = []
new PerformanceObserver(list => list.getEntries().forEach(({ value, hadRecentInput, sources }) => {
  const nodes = sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? "")
  if (!hadRecentInput) window.testShifts.push([value, ...nodes])
})).observe({ type: "layout-shift", buffered: true })
"""


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_is_small_enough_for_a_weak_line(visit: Visit, serve: Serve, language: str) -> None:
    url, _ = serve("hello")
    visitor = visit(url, language)
    taken = visitor.page.evaluate(TAKEN)
    assert len(taken) > 20
    assert all(size for _, size in taken), taken
    assert sum(size for _, size in taken) <= MAX_BYTES


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_about_while_it_talks(visit: Visit, serve: Serve, width: int) -> None:
    url, _ = serve("hello")
    visitor = visit(url, viewport={"width": width, "height": 600}, room=WATCH)
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    for number in range(3):
        visitor.type(f"Sentence number {number}.")
        visitor.page.wait_for_timeout(400)
    # Until they fill it, new entries push the earlier ones up; from here on the page scrolls.
    assert visitor.page.evaluate(FULL)
    visitor.page.evaluate("window.testShifts.splice(0)")
    for number in range(2):
        visitor.type(f"And one more, {number}.")
        visitor.wait_until(lambda stats: stats["turn"] == "assistant")
        visitor.wait_until(lambda stats: stats["turn"] == "listening")
    assert visitor.page.evaluate("window.testShifts") == []


def test_nothing_jumps_about_when_it_opens_and_when_a_call_begins(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, viewport={"width": 390, "height": 800}, room=WATCH)
    visitor.page.wait_for_timeout(300)
    visitor.call_until_live()
    visitor.page.wait_for_timeout(700)
    assert visitor.page.evaluate("window.testShifts") == []


def test_who_reads_the_end_stays_there_when_the_window_changes(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, viewport={"width": 1280, "height": 860})
    visitor.call_until_live()
    for number in range(4):
        visitor.type(f"Sentence number {number}, which is long enough for several lines of a narrow window. " * 3)
        visitor.page.wait_for_timeout(300)
    visitor.wait_until(lambda stats: stats["turn"] == "listening")
    for size in ((390, 800), (800, 390), (1280, 860)):
        visitor.page.set_viewport_size({"width": size[0], "height": size[1]})
        visitor.page.wait_for_timeout(300)
        assert visitor.page.evaluate(FROM_END) < 2, size
        assert visitor.page.is_hidden("#newest")
