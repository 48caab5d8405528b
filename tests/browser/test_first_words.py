"""Said before the call is live, or with pauses: the page shows that it is heard, and it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor
from tests.servers import gunicorn
from tests.word_errors import error_rate
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Serve = Callable[[str], tuple[str, ScriptedServer]]

SENTENCE = "Please repeat after me, the garden is full of flowers."
SHUT = {"guard": False}
PHONE = {"width": 390, "height": 800}


@pytest.mark.models
@pytest.mark.timeout(120)
def test_what_is_said_while_the_engine_loads_is_heard_whole_and_answered(
    browser: Browser, tmp_path: Path, output: Path
) -> None:
    with gunicorn({"VOICEAPP_PROFILE": "embedded"}, tmp_path / "gunicorn.log") as app:
        visitor = Visitor(browser, SHUT, room=room(echo_db=-60), viewport=PHONE, reduced_motion="reduce")
        visitor.open(app.url)
        visitor.call()
        visitor.wait_until(lambda _: "you can already speak" in visitor.page.inner_text("#status"))
        say(visitor.page, spoken(SENTENCE, tmp_path / "said.wav", before_s=0.1, after_s=0.1))
        visitor.page.wait_for_timeout(1000)
        assert visitor.stats["phase"] == "connecting"
        visitor.page.screenshot(path=output / "first-words.png")
        visitor.wait_until(lambda stats: stats["phase"] == "live", seconds=60)
        visitor.wait_until(lambda _: len(visitor.entries) > 1 and visitor.entries[1]["final"], seconds=30)
        entries, stats = visitor.entries, visitor.stats
        visitor.leave()
    assert [entry["role"] for entry in entries] == ["user", "assistant"], entries
    assert error_rate((SENTENCE, entries[0]["text"])) <= 0.4, entries
    assert "flowers" in entries[1]["text"], entries
    assert stats["leftOutMs"] == 0


def test_a_pause_in_mid_sentence_is_seen_to_be_listened_to(
    visit: Callable[..., Visitor], tmp_path: Path, output: Path, serve: Serve
) -> None:
    url, _ = serve("silent")
    visitor = visit(url, choices=SHUT, room=room(echo_db=-60), wired=True)
    visitor.call_until_live()
    visitor.wire.turn("user")
    begun = spoken("Please repeat after me.", tmp_path / "said.wav", before_s=0, after_s=0)
    say(visitor.page, begun)
    visitor.page.wait_for_selector("body[data-state=pause]", timeout=15_000)
    assert visitor.page.inner_text("#status") == "Hearing you"
    visitor.page.wait_for_timeout(1000)
    assert visitor.page.get_attribute("body", "data-state") == "pause"
    visitor.page.screenshot(path=output / "pause.png")
    say(visitor.page, begun)
    visitor.page.wait_for_selector("body[data-state=user]")
