"""Every state of the page is open to everyone: axe finds nothing in any of them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tests.browser.states import CHOICES, SCENARIO, STATES, walk
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Serve = Callable[[str], tuple[str, ScriptedServer]]


# What names a control, or is said of one: attributes, and the words on it.
NAMES = """() => {
  const own = document.documentElement.lang
  const shown = [...document.querySelectorAll("body *")]
    .filter(node => node.checkVisibility() && node.closest("[lang]").lang === own)
  const attributes = ["aria-label", "title", "placeholder", "aria-valuetext"]
  const worded = "button, summary, legend, h2, h3, [role=status], [role=alert], .setting > span, .mark"
  const names = shown.flatMap(node => attributes.map(name => node.getAttribute(name)))
  const words = shown.filter(node => node.matches(worded)).map(node => node.innerText)
  return [...new Set([...names, ...words].map(name => name?.trim()).filter(Boolean))]
}"""
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]{3,}")


def foreign(page: Page, language: str) -> list[str]:
    """Names of controls, and what is said of them, that are not in the page's language."""
    names = page.evaluate(NAMES)
    assert len(names) > 10
    if language == "ja":
        return [name for name in names if LATIN.search(name) and not JAPANESE.search(name)]
    return [name for name in names if JAPANESE.search(name)]


@pytest.mark.parametrize(
    ("language", "scheme", "width", "colors"),
    [
        ("en", "light", 320, "none"),
        ("ja", "dark", 1280, "none"),
        ("en", "dark", 390, "none"),
        ("ja", "light", 900, "active"),
    ],
)
def test_nothing_stands_in_anyones_way(
    browser: Browser, serve: Serve, language: str, scheme: str, width: int, colors: str
) -> None:
    url, _ = serve(SCENARIO)
    visitor = Visitor(
        browser, CHOICES, viewport={"width": width, "height": 800}, color_scheme=scheme, forced_colors=colors
    )
    wire = Wire(visitor.page)
    visitor.open(url, language)
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        found[state] = [*violations(visitor.page), *foreign(visitor.page, language)]

    walk(visitor, wire, language, look)
    assert visitor.leave() == []
    assert found == {state: [] for state in STATES}


def test_a_name_in_another_language_would_be_found(browser: Browser, serve: Serve) -> None:
    url, _ = serve(SCENARIO)
    for language, name in (("ja", "Hang up"), ("en", "電話を切る")):
        visitor = Visitor(browser)
        visitor.open(url, language)
        visitor.page.evaluate("name => document.getElementById('call').setAttribute('aria-label', name)", name)
        assert foreign(visitor.page, language) == [name]
        assert visitor.leave() == []
