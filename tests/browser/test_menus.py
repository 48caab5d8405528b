"""A key that moves in a menu passes over what is between: nothing that cannot be undone is done on the way."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.visitor import Visitor, wait
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

KEEP = "[data-choice=keep]"


def kept(page: Page) -> str:
    return str(json.loads(page.evaluate("localStorage['voiceapp.keep'] ?? '\"sound\"'")))


BUTTONS = """() => Object.fromEntries([...document.querySelectorAll("[popovertarget]:not([popovertargetaction])")].map(
  button => [`#${button.getAttribute("popovertarget")}`, `#${button.id}`]))"""
# Sideways, up and down.
APART = """([menu, button]) => {
  const [one, other] = [menu, button].map(each => document.querySelector(each).getBoundingClientRect())
  return [
    Math.max(one.left - other.right, other.left - one.right), Math.max(one.top - other.bottom, other.top - one.bottom)
  ]
}"""
NEAR_PX = 32


def test_save_as_saves_when_its_button_is_pressed(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "text"})
    page = visitor.page
    visitor.call_until_live()
    visitor.wait_for_entry("assistant", "[data-final]")
    page.click("#call")
    page.click("#save-talk")
    page.wait_for_selector(".export option:nth-child(3)", state="attached")
    downloads: list[str] = []
    page.on("download", lambda download: downloads.append(download.suggested_filename))
    page.focus(".export")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    chosen = page.eval_on_selector(".export", "menu => menu.value")
    page.wait_for_timeout(300)
    assert downloads == []
    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(f".{chosen}")
    assert len(downloads) == 1


def test_what_is_kept_changes_when_its_menu_is_left(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url, choices={"keep": "sound"})
    page = visitor.page
    visitor.call_until_live()
    visitor.settings("page")
    page.focus(KEEP)
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    visitor.wait_for_entry("assistant", "[data-final]")
    assert (page.input_value(KEEP), kept(page)) == ("nothing", "sound")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert kept(page) == "sound"
    page.focus(KEEP)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert kept(page) == "text"
    page.select_option(KEEP, "nothing")
    assert kept(page) == "nothing"


def test_keys_that_walk_through_the_microphones_open_the_last_of_them_alone(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url)
    page = visitor.page
    visitor.call_until_live()
    visitor.settings("sound")
    page.wait_for_selector("#settings-microphone option:nth-child(3)", state="attached")
    page.focus("#settings-microphone")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    chosen = page.input_value("#settings-microphone")
    page.wait_for_timeout(300)
    assert (page.evaluate("testTracks.length"), page.input_value("#settings-microphone")) == (1, chosen)
    page.keyboard.press("Tab")
    visitor.wait_until(lambda _: page.evaluate("testTracks.length") == 2)
    assert page.evaluate("testTracks.map(track => track.readyState)") == ["ended", "live"]
    assert page.evaluate("JSON.parse(localStorage['voiceapp.microphone'])") == chosen


def test_each_stands_at_its_button_and_gives_the_focus_back(visit: Visit, serve: Serve) -> None:
    visitor = visit(serve("silent")[0], viewport={"width": 320, "height": 640})
    page = visitor.page
    visitor.call_until_live()
    wait(page, "!document.getElementById('meter').hidden")
    for width, height in ((320, 640), (1280, 860)):
        page.set_viewport_size({"width": width, "height": height})
        for direction in ("ltr", "rtl"):
            page.evaluate("direction => { document.documentElement.dir = direction }", direction)
            for menu, selector in page.evaluate(BUTTONS).items():
                where = (menu, width, direction)
                page.focus(selector)
                page.keyboard.press("Enter")
                apart = page.evaluate(APART, [menu, selector])
                # What tells of the call stands in the middle above the dock.
                assert max(apart) <= NEAR_PX or menu == "#usage", (where, apart)
                page.keyboard.press("Tab")
                walked = page.evaluate("menu => document.querySelector(menu).contains(document.activeElement)", menu)
                assert walked, where
                # What tells of the call has a button of its own that closes it.
                page.keyboard.press("Enter" if menu == "#usage" else "Escape")
                page.wait_for_selector(menu, state="hidden")
                page.wait_for_timeout(80)
                assert page.evaluate("selector => document.activeElement.matches(selector)", selector), where
