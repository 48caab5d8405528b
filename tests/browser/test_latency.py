"""What stands at the foot of an entry: when it was said, how long the answer took; and its words can be copied."""

import re
from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

LINE = '[data-item="a1"] .latency'
# Of the foot, before the line came and after.
HEIGHTS = """() => {
  const line = document.querySelector('[data-item="a1"] .latency')
  const height = () => line.closest(".foot").offsetHeight
  const after = height()
  line.hidden = true
  const before = height()
  line.hidden = false
  return [before, after]
}"""
LIVE = """selector => {
  const all = [...document.querySelectorAll(selector)]
  return all.map(element => element.closest("[aria-live], [role=status]")?.getAttribute("aria-live"))
}"""


def seconds(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d\d", text)]


def test_the_line_under_an_answer_adds_up_and_its_words_can_be_copied(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, permissions=["clipboard-read", "clipboard-write"], viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.call_until_live()
    page.wait_for_selector(f"{LINE}:not(:empty)")
    (latency,) = visitor.wait_until(lambda stats: stats["latencies"] and stats["latencies"][0]["doneMs"])["latencies"]

    parts = [latency[part] or 0 for part in ("waitMs", "modelMs", "networkMs", "playbackMs")]
    assert latency["item"] == "a1"
    assert sum(parts) == latency["firstSoundMs"]
    assert latency["createdMs"] <= latency["modelMs"] <= latency["generatedMs"]
    assert latency["doneMs"] - latency["firstSoundMs"] == pytest.approx(1200, abs=300)
    whole, *shown = seconds(page.inner_text(LINE))
    assert whole == round(latency["firstSoundMs"] / 10 + 1e-9) / 100
    assert sum(shown) == pytest.approx(whole)
    assert [name in page.inner_text(LINE) for name in ("model", "network", "playback")] == [True] * 3

    for width in (320, 360, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        before, after = page.evaluate(HEIGHTS)
        assert before == after, width

    times = page.eval_on_selector_all(".entry time", "times => times.map(time => Date.now() - new Date(time.dateTime))")
    assert len(times) == 2
    assert all(0 <= ago < 30_000 for ago in times)
    assert page.evaluate(LIVE, ".foot time, .latency, .copy") == ["off"] * 6

    page.hover('[data-item="a1"]')
    page.click('[data-item="a1"] .copy')
    page.wait_for_selector('[data-item="a1"] [role="status"]:has-text("Copied")')
    assert page.evaluate("navigator.clipboard.readText()") == "Hello there. How are you?"
    page.wait_for_selector('[data-item="a1"] [role="status"]:empty', state="attached")
