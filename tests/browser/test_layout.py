"""In every window and at every zoom, each control of a call is in sight and can be pressed, in all of its phases."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser.phases import SCENARIO, Walk
from tests.browser.visitor import Visitor, chromium
from tests.browser.windows import ALWAYS, IN_CALLS, LEAST_PX, WINDOWS, WRONG, look_in_all_windows
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Serve = Callable[[str], tuple[str, ScriptedServer]]

LINES = """() => {
  const range = document.createRange()
  range.selectNodeContents(document.querySelector("#call .word"))
  return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size
}"""


@pytest.mark.parametrize("mode", ["server_vad", "push_to_talk"])
# Spanish words are longer than English ones, and Japanese ones break elsewhere.
@pytest.mark.parametrize(("language", "half"), [("es", 0), ("ja", 1)])
def test_every_control_is_in_sight_in_every_window(
    browser: Browser, serve: Serve, language: str, half: int, mode: str
) -> None:
    url, _ = serve(SCENARIO)
    found: dict[str, list[str]] = {}
    walk = Walk(browser, url, language, lambda _: None, mode)
    look_in_all_windows(walk, found, half=half)
    walk.whole() if mode == "server_vad" else walk.push_to_talk()
    assert walk.visitor.leave() == []
    assert len(found) > len(WINDOWS) * 4
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def test_the_size_of_text_that_the_browser_is_set_to_is_followed(playwright: Playwright, serve: Serve) -> None:
    url, _ = serve(SCENARIO)
    with chromium(playwright, flags=["--blink-settings=defaultFontSize=24"]) as browser:
        page = Visitor(browser).page
        page.goto(url)
        page.wait_for_selector("body[data-ready]")
        for width, px in ((1280, 24), (360, 18), (320, 16)):
            page.set_viewport_size({"width": width, "height": 860})
            assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{px}px"
            wrong = page.evaluate(WRONG, [ALWAYS, IN_CALLS["server_vad"], LEAST_PX])
            assert wrong == []


def test_with_a_keyboard_up_a_call_begins_with_one_line_and_nothing_is_read_beside_the_button_of_the_shortcuts(
    browser: Browser, serve: Serve
) -> None:
    url, _ = serve(SCENARIO)
    visitor = Visitor(browser, viewport={"width": 390, "height": 430})
    page = visitor.page
    visitor.open(url, "es")
    for _ in range(2):
        lines = page.evaluate(LINES)
        assert lines == 1, "with the settings open, too"
        visitor.settings("page")
    page.click("#shortcuts-open")
    page.set_viewport_size({"width": 390, "height": 300})
    button, text = (page.locator(f"#shortcuts {part}").bounding_box() for part in ("button", "p"))
    assert button and text
    assert button["width"] < text["width"] / 2
    beside = {**button, "x": button["x"] + button["width"] + 8, "width": text["width"] / 2}
    seen = page.screenshot(clip=beside)
    page.locator("#shortcuts :is(dl, p)").evaluate_all("parts => parts.forEach(part => part.style.opacity = 0)")
    assert page.screenshot(clip=beside) == seen
    assert visitor.leave() == []


def test_on_a_phone_with_a_large_text_the_key_to_talk_is_large_and_no_word_of_it_breaks(
    playwright: Playwright, serve: Serve
) -> None:
    url, _ = serve("silent")
    with chromium(playwright, flags=["--blink-settings=defaultFontSize=32"]) as browser:
        choices = {"mode": "push_to_talk"}
        visitor = Visitor(browser, choices, viewport={"width": 390, "height": 800}, reduced_motion="reduce")
        visitor.open(url)
        visitor.call_until_live()
        box = visitor.page.locator("#talk").bounding_box()
        assert box and box["width"] > 300 and box["height"] >= 80
        assert visitor.page.evaluate("document.documentElement.scrollWidth") == 390
