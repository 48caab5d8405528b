"""A call on one axis of time: kept from its beginning, to be looked at whenever something went wrong."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.layout import BEGINS_IN_SIGHT
from tests.browser.tracing import long_tasks, traced
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# Of lines that the page has drawn, and the time that the drawing of a frame took.
FRAMES = """() => new Promise(resolve => {
  const times = []
  const tick = now => { times.push(now); times.length < 60 ? requestAnimationFrame(tick) : resolve(times) }
  requestAnimationFrame(tick)
})"""
WATCH_MARKS = """() => {
  const brush = document.querySelector(".timeline canvas").getContext("2d")
  const clear = brush.clearRect
  // Of the latest drawing: one from before may still be on its way.
  brush.clearRect = (...place) => {
    window.testMarks = []
    clear.apply(brush, place)
  }
  brush.fillText = text => { window.testMarks.push(text) }
}"""
NOW = "Number(document.querySelector('.timeline canvas').ariaValueNow)"
MOST = "Number(document.querySelector('.timeline canvas').ariaValueMax)"
SEEN = "document.querySelector('.timeline canvas').ariaValueText"


def call_with_trouble(visitor: Visitor, wire: Wire) -> None:
    """A question, a tool, an answer, and a line that is lost and comes back."""
    page = visitor.page
    visitor.call_until_live()
    page.wait_for_timeout(400)
    wire.turn("user")
    wire.tell("item", {"id": "u1", "role": "user", "after": None, "kind": "audio"})
    page.wait_for_timeout(500)
    wire.tell("transcript", {"item": "u1", "text": "And in Kyoto?", "final": True})
    wire.turn("thinking")
    wire.tell("item", {"id": "t1", "role": "tool", "after": "u1", "kind": "audio"})
    call = {"call": "t1", "name": "weather", "arguments": "{}"}
    wire.tell("tool", {**call, "state": "running"})
    wire.turn("tool")
    page.wait_for_timeout(400)
    wire.tell("tool", {**call, "state": "done", "result": "Sunny."})
    wire.tell("item", {"id": "a1", "role": "assistant", "after": "t1", "kind": "audio"})
    wire.tell("transcript", {"item": "a1", "delta": "It is sunny."})
    wire.sound("a1", 1200)
    wire.turn("assistant")
    page.wait_for_timeout(700)
    wire.held = True
    wire.cut()
    visitor.wait_for_phase("reconnecting")
    page.wait_for_timeout(300)
    wire.release()
    visitor.wait_for_phase("live")
    page.wait_for_timeout(600)
    wire.turn("listening")


def types(page: Page) -> list[str]:
    return page.locator("#log-rows .type").all_inner_texts()


def look(visitor: Visitor) -> None:
    visitor.page.click("#log-toggle")
    visitor.page.wait_for_selector(".timeline canvas")
    visitor.page.wait_for_selector(".log-row")


def saved(page: Page) -> dict[str, Any]:
    with page.expect_download() as download:
        page.click("#log-save")
    assert re.fullmatch(r"voiceapp-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.har", download.value.suggested_filename)
    log: dict[str, Any] = json.loads(Path(download.value.path()).read_text())["log"]
    return log


def test_what_went_wrong_is_there_though_nobody_looked_until_after_the_call(
    visit: Visit, serve: Serve, output: Path
) -> None:
    url, _ = serve("silent")
    visitor = visit(url, viewport={"width": 1280, "height": 860}, wired=True)
    page, wire = visitor.page, visitor.wire
    visitor.forgive()
    call_with_trouble(visitor, wire)
    page.click("#call")
    visitor.wait_for_phase("ended")
    # What draws it comes with the first look.
    loaded = "performance.getEntriesByType('resource').some(({ name }) => name.includes('timeline'))"
    assert not page.evaluate(loaded)
    look(visitor)
    assert page.evaluate(loaded)
    told = page.inner_text("#timeline-told")
    assert "Answers: 1, tools: 1, lost connections: 1" in told
    page.screenshot(path=output / "timeline.png")
    page.set_viewport_size({"width": 844, "height": 390})
    assert page.locator("#log-search").evaluate(BEGINS_IN_SIGHT)
    page.set_viewport_size({"width": 1280, "height": 860})

    # A click leads to the event in the list, whatever hides it there.
    page.fill("#log-search", "nothing has this")
    box = page.locator(".timeline canvas").bounding_box()
    assert box
    lane = box["height"] * 22 / 174
    tools = page.evaluate("document.querySelector('.timeline canvas').getBoundingClientRect().y") + 3.5 * lane
    page.focus(".timeline canvas")
    seen: list[str] = []
    while len(seen) < 60 and not (seen and seen[-1].endswith(": tool")):
        page.keyboard.press("ArrowLeft")
        seen.append(page.evaluate(SEEN))
    assert seen[-1].endswith(": tool")
    # A state is named as the page names it.
    assert any(re.fullmatch(r"(0:0\d\.\d): The call ended after \1\.", each) for each in seen), seen
    page.wait_for_timeout(100)
    assert page.input_value("#log-search") == ""
    chosen = page.locator(".log-row[aria-selected=true] .type")
    assert chosen.inner_text() == "tool"
    assert '"weather"' in page.inner_text("#log-body")
    page.keyboard.press("Home")
    assert page.evaluate(SEEN).startswith("0:0")
    found = set()
    for step in range(12):
        page.mouse.click(box["x"] + box["width"] * (step + 0.5) / 12, tools)
        page.wait_for_timeout(60)
        found.add(chosen.inner_text())
    assert "tool" in found
    # And the other way round.
    page.fill("#log-search", "line.lost")
    page.click(".log-row:has-text('line.lost')")
    page.wait_for_timeout(100)
    assert page.evaluate(SEEN).endswith(": line.lost")
    log = saved(page)
    assert "holds what was said" in log["comment"]
    messages = [json.loads(each["data"]) for each in log["entries"][0]["_webSocketMessages"]]
    names = [name for name, *_ in messages]
    assert {"start", "ready", "tool", "transcript", "audio", "resume", "resumed", "stop", "ended"} <= set(names)
    text = json.dumps(log)
    assert "And in Kyoto?" in text
    assert all(rest[0]["token"] == "(left out)" for name, *rest in messages if name in ("ready", "resume"))
    assert not re.search(r"[A-Za-z0-9+/]{200}", text)
    assert {"state", "line.lost", "line.made"} <= {each["type"] for each in log["_page"]}

    # Of another call nothing of it is chosen, and what the list still has of this one is not on its axis.
    visitor.call_until_live()
    page.wait_for_timeout(100)
    assert page.evaluate(NOW) <= page.evaluate(MOST)
    assert page.evaluate(SEEN) == "Nothing chosen"


def test_what_passed_between_server_and_model_is_there_from_the_beginning_whenever_one_looks(
    visit: Visit, serve: Serve
) -> None:
    url, _ = serve("hello")
    visitor = visit(url, viewport={"width": 1280, "height": 1800})
    page = visitor.page
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    page.click("#call")
    visitor.wait_for_phase("ended")
    # By now its line is gone.
    page.wait_for_timeout(2500)
    look(visitor)
    page.focus("#log-rows")
    page.keyboard.press("Home")
    page.locator(".log-row", has_text="session.updated").wait_for()
    order = types(page)
    steps = [order.index(each) for each in ("start", "session.created", "session.update", "session.updated")]
    assert steps == sorted(steps)
    assert order.index("line.made") < steps[0]
    page.fill("#log-search", "delta")
    page.get_by_text("response.output_audio.delta").first.wait_for()
    model = saved(page)["entries"][1]["_webSocketMessages"]
    assert model[0]["_type"] == "session.created"
    assert max(each.get("_times", 1) for each in model if each["_type"] == "input_audio_buffer.append") > 5
    # Also in the middle of one, and of that alone.
    page.click("#log-toggle")
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    look(visitor)
    page.fill("#log-search", "session.created")
    page.wait_for_function("() => document.querySelectorAll('#log-rows .type').length === 2")
    model = saved(page)["entries"][1]["_webSocketMessages"]
    assert [each["_type"] for each in model].count("session.created") == 1


def test_wheel_keys_and_buttons_zoom(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, viewport={"width": 390, "height": 800}, wired=True)
    page, wire = visitor.page, visitor.wire
    visitor.forgive()
    call_with_trouble(visitor, wire)
    look(visitor)
    page.evaluate(WATCH_MARKS)

    def marks(act: Callable[[], None]) -> list[str]:
        act()
        page.wait_for_timeout(120)
        return [each for each in page.evaluate("window.testMarks") if re.fullmatch(r"\d+:[\d.]+", each)]

    canvas = page.locator(".timeline canvas")
    whole = marks(lambda: page.get_by_role("button", name="Whole call").click())
    assert whole[0] == "0:00"
    closer = marks(lambda: [page.get_by_role("button", name="Closer").click() for _ in range(4)] and None)
    assert closer[0] != whole[0]
    canvas.focus()
    assert marks(lambda: page.keyboard.press("0"))[0] == "0:00"
    canvas.hover()
    assert marks(lambda: page.mouse.wheel(0, -900))[0] != "0:00"
    assert marks(lambda: page.keyboard.press("0"))[0] == "0:00"
    assert marks(lambda: [page.keyboard.press("+") for _ in range(5)] and None)[0] != "0:00"
    # It grows as the call does, and does not hold the page up.
    page.keyboard.press("0")
    before = page.inner_text("#timeline-told")
    page.wait_for_timeout(1300)
    assert page.inner_text("#timeline-told") != before


def test_two_thousand_events_are_fluent(browser: Browser, visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, viewport={"width": 1280, "height": 860}, moving=True, wired=True)
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    for n in range(2200):
        wire.turn("user" if n % 2 else "listening")
    look(visitor)
    page.hover(".timeline canvas")
    with traced(browser, page) as trace:
        for step in range(30):
            page.mouse.wheel(0, -60 if step % 3 else 120)
        times = page.evaluate(FRAMES)
    assert len(long_tasks(trace[0])) <= 1
    assert len(times) == 60
