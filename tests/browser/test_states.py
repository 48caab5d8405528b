"""Every state of the page is open to everyone: axe finds nothing in any of them."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tests.browser.layout import BEYOND
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
  // An event has its own name in every language.
  const named = shown.filter(node => !node.closest(".timeline-body"))
  const names = named.flatMap(node => attributes.map(name => node.getAttribute(name)))
  const words = shown.filter(node => node.matches(worded)).map(node => node.innerText)
  return [...new Set([...names, ...words].map(name => name?.trim()).filter(Boolean))]
}"""
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]{3,}")


def foreign(page: Page) -> list[str]:
    """
    Names of controls, and what is said of them, that are not in Japanese.

    That no other language's are in Japanese, `tests/js/browser/i18n.test.js` sees.
    """
    names = page.evaluate(NAMES)
    assert len(names) > 10
    return [name for name in names if LATIN.search(name) and not JAPANESE.search(name)]


# Size, theme and forced colours. Each state is seen in two of them, and axe looks at it in one of these. `make shots`
# looks at all of them in every size, theme and language.
SEEN = (
    (((320, 800), "light", "none"), ((1280, 800), "dark", "none")),
    (((390, 430), "dark", "none"), ((844, 430), "light", "active")),
)


def test_nothing_stands_in_anyones_way(browser: Browser, serve: Serve) -> None:
    url, _ = serve(SCENARIO)
    # Each state is looked at when nothing moves any more.
    visitor = Visitor(browser, {**CHOICES, "text": True}, reduced_motion="reduce")
    page, wire = visitor.page, Wire(visitor.page)
    found: dict[str, list[str]] = {}
    numbers = count()

    def appear(size: tuple[int, int], scheme: Any, colors: Any) -> None:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=scheme, forced_colors=colors)

    def look(state: str) -> None:
        n = next(numbers)
        for place, appearance in enumerate(SEEN[n % 2]):
            appear(*appearance)
            seen = [*foreign(page), *page.evaluate(BEYOND), *(violations(page) if n // 2 % 2 == place else ())]
            found.setdefault(state, []).extend(f"{appearance}: {each}" for each in seen)

    appear(*SEEN[0][0])
    visitor.open(url, "ja")
    walk(visitor, wire, "ja", look)
    assert visitor.leave() == []
    assert found == {state: [] for state in STATES}


def test_a_name_in_another_language_would_be_found(visit: Callable[..., Visitor], serve: Serve) -> None:
    url, _ = serve(SCENARIO)
    page = visit(url, "ja").page
    page.evaluate("document.getElementById('call').setAttribute('aria-label', 'Hang up')")
    assert foreign(page) == ["Hang up"]
