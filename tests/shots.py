"""Pictures of every state of the page, to be looked at: `make shots` writes them into docs/img/.

It also says what axe finds in each.

`python -m tests.shots es dark speaking usage` takes some of them: of a language, a theme, or of states.
Two are shown in the README, and are the ones that are kept with the sources.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.axe import violations
from tests.browser.states import CHOICES, SCENARIO, walk
from tests.browser.visitor import Visitor, chromium
from tests.browser.wire import Wire
from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

FOLDER = Path(__file__).parents[1] / "docs" / "img"
SIZES = {
    "phone": (390, 800),
    "keyboard": (390, 430),
    "side": (844, 390),
    "desk": (1280, 860),
    "wide": (2560, 1440),
}
LANGUAGES = ("en", "es", "ja")
THEMES = ("light", "dark")
# State, size, language, theme → file beside the README.
KEPT = {("speaking", "desk", "en", "light"): "desk.png", ("speaking", "phone", "ja", "dark"): "phone.png"}


def shoot(browser: Browser, url: str, language: str, theme: Any, wanted: Sequence[str] = ()) -> None:
    """One walk: each of its states in every size. `wanted`: only these states, where any are named."""
    visitor = Visitor(browser, CHOICES, color_scheme=theme)
    page, wire = visitor.page, Wire(visitor.page)
    visitor.open(url, language)

    def look(state: str) -> None:
        if wanted and state not in wanted:
            return
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(250)
            for found in violations(page):
                print(f"{state} {size} {language} {theme}: {found}", flush=True)
            kept = KEPT.get((state, size, language, theme))
            page.screenshot(
                path=FOLDER / kept if kept else FOLDER / "states" / f"{state}-{size}-{language}-{theme}.png"
            )
        # As the walk expects it.
        page.set_viewport_size({"width": 1280, "height": 860})

    walk(visitor, wire, language, look)
    print(f"{language} {theme}:", visitor.leave() or "no errors", flush=True)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedServer(SCENARIOS / f"{SCENARIO}.toml") as upstream,
        gunicorn(upstream_settings(upstream), Path(folder) / "log") as app,
        sync_playwright() as playwright,
        chromium(playwright, whole=True) as browser,
    ):
        asked = set(sys.argv[1:])
        states = sorted(asked - {*LANGUAGES, *THEMES})
        for language in asked & {*LANGUAGES} or LANGUAGES:
            for theme in asked & {*THEMES} or THEMES:
                shoot(browser, app.url, language, theme, states)


if __name__ == "__main__":
    main()
