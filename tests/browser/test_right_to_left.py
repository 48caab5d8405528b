"""One file is a language, also one that is written from right to left: the whole page follows, and nothing is cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import phases, states
from tests.browser.language import TAG, app_with_one_more_file, texts
from tests.browser.phases import SCENARIO, Walk
from tests.browser.visitor import Visitor
from tests.browser.windows import look_in_all_windows
from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

WINDOWS = {
    "phone": (390, 800, 1),
    "phone with keyboard": (390, 430, 1),
    "phone on its side": (844, 390, 1),
    "desk": (1280, 860, 1),
}
WORDS = ("كيف الطقس في كيوتو؟", "الجو مشمس، والحرارة ثماني عشرة. ", "وفي المساء تأتي غيوم من الغرب.", "شكرا! وغدا؟")
# Where the middle of each stands, from the left, as a part of the window's width.
PLACES = """selectors => Object.fromEntries(selectors.map(selector => {
  const { left, width } = document.querySelector(selector).getBoundingClientRect()
  return [selector, (left + width / 2) / innerWidth]
}))"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = app_with_one_more_file(tmp_path_factory.mktemp("app"))
    with (
        ScriptedServer(SCENARIOS / f"{SCENARIO}.toml") as upstream,
        gunicorn(upstream_settings(upstream), root / "log", root=root) as app,
    ):
        yield app.url


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(states.WORDS, TAG, WORDS)
    monkeypatch.setitem(phases.LEAVING, TAG, texts()["leave.sure"])


def places(page: Page, *selectors: str) -> dict[str, float]:
    found: dict[str, float] = page.evaluate(PLACES, list(selectors))
    return found


def test_a_language_from_right_to_left_is_one_file_and_nothing_is_cut(
    browser: Browser, address: str, output: Path
) -> None:
    found: dict[str, list[str]] = {}
    walk = Walk(browser, address, TAG, lambda _: None)
    page = walk.page
    assert page.get_attribute("html", "dir") == "rtl"
    assert page.get_attribute("html", "lang") == TAG

    def keep(where: str) -> None:
        if where.partition(", ")[2] in ("before", "speaking", "settings, live", "log, live", "notices"):
            page.screenshot(path=output / f"rtl-{where.replace(', ', '-').replace(' ', '-')}.png")

    # In every window each control is looked at in other languages.
    look_in_all_windows(walk, found, keep, WINDOWS, half=0)
    walk.whole()
    assert walk.visitor.leave() == []
    assert len(found) > len(WINDOWS) * 10
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def test_what_is_first_stands_at_the_right(browser: Browser, address: str) -> None:
    visitor = Visitor(browser, viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    page = visitor.page
    visitor.open(address, TAG)
    head = places(page, "header .brand", "#languages-toggle", "#log-toggle")
    assert head["header .brand"] > 0.8 > head["#languages-toggle"] > head["#log-toggle"]
    page.click("#languages-toggle")
    # In its menu each stands under its own name.
    assert page.locator("#languages a").all_inner_texts() == ["العربية", "English", "Español", "日本語"]
    page.keyboard.press("Escape")
    page.click("#settings-toggle")
    assert places(page, "#settings")["#settings"] < 0.5
    page.click("#settings-close")
    visitor.call_until_live()
    visitor.type("شكرا")
    # In the conversation, and no longer on its way there.
    said = "#transcript [data-role=user] .words"
    page.wait_for_selector(said)
    assert places(page, said)[said] < 0.5
    assert visitor.leave() == []
