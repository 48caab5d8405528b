"""What page and server say goes through, and what the log and the event log never hold of it."""

import base64
import logging
from collections.abc import Callable

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient, of_answer
from tests.servers import skipping, werkzeug
from voiceapp.conversation import deadlines
from voiceapp.engine.scripted.server import ScriptedServer

Upstream = Callable[..., ScriptedServer]
SOUND = base64.b64encode(b"\x11\x22" * 960).decode()


def test_a_reply_that_breaks_off_gives_the_turn_back_once_it_was_heard(upstream: Upstream) -> None:
    with werkzeug(upstream_settings(upstream("broken_off"))) as url, PageClient(url) as page:
        page.start()
        page.emit("text", {"text": "Hello"})
        page.expect("audio", lambda n, item, sound: (item, sound) == ("a1", ""))
        page.expect("transcript", lambda n, data: data.get("text") == "Half a sentence" and data["final"])
        page.expect("notice", lambda notice: notice["code"] == "upstream_failed" and not notice["fatal"])
        assert page.named("turn")[-1][1] == {"state": "assistant"}
        page.emit("heard", {"item": "a1", "heard_ms": 60})
        page.wait(lambda: page.named("turn")[-1][1] == {"state": "listening"})


def test_a_reply_that_never_comes_is_told_of_by_the_clock_alone(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Less than a silent server is borne.
    monkeypatch.setattr(deadlines, "SECONDS", {**deadlines.SECONDS, deadlines.Wait.RESPONSE: 8.0})
    with skipping(upstream_settings(upstream("silent"))) as (url, loop), PageClient(url) as page:
        page.start()
        for times in (1, 2):
            page.emit("text", {"text": "Hello"})
            page.wait(lambda times=times: [turn["state"] for _, turn in page.named("turn")].count("thinking") == times)
            loop.skip(8)
            states = [*["listening", "thinking"] * times, "listening"]
            page.wait(lambda states=states: [turn["state"] for _, turn in page.named("turn")] == states)
            assert page.notices == ["overdue"] * times
        assert page.named("ended") == []


def test_no_log_holds_a_key_a_sound_or_a_word(upstream: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), werkzeug(upstream_settings(upstream())) as url, PageClient(url) as page:
        page.start()
        page.emit("watch", {"on": True})
        page.emit("text", {"text": "a very private sentence"})
        for n in range(1, 30):
            page.emit("audio", n, SOUND)
        page.expect("usage", of_answer)
        page.emit("stop", {})
        page.expect("ended")
        logged = caplog.text + str(page.named("log"))
    for secret in ("sk-test-marked-key", "private sentence", "Hello there", SOUND[:40]):
        assert secret not in logged
