"""How light the page is: bytes, first paint, long tasks while it talks, and its memory over an hour of talk.

    python -m benchmarks.page [--minutes 60]

One Chromium, one gunicorn, one scripted upstream, all on loopback. The hour passes twenty times as fast: every half
second a person writes and cuts the answer short, with the inspector open, which is a turn every ten seconds. Memory
is the page's heap after a collection.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import Visitor, chromium
from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

LOADS = 5
TALK_MS = 20_000
SPEED, TURN_S = 20, 10
ANSWER = "Here is an answer of eight seconds, of which a person hears the beginning and then has something else to say."
HOUR = {
    "on": [{
        "when": "response.create",
        "do": [{"say": {"item": "a{n}", "text": ANSWER, "ms": 8000, "babble": True, "pace_ms": 2}}],
    }]
}  # fmt: skip
WATCH = """
window.testTasks = []
new PerformanceObserver(list => list.getEntries().forEach(({ duration }) => window.testTasks.push(duration)))
  .observe({ type: "longtask", buffered: true })
"""
BYTES = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"""
PAINT = 'performance.getEntriesByName("first-contentful-paint")[0]?.startTime'


@contextmanager
def page_at(scenario: Any) -> Iterator[str]:
    """The app with an upstream that plays the scenario: its address."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedServer(scenario) as upstream,
        gunicorn(upstream_settings(upstream), Path(folder) / "log") as app,
    ):
        yield app.url


def loads(browser: Browser, url: str) -> None:
    paints, size = [], 0
    for _ in range(LOADS):
        visitor = Visitor(browser)
        visitor.open(url)
        visitor.page.wait_for_timeout(300)
        paints.append(visitor.page.evaluate(PAINT))
        size = visitor.page.evaluate(BYTES)
        visitor.leave()
    paint = f"{statistics.median(paints):.0f} ms (worst of {LOADS} {max(paints):.0f})"
    print(f"page: {size / 1000:.0f} kB; first paint {paint}")


def talk(browser: Browser, url: str) -> None:
    visitor = Visitor(browser, room=WATCH)
    visitor.open(url)
    visitor.page.wait_for_timeout(1000)
    visitor.call_until_live()
    visitor.page.evaluate("window.testTasks.splice(0)")
    visitor.page.wait_for_timeout(TALK_MS)
    tasks, stats = visitor.page.evaluate("window.testTasks"), visitor.stats
    visitor.leave()
    worst = f", worst {max(tasks):.0f} ms" if tasks else ""
    print(f"{TALK_MS // 1000} s of talk: {len(tasks)} tasks over 50 ms{worst}; {stats['underruns']} underruns")


def hour(browser: Browser, url: str, minutes: int) -> None:
    visitor = Visitor(browser)
    visitor.open(url)
    visitor.press("Show events")
    heap = visitor.context.new_cdp_session(visitor.page)
    turns = minutes * 60 // TURN_S
    for turn in range(1, turns + 1):
        visitor.type(f"Turn {turn}: tell me something else.")
        visitor.page.wait_for_timeout(1000 * TURN_S / SPEED)
        if turn % (turns // 6) == 0:
            heap.send("HeapProfiler.collectGarbage")
            used = heap.send("Runtime.getHeapUsage")["usedSize"]
            entries = visitor.page.evaluate('document.querySelectorAll(".entry").length')
            nodes = visitor.page.evaluate('document.querySelectorAll("*").length')
            events = visitor.page.inner_text("#log-count")
            held = f"{entries} entries, {nodes} elements, {events}"
            print(f"minute {turn * TURN_S // 60:3}: heap {used / 1e6:.1f} MB, {held}")
    print("errors:", visitor.leave() or "none")


def main() -> None:
    parser = argparse.ArgumentParser(description="How light the page is.")
    parser.add_argument("--minutes", type=int, default=60, help="of the long call (60)")
    minutes = parser.parse_args().minutes
    with sync_playwright() as playwright, chromium(playwright, whole=True) as browser:
        with page_at(SCENARIOS / "load.toml") as url:
            loads(browser, url)
            talk(browser, url)
        with page_at(HOUR) as url:
            hour(browser, url, minutes)


if __name__ == "__main__":
    main()
