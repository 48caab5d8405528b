"""A whole call by what a screen reader finds."""

from collections.abc import Callable

import pytest

from tests.browser.visitor import Visitor
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]


def test_a_screen_reader_finds_each_step_by_its_role_and_name(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("hello")[0])
    page = visitor.page

    def press(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()

    def tree() -> str:
        return page.locator("body").aria_snapshot()

    for found in ("banner", "main", 'heading "', 'radio "', 'button "Start talking"', 'textbox "Message"'):
        assert found in tree(), found
    press("Start talking")
    visitor.wait_for_entry("assistant", "[data-final]")
    for found in ('log "', "status: ", 'button "Mute"', 'button "Hang up"', 'button "Devices"'):
        assert found in tree(), found
    assert 'radio "' not in tree(), "whom one talks to is chosen before"
    press("Mute")
    page.get_by_role("button", name="Unmute", exact=True).wait_for()
    press("Show settings")
    page.get_by_role("dialog", name="Settings").wait_for()
    assert 'button "Hang up"' in tree()
    press("Close settings")
    press("Hang up")
    visitor.wait_for_phase("ended")
    assert 'button "Talk again"' in tree()
