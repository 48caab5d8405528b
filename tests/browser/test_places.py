"""The page behind a real nginx: under a path (code, call, sound, offline shell), and by a name that is changed."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor
from tests.conftest import SCENARIOS, upstream_settings
from tests.nginx_server import UPGRADES, needs_nginx, nginx
from tests.servers import bridged, gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = [pytest.mark.browser, needs_nginx]

CODE = "open sesame"
KINDS = {
    "cut off and said": ("/", "proxy_set_header X-Forwarded-Prefix /voice;", {"VOICEAPP_PROXIES": "1"}, "/voice"),
    "cut off and not said": ("/", "", {}, "/"),
    "left": ("", "", {"SCRIPT_NAME": "/voice"}, "/voice"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_under_a_path(browser: Browser, tmp_path: Path, kind: str) -> None:
    target, header, settings, cookie_path = KINDS[kind]
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        bridged(upstream_settings(upstream, VOICEAPP_ACCESS_CODE=CODE, **settings)) as app,
        nginx(
            f"location /voice/ {{ proxy_pass http://127.0.0.1:{app.port}{target}; {UPGRADES} "
            f"proxy_set_header Host $http_host; {header} }}",
            tmp_path / "nginx",
        ) as port,
    ):
        url = f"http://127.0.0.1:{port}/voice"
        visitor = Visitor(browser, worker=True, reduced_motion="reduce")
        page = visitor.page
        page.goto(f"{url}/")
        assert page.url == f"{url}/login"
        page.fill("#code", CODE)
        page.press("#code", "Enter")
        page.wait_for_selector("body[data-ready]")
        assert page.url == f"{url}/"
        scope = page.evaluate("navigator.serviceWorker.ready.then(worker => worker.scope)")
        assert scope == f"{url}/"

        visitor.open(url, "ja")
        visitor.call_until_live()
        visitor.wait_for_entry("assistant")
        visitor.wait_until(lambda stats: stats["samplesPlayed"] > 0)
        assert page.locator("html").get_attribute("lang") == "ja"
        paths = {cookie["name"]: cookie["path"] for cookie in visitor.context.cookies()}
        assert paths == {"voiceapp_access": cookie_path, "voiceapp_visitor": cookie_path, "language": "/voice/"}
        visitor.press("通話終了")
        visitor.wait_for_phase("ended")
        assert visitor.leave() == []


def test_behind_a_proxy_that_changes_the_name_the_page_says_so_and_does_not_try_for_ever(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        gunicorn(upstream_settings(upstream), tmp_path / "log") as app,
        nginx(
            f"location / {{ proxy_pass http://127.0.0.1:{app.port}; {UPGRADES} proxy_set_header Host $host; }}",
            tmp_path / "nginx",
        ) as port,
    ):
        visitor = Visitor(browser, reduced_motion="reduce")
        visitor.open(f"http://127.0.0.1:{port}")
        visitor.call()
        visitor.wait_for_notice("wrong_place")
        visitor.wait_for_phase("ended")
        visitor.context.close()
        assert f"code=wrong_place host=127.0.0.1 origin=http://127.0.0.1:{port}" in app.log.read_text()
