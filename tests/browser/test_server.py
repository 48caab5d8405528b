"""The server is full, or is being restarted: the page says so, and comes back."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor
from tests.conftest import SCENARIOS, upstream_settings
from tests.page_client import PageClient
from tests.servers import Gunicorn, bridged, gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser


def test_a_full_house_is_told_in_words_with_the_time_to_wait(browser: Browser) -> None:
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        bridged(upstream_settings(upstream, VOICEAPP_MAX_CALLS="1")) as server,
        PageClient(server.url) as first,
    ):
        first.start()
        visitor = Visitor(browser, reduced_motion="reduce")
        visitor.open(server.url)
        visitor.call()
        assert "Try again in 15 seconds." in visitor.wait_for_notice("busy")
        visitor.wait_for_phase("ended")
        visitor.context.close()


def test_after_a_restart_the_page_is_back_in_a_call_by_itself(browser: Browser, tmp_path: Path) -> None:
    with ScriptedServer(SCENARIOS / "hello.toml") as upstream:
        settings = upstream_settings(upstream)
        old = Gunicorn(settings, tmp_path / "old.log")
        old.wait_until_up()
        visitor = Visitor(browser, reduced_motion="reduce")
        visitor.open(old.url)
        visitor.call_until_live()
        old.process.terminate()
        visitor.wait_for_phase("reconnecting", 5)
        old.process.wait(20)
        with gunicorn({**settings, "PORT": str(old.port)}, tmp_path / "new.log"):
            visitor.wait_for_phase("live", 20)
            # It was told what was said, and the page says so.
            visitor.page.wait_for_selector('[role="alert"]:is([data-code="call_over"], [data-code="resume_refused"])')
            visitor.context.close()
