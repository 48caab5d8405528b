"""A tool that was used, as the page shows it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.axe import check
from tests.browser.visitor import Visitor, wait
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

# What a screen reader would be told of the row again after it has come.
WATCH = """() => {
  window.testAnnounced = []
  const shown = node => node.parentElement?.checkVisibility() && !node.parentElement.closest('[aria-live="off"]')
  new MutationObserver(changes => {
    for (const { target, addedNodes } of changes)
      for (const node of addedNodes.length ? addedNodes : [target])
        if (target.closest?.('[data-role="tool"]') && shown(node)) window.testAnnounced.push(node.textContent)
  }).observe(document.getElementById("transcript"), { subtree: true, childList: true, characterData: true })
}"""
ROW = '[data-item="t1"][data-role="tool"]'
WORDS = {
    "en": ("Looking something up…", "Using “weather”: Kyoto", r"\d\.\d s"),
    "ja": ("調べています…", "「weather」を使用：Kyoto", r"\d\.\d秒"),
}


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ja", "dark")])
def test_it_stands_in_its_place_and_can_be_unfolded(
    visit: Visit, serve: Serve, output: Path, language: str, scheme: str
) -> None:
    url, _ = serve("mcp_call")
    visitor = visit(url, language, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = visitor.page
    looking, used, took = WORDS[language]
    visitor.call_until_live()
    page.wait_for_selector(f'body[data-turn="tool"] {ROW}[data-state="running"]')
    page.evaluate(WATCH)
    assert page.inner_text("#status") == looking
    what, state = page.inner_text(f"{ROW} summary").split("\n")
    # From a second on it says how long.
    assert (what, state[0]) == (used, "…")
    page.screenshot(path=output / f"tool-running-{language}.png")

    page.wait_for_selector(f'{ROW}[data-state="done"][data-final]')
    visitor.wait_for_entry("assistant", "[data-final]")
    assert [entry["item"] for entry in visitor.entries] == ["u1", "t1", "a1"]
    assert re.fullmatch(took, page.inner_text(f"{ROW} .state"))
    assert page.inner_text(f"{ROW} .card") == "Sunny, 18 degrees."
    assert page.evaluate("window.testAnnounced") == []
    assert page.locator(f"{ROW} pre").first.is_hidden()

    summary = page.locator(f"{ROW} summary")
    summary.focus()
    page.keyboard.press("Enter")
    raw = [page.locator(f"{ROW} pre").nth(n).inner_text() for n in range(3)]
    assert raw == ['{"city": "Kyoto"}', "Sunny, 18 degrees.", "weather"]
    box = summary.bounding_box()
    assert box and box["height"] >= 44
    check(page)
    page.screenshot(path=output / f"tool-{language}.png")


SAYS = [
    {"language": "en", "text": "Looking up the weather in {city}"},
    {"language": "ja", "text": "{city}の天気の確認"},
]
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WEATHER = {
    "sky": "sunny",
    "degrees": 18,
    "windy": False,
    "source": "https://www.sky.example/kyoto",
    "view": f"data:image/png;base64,{DOT}",
}
HATS = [{"name": "Straw hat", "price": "12 euros"}, {"name": "Top hat", "price": "80 euros"}]
SEEN = {
    "en": ("Looking up the weather in Kyoto", "It took too long and was stopped.", "no"),
    "ja": ("Kyotoの天気の確認", "時間がかかりすぎたため、中止しました。", "いいえ"),
}


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ja", "dark")])
def test_it_is_a_sentence_with_a_card_of_what_came(
    visit: Visit, serve: Serve, output: Path, language: str, scheme: str
) -> None:
    url, _ = serve("silent")
    visitor = visit(url, language, wired=True, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    sentence, too_long, no = SEEN[language]
    weather = {"name": "weather", "arguments": '{"city": "Kyoto"}', "says": SAYS}
    tell(wire, "f1", weather, state="done", result=json.dumps(WEATHER))
    tell(wire, "f2", weather, state="failed", result='{"error": "Late."}', fault="timed_out")
    find = {"name": "find_hats", "arguments": "{}"}
    tell(wire, "f3", find, state="done", result=json.dumps(HATS))
    tell(wire, "f4", find, state="done", result="Say goodbye.", shows=False)
    page.wait_for_selector('[data-item="f4"][data-final]')
    page.wait_for_selector('[data-item="f1"] dl')
    assert page.inner_text('[data-item="f1"] summary .words') == sentence
    fields = dict(
        zip(*(page.locator(f'[data-item="f1"] {tag}').all_inner_texts() for tag in ("dt", "dd")), strict=True)
    )
    assert fields == {"Sky": "sunny", "Degrees": "18", "Windy": no, "Source": "sky.example/kyoto", "View": ""}
    link = page.locator('[data-item="f1"] .card a')
    assert link.get_attribute("href") == WEATHER["source"]
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer")
    assert page.evaluate("document.querySelector('.thumbnail').naturalWidth") == 1
    assert page.inner_text('[data-item="f2"] .card') == too_long
    assert page.locator('[data-item="f3"] th').all_inner_texts() == ["Name", "Price"]
    assert page.locator('[data-item="f3"] td').all_inner_texts() == ["Straw hat", "12 euros", "Top hat", "80 euros"]
    assert page.locator('[data-item="f4"] .card').count() == 0
    check(page)
    page.screenshot(path=output / f"tool-cards-{language}.png")


def tell(wire: Wire, item: str, tool: dict[str, object], **end: object) -> None:
    """A tool runs, and ends so."""
    wire.tell("item", {"id": item, "role": "tool", "after": None, "kind": "text"})
    wire.tell("tool", {"call": item, **tool, "state": "running"})
    wire.tell("tool", {"call": item, **tool, **end})


def test_what_it_does_and_brought_is_found_and_copied_with_the_talk(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url, wired=True, choices={"text": True})
    page, wire = visitor.page, visitor.wire
    visitor.call_until_live()
    call = {"name": "weather", "arguments": '{"city": "Kyoto"}', "says": SAYS}
    tell(wire, "t1", call, state="done", result='{"sky": "sunny", "degrees": 18}')
    tell(wire, "t2", {"name": "find_hats", "arguments": "{}"}, state="done", result=json.dumps(HATS))
    page.wait_for_selector(".card table")
    page.click("#find-toggle")
    for query, count in (("weather in Kyoto", 1), ("sunny", 1), ("top hat", 1)):
        page.fill(".talk-find input", query)
        wait(page, f"document.querySelector('.talk-find [role=status]').textContent.includes('{count}')")
    page.evaluate("navigator.clipboard.writeText = async text => { window.testCopied = text }")
    page.get_by_role("button", name="Copy all").click()
    wait(page, "window.testCopied")
    copied = page.evaluate("window.testCopied")
    assert "Looking up the weather in Kyoto\nSky: sunny\nDegrees: 18" in copied
    assert "Name\tPrice\nStraw hat\t12 euros\nTop hat\t80 euros" in copied
