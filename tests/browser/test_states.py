"""Every state of the page is open to everyone: axe finds nothing serious in any of them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import serious
from tests.browser.states import CHOICES, SCENARIO, STATES, walk
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Serve = Callable[[str], tuple[str, ScriptedServer]]


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 320), ("ja", "dark", 1280)])
def test_nothing_serious_stands_in_anyones_way(
    browser: Browser, serve: Serve, language: str, scheme: str, width: int
) -> None:
    url, _ = serve(SCENARIO)
    visitor = Visitor(browser, CHOICES, viewport={"width": width, "height": 800}, color_scheme=scheme)
    wire = Wire(visitor.page)
    visitor.open(url, language)
    found: dict[str, list[str]] = {}
    walk(visitor, wire, language, lambda state: found.update({state: serious(visitor.page)}))
    assert visitor.leave() == []
    assert found == {state: [] for state in STATES}
