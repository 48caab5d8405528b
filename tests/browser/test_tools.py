"""A tool that was used, as the page shows it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.axe import check
from tests.browser.visitor import Visitor
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
    "en": ("Looking something up…", "Used the tool weather", "running", "done"),
    "ja": ("調べています…", "ツール「weather」を使いました", "実行中", "完了"),
}


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ja", "dark")])
def test_it_stands_in_its_place_and_can_be_unfolded(
    visit: Visit, serve: Serve, output: Path, language: str, scheme: str
) -> None:
    url, _ = serve("mcp_call")
    visitor = visit(url, language, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = visitor.page
    looking, used, running, done = WORDS[language]
    visitor.call_until_live()
    page.wait_for_selector(f'body[data-turn="tool"] {ROW}[data-state="running"]')
    page.evaluate(WATCH)
    assert page.inner_text("#status") == looking
    what, state = page.inner_text(f"{ROW} summary").split("\n")
    # From a second on it says how long.
    assert (what, state.startswith(running)) == (used, True)
    page.screenshot(path=output / f"tool-running-{language}.png")

    page.wait_for_selector(f'{ROW}[data-state="done"][data-final]')
    visitor.wait_for_entry("assistant", "[data-final]")
    assert [entry["item"] for entry in visitor.entries] == ["u1", "t1", "a1"]
    assert page.inner_text(f"{ROW} .state") == done
    assert page.evaluate("window.testAnnounced") == []
    assert page.locator(f"{ROW} pre").first.is_hidden()

    summary = page.locator(f"{ROW} summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert [page.locator(f"{ROW} pre").nth(n).inner_text() for n in (0, 1)] == [
        '{"city": "Kyoto"}',
        "Sunny, 18 degrees.",
    ]
    box = summary.bounding_box()
    assert box and box["height"] >= 44
    check(page)
    page.screenshot(path=output / f"tool-{language}.png")
