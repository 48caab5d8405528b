"""Pictures of every state of the page, to be looked at: `make shots` writes them into docs/img/.

Two are shown in the README, and are the ones that are kept with the sources.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.states import CHOICES, SCENARIO, walk
from tests.browser.visitor import Visitor, chromium
from tests.browser.wire import Wire
from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

FOLDER = Path(__file__).parents[1] / "docs" / "img"
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 800}}
LOOKS = (("en", "light"), ("ja", "dark"), ("en", "dark"), ("ja", "light"))
# State, size, language, theme → file beside the README.
KEPT = {("speaking", "desk", "en", "light"): "desk.png", ("speaking", "phone", "ja", "dark"): "phone.png"}


def shoot(browser: Browser, url: str, size: str, language: str, theme: str) -> None:
    visitor = Visitor(browser, CHOICES, viewport=SIZES[size], color_scheme=theme)
    wire = Wire(visitor.page)
    visitor.open(url, language)

    def look(state: str) -> None:
        visitor.page.wait_for_timeout(350)
        kept = KEPT.get((state, size, language, theme))
        file = FOLDER / kept if kept else FOLDER / "states" / f"{state}-{size}-{language}-{theme}.png"
        visitor.page.screenshot(path=file)

    walk(visitor, wire, language, look)
    print(f"{size} {language} {theme}:", visitor.leave() or "no errors", flush=True)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        ScriptedServer(SCENARIOS / f"{SCENARIO}.toml") as upstream,
        gunicorn(upstream_settings(upstream), Path(folder) / "log") as app,
        sync_playwright() as playwright,
        chromium(playwright, whole=True) as browser,
    ):
        for size in SIZES:
            for language, theme in LOOKS:
                if len(sys.argv) < 2 or sys.argv[1] in (size, language, theme):
                    shoot(browser, app.url, size, language, theme)


if __name__ == "__main__":
    main()
