"""What stands at the foot of an entry: when it was said, how long the answer took; and its words can be copied."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.axe import check
from tests.browser.visitor import Visitor, wait
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

LATENCY = '[data-item="a1"] .latency'
# Of the foot, before the chip came and after.
HEIGHTS = """() => {
  const latency = document.querySelector('[data-item="a1"] .latency')
  const height = () => latency.closest(".foot").offsetHeight
  const after = height()
  latency.querySelector(".chip").hidden = true
  const before = height()
  latency.querySelector(".chip").hidden = false
  return [before, after]
}"""
HEIGHT = "parts => parts.map(part => part.offsetHeight)"
IN_SIGHT = """selector => {
  const { bottom } = document.querySelector(selector).getBoundingClientRect()
  return bottom <= document.getElementById("scroller").getBoundingClientRect().bottom + 1
}"""
LIVE = """selector => {
  const all = [...document.querySelectorAll(selector)]
  return all.map(element => element.closest("[aria-live], [role=status]")?.getAttribute("aria-live"))
}"""


def seconds(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d\d", text)]


def test_the_chip_under_an_answer_has_parts_that_add_up_and_its_words_can_be_copied(
    visit: Visit, serve: Serve, output: Path
) -> None:
    url, _ = serve("hello")
    visitor = visit(url, permissions=["clipboard-read", "clipboard-write"], viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.call_until_live()
    page.wait_for_selector(LATENCY)
    (latency,) = visitor.wait_until(lambda stats: stats["latencies"] and stats["latencies"][0]["doneMs"])["latencies"]

    parts = [latency[part] or 0 for part in ("waitMs", "modelMs", "networkMs", "playbackMs")]
    assert latency["item"] == "a1"
    assert sum(parts) == latency["firstSoundMs"]
    assert latency["createdMs"] <= latency["modelMs"] <= latency["generatedMs"]
    assert latency["doneMs"] - latency["firstSoundMs"] == pytest.approx(1200, abs=300)
    for width in (320, 360, 390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        before, after = page.evaluate(HEIGHTS)
        assert before == after, width

    # So low that there is room for the chip alone.
    page.set_viewport_size({"width": 390, "height": 430})
    chip = page.locator(f"{LATENCY} summary")
    assert page.inner_text(f"{LATENCY} .chip") == f"{max(0.1, latency['firstSoundMs'] / 1000):.1f} s"
    assert page.locator(f"{LATENCY} dl").is_hidden()
    chip.click()
    wait(page, f"({IN_SIGHT})('{LATENCY}')")
    (whole,) = seconds(page.inner_text(f"{LATENCY} p"))
    assert whole == round(latency["firstSoundMs"] / 10 + 1e-9) / 100
    assert sum(seconds(page.inner_text(f"{LATENCY} dl"))) == pytest.approx(whole)
    names = ["Thinking of an answer", "Travelling through the network", "Starting the sound"]
    assert page.locator(f"{LATENCY} dt").all_inner_texts()[-3:] == names
    check(page)
    page.screenshot(path=output / "latency.png")
    # Where a name takes two lines, what stands beside it takes one.
    page.set_viewport_size({"width": 320, "height": 800})
    names, bars = (page.eval_on_selector_all(f"{LATENCY} {part}", HEIGHT) for part in ("dt", "dd"))
    assert max(names) > 1.5 * max(bars)
    page.screenshot(path=output / "latency-narrow.png")
    page.emulate_media(media="print")
    assert page.locator(f"{LATENCY} dl").is_hidden()
    assert page.locator(f"{LATENCY} .chip").is_hidden()
    page.emulate_media(media="screen")
    chip.press("Enter")
    assert page.locator(f"{LATENCY} dl").is_hidden()

    times = page.eval_on_selector_all(".entry time", "times => times.map(time => Date.now() - new Date(time.dateTime))")
    assert len(times) == 2
    assert all(0 <= ago < 30_000 for ago in times)
    assert page.evaluate(LIVE, ".foot time, .latency, .copy") == ["off"] * 5

    page.hover('[data-item="a1"]')
    page.click('[data-item="a1"] .copy')
    page.wait_for_selector('[data-item="a1"] [role="status"]:has-text("Copied")')
    assert page.evaluate("navigator.clipboard.readText()") == "Hello there. How are you?"
    page.wait_for_selector('[data-item="a1"] [role="status"]:empty', state="attached")
