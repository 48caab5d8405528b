"""The page is light, nothing in it jumps about, and nothing holds it up."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.states import CHOICES
from tests.browser.tracing import LONG_TASK_MS, long_tasks, traced
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

MAX_BYTES = 150_000
# Work, not a time: of that a busy machine would give the page only a part.
SPIN = "() => { let sum = 0; for (let i = 0; i < 5e7; i++) sum = (sum + i) % 7; return sum }"
# All that the browser took over the line, gzipped as it came; headers are not counted.
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


# Those that the browser has yet to tell of come with its next frames.
SHIFTS = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame)
  return window.testShifts.splice(0)
}"""


def answers(visitor: Visitor) -> int:
    """How many are whole."""
    return len([entry for entry in visitor.entries if entry["role"] == "assistant" and entry["final"]])


def answered(visitor: Visitor, *texts: str) -> None:
    """Type each of these once the one before is answered, and wait for the last one's answer."""
    for text in texts:
        before = answers(visitor)
        visitor.type(text)
        visitor.wait_until(lambda _, before=before: answers(visitor) > before)
        visitor.wait_until(lambda stats: stats["turn"] == "listening")


def test_it_is_small_enough_for_a_weak_line(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, fresh=True)
    for language in ("en", "es", "ja"):
        # What came with the one before counts again.
        visitor.open(url, language)
        taken = visitor.page.evaluate(TAKEN)
        assert len(taken) > 20
        assert any(name.endswith(f"/{language}.json") for name, _ in taken), taken
        assert all(size for _, size in taken), taken
        assert sum(size for _, size in taken) <= MAX_BYTES, language


def test_nothing_jumps_about_while_it_talks_and_who_reads_the_end_stays_there_when_the_window_changes(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("hello")
    visitor = visit(url, viewport={"width": 390, "height": 600}, choices={"text": True}, room=WATCH, moving=True)
    page = visitor.page
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    answered(visitor, "One sentence of many, which fill several lines of a narrow window. " * 60)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 600})
        # Until they fill it, new entries push the earlier ones up; from here on the page scrolls.
        assert page.evaluate(FULL), width
        page.evaluate(SHIFTS)
        answered(visitor, "And one more.", "And another one.")
        assert page.evaluate(SHIFTS) == [], width
    for size in ((390, 800), (800, 390), (1280, 860)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_timeout(300)
        assert page.evaluate(FROM_END) < 2, size
        assert page.is_hidden("#newest"), size


def test_nothing_jumps_about_when_it_opens_and_when_a_call_begins(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, viewport={"width": 390, "height": 800}, room=WATCH, fresh=True, moving=True)
    visitor.page.wait_for_timeout(300)
    visitor.call_until_live()
    visitor.page.wait_for_timeout(700)
    assert visitor.page.evaluate(SHIFTS) == []


def talk(wire: Wire, turns: int) -> None:
    """A conversation of two entries a turn, the last answers in pieces as they come, and the very last with sound."""
    before = None
    for n in range(turns):
        wire.tell("item", {"id": f"u{n}", "role": "user", "after": before, "kind": "audio"})
        wire.tell("transcript", {"item": f"u{n}", "text": f"What is number {n}, please?", "final": True})
        wire.tell("item", {"id": f"a{n}", "role": "assistant", "after": f"u{n}", "kind": "audio"})
        text = f"Number {n} is one of many, and whoever counts them comes to the next. 数えきれません。"
        for piece in text.split(" ") if n >= turns - 10 else [text]:
            wire.tell("transcript", {"item": f"a{n}", "delta": f"{piece} "})
        before = f"a{n}"
    wire.sound(f"a{turns - 1}", 6000)
    wire.turn("assistant")


def test_no_task_is_long_while_talking(browser: Browser, visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, choices=CHOICES, moving=True, wired=True)
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    with traced(browser, page) as trace:
        talk(wire, 40)
        visitor.wait_until(lambda stats: stats["msHeard"].get("a39", 0) > 500, 30)
        for drawer in ("log", "talks", "settings"):
            page.click(f"#{drawer}-toggle")
            page.wait_for_timeout(350)
        wire.turn("user")
        wire.tell("flush", {"item": "a39"})
        wire.tell("transcript", {"item": "a39", "heard": "Number 39 is one"})
        visitor.wait_for_entry("assistant", "[data-cut]")
        assert len(visitor.entries) == 80
    with traced(browser, page) as spinning:
        page.evaluate(SPIN)
        page.wait_for_timeout(500)
    page.click("#call")
    visitor.wait_for_phase("ended")

    # Reading takes a while, in which no wire would be passed on.
    assert long_tasks(trace[0]) == []
    # It would have been found.
    assert [round(ms) >= LONG_TASK_MS for ms, _ in long_tasks(spinning[0])] == [True]
