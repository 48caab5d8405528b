"""The access code in a real browser: typed wrong, typed right, and then a call."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import bridged
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "wrong"), [("en", "That code is wrong."), ("ja", "コードが違います。")])
def test_the_code_lets_in(browser: Browser, output: Path, language: str, wrong: str) -> None:
    settings = {"VOICEAPP_ACCESS_CODE": "open sesame"}
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        bridged(upstream_settings(upstream, **settings)) as server,
        browser.new_context(locale=language, viewport={"width": 390, "height": 700}) as context,
    ):
        page = context.new_page()
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if "Content Security" in line.text else None)
        page.goto(server.url)
        assert page.url == server.url + "/login"
        page.fill("#code", "wrong one")
        page.press("#code", "Enter")
        page.wait_for_selector('[role="alert"]')
        assert page.inner_text('[role="alert"]') == wrong
        page.screenshot(path=output / f"login-{language}.png")
        page.fill("#code", "open sesame")
        page.click("button")
        page.wait_for_selector("body[data-phase]")
        assert page.url == server.url + "/"
        assert troubles == []
