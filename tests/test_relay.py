"""A call's life: what the relay does when we ourselves are at fault, and what its log and event log never hold."""

import base64
import logging
from collections.abc import Callable

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import werkzeug
from voiceapp.conversation import events as ev
from voiceapp.conversation.conversation import Conversation
from voiceapp.engine.scripted import ScriptedServer

Upstream = Callable[..., ScriptedServer]
SOUND = base64.b64encode(b"\x11\x22" * 960).decode()


@pytest.mark.parametrize("trigger", ["typed", "upstream"])
def test_a_fault_of_ours_ends_that_call_alone(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trigger: str
) -> None:
    handle = Conversation.handle

    def broken(self: Conversation, event: ev.Event, now: float) -> list[object]:
        if type(event) is (ev.TextTyped if trigger == "typed" else ev.SpeechStarted):
            raise RuntimeError("broken on purpose")
        return list(handle(self, event, now))

    monkeypatch.setattr(Conversation, "handle", broken)
    with werkzeug(upstream_settings(upstream())) as url, PageClient(url) as page, PageClient(url) as other:
        page.start()
        other.start()
        if trigger == "typed":
            page.emit("text", {"text": "Hello"})
        for n in range(1, 20):
            page.emit("audio", n, SOUND)
        assert page.expect("ended") == [{"reason": "internal"}]
        other.emit("interrupt", {})
        assert other.named("ended") == []
    assert "internal error" in caplog.text


def test_no_log_holds_a_key_a_sound_or_a_word(upstream: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), werkzeug(upstream_settings(upstream())) as url, PageClient(url) as page:
        page.start()
        page.emit("watch", {"on": True})
        page.emit("text", {"text": "a very private sentence"})
        for n in range(1, 30):
            page.emit("audio", n, SOUND)
        page.expect("usage")
        page.emit("stop", {})
        page.expect("ended")
        logged = caplog.text + str(page.named("log"))
    for secret in ("sk-test-marked-key", "private sentence", "Hello there", SOUND[:40]):
        assert secret not in logged
