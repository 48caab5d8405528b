"""A call's life: what the relay does when we ourselves are at fault, and what its log and event log never hold."""

import base64
import logging
from collections.abc import Callable

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient, of_answer
from tests.servers import werkzeug
from voiceapp.conversation import deadlines
from voiceapp.conversation import events as ev
from voiceapp.conversation.conversation import Conversation
from voiceapp.engine.scripted.server import ScriptedServer

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
    monkeypatch.setattr(deadlines, "SECONDS", {**deadlines.SECONDS, deadlines.Wait.RESPONSE: 0.3})
    with werkzeug(upstream_settings(upstream("silent"))) as url, PageClient(url) as page:
        page.start()
        for times in (1, 2):
            page.emit("text", {"text": "Hello"})
            states = [*["listening", "thinking"] * times, "listening"]
            page.wait(lambda states=states: [turn["state"] for _, turn in page.named("turn")] == states)
            assert [notice["code"] for (notice,) in page.named("notice")] == ["overdue"] * times
        assert page.named("ended") == []


@pytest.mark.parametrize("what_ends_it", ["stop", "length", "upstream"])
def test_a_page_that_cannot_be_told_keeps_no_call_alive(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what_ends_it: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken on purpose")

    server = upstream()
    length = {"VOICEAPP_CALL_SECONDS": "1"} if what_ends_it == "length" else {}
    with caplog.at_level(logging.INFO), werkzeug(upstream_settings(server, **length)) as url, PageClient(url) as page:
        page.start()
        monkeypatch.setattr("voiceapp.page.sockets.SocketIO.emit", broken)
        if what_ends_it == "upstream":
            server.do({"close": 1011, "reason": "gone"})
        elif what_ends_it == "stop":
            page.emit("stop", {})
        assert server.wait_for(lambda _: bool(server.connections[0].closed), timeout=5)
    assert caplog.text.count("event=call_ended") == 1


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
