"""The way to the server: what is in it, in plain words; and a line is held for a call and no longer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocket

from tests.browser.visitor import Visitor
from tests.conftest import SCENARIOS, upstream_settings
from tests.proxy import proxied, with_host, without_upgrade
from tests.servers import gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

TRACKS = "testTracks.map(track => track.readyState)"


def lines(page: Page) -> list[WebSocket]:
    """Every line of the page, from now on."""
    found: list[WebSocket] = []
    page.on("websocket", lambda line: found.append(line))
    return found


def held(found: list[WebSocket]) -> int:
    return sum(not line.is_closed() for line in found)


@pytest.mark.parametrize(
    ("language", "said"), [("en", ("mobile data", "Upgrade")), ("ja", ("モバイル通信", "Upgrade"))]
)
def test_where_no_websocket_passes_the_page_says_so_and_does_not_try_for_ever(
    browser: Browser, tmp_path: Path, output: Path, language: str, said: tuple[str, ...]
) -> None:
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        gunicorn(upstream_settings(upstream), tmp_path / "gunicorn.log") as server,
        proxied(server.port, without_upgrade) as url,
    ):
        visitor = Visitor(browser, viewport={"width": 390, "height": 800})
        found = lines(visitor.page)
        visitor.open(url, language)
        visitor.call()
        words = visitor.wait_for_notice("no_websocket", 15)
        assert all(each in words for each in said), words
        assert not visitor.page.query_selector('[data-code="connection_lost"]')
        visitor.wait_for_phase("ended")
        visitor.page.screenshot(path=output / f"no-websocket-{language}.png")
        tried = len(found)
        # One more may be on its way while the third is judged.
        assert tried in (3, 4)
        visitor.page.wait_for_timeout(2500)
        assert len(found) == tried
        assert set(visitor.page.evaluate(TRACKS)) <= {"ended"}
        # The check before a call finds the same.
        visitor.settings("sound")
        visitor.page.click("#preflight-open")
        visitor.page.wait_for_selector('#preflight [data-check="service"][data-state="bad"]', timeout=20_000)
        told = visitor.page.inner_text('[data-check="service"]')
        assert said[0] in told, told
        visitor.context.close()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja", 390)])
def test_a_wrong_place_is_told_with_both_names_and_not_tried_again(
    browser: Browser, tmp_path: Path, output: Path, language: str, width: int
) -> None:
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        gunicorn(upstream_settings(upstream), tmp_path / "gunicorn.log") as server,
        proxied(server.port, with_host("localhost:8000")) as url,
    ):
        visitor = Visitor(browser, viewport={"width": width, "height": 860})
        found = lines(visitor.page)
        visitor.open(url, language)
        visitor.call()
        words = visitor.wait_for_notice("wrong_place")
        visitor.page.screenshot(path=output / f"wrong-place-{language}.png")
        for each in (url, "localhost:8000", "VOICEAPP_PROXIES", "VOICEAPP_ORIGINS"):
            assert each in words, words
        visitor.wait_for_phase("ended")
        tried = len(found)
        visitor.page.wait_for_timeout(1500)
        assert len(found) == tried
        visitor.context.close()


def test_a_page_holds_a_line_only_for_a_call(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    found = lines(visitor.page)
    visitor.page.wait_for_timeout(500)
    assert found == []
    for calls in (1, 2):
        visitor.call_until_live()
        assert (len(found), held(found)) == (calls, 1)
        visitor.page.click("#call")
        visitor.wait_for_phase("ended")
        visitor.wait_until(lambda _: held(found) == 0)
    visitor.page.click("#log-toggle")
    visitor.page.wait_for_timeout(1000)
    assert len(found) == 2
    # At once again, before the line is gone: one is enough.
    visitor.call_until_live()
    visitor.page.evaluate("for (let i = 0; i < 2; i++) document.getElementById('call').click()")
    visitor.wait_for_phase("live")
    assert held(found) == 1


def test_a_call_that_the_service_ends_lets_go_of_its_line(visit: Visit, serve: Serve) -> None:
    url, _ = serve("wrong_key")
    visitor = visit(url)
    found = lines(visitor.page)
    visitor.call()
    visitor.wait_for_notice("key_wrong")
    visitor.wait_until(lambda _: held(found) == 0)
    assert len(found) == 1


def test_the_check_before_a_call_lets_go_of_its_line(visit: Visit, serve: Serve) -> None:
    url, _ = serve("silent")
    visitor = visit(url)
    found = lines(visitor.page)
    visitor.page.click("#preflight-offer")
    visitor.page.wait_for_selector('#preflight [data-check="service"][data-state="good"]', timeout=20_000)
    visitor.wait_until(lambda _: held(found) == 0)
    assert len(found) == 1
    visitor.page.click("#preflight-close")


def test_the_line_is_made_while_the_person_is_asked_for_the_microphone(visit: Visit, serve: Serve) -> None:
    url, _ = serve("hello")
    visitor = visit(url)
    found = lines(visitor.page)
    visitor.page.evaluate("void (navigator.mediaDevices.getUserMedia = () => new Promise(() => {}))")
    visitor.call()
    visitor.wait_until(lambda _: held(found) == 1)
    assert visitor.stats["phase"] == "connecting"
    visitor.page.click("#call")
    visitor.wait_for_phase("ended")
    visitor.wait_until(lambda _: held(found) == 0)
