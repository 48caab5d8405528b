"""A call's end: by a fault of ours, and where nobody can be told of it."""

import asyncio
import base64
import gc
import logging
from collections.abc import Callable

import pytest

from tests.call.worker import Page, Worker
from tests.clock import StandingLoop
from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import skipping, werkzeug
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


@pytest.mark.parametrize("what_ends_it", ["stop", "length", "upstream"])
def test_a_page_that_cannot_be_told_keeps_no_call_alive(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, what_ends_it: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken on purpose")

    server = upstream()
    settings = upstream_settings(server, VOICEAPP_CALL_SECONDS="12")
    with caplog.at_level(logging.INFO), skipping(settings) as (url, loop), PageClient(url) as page:
        page.start()
        monkeypatch.setattr("voiceapp.page.sockets.SocketIO.emit", broken)
        if what_ends_it == "upstream":
            # After this no other session can take its place.
            server.do({"close": 3000, "reason": "invalid_request_error.invalid_api_key"})
        elif what_ends_it == "stop":
            page.emit("stop", {})
        else:
            loop.skip(12)
        assert server.wait_for(lambda _: bool(server.connections[0].closed))
    assert caplog.text.count("event=call_ended") == 1


def test_none_of_its_parts_has_a_dict_of_its_own(loop: StandingLoop) -> None:
    """Each would be one more place in memory to wait for at every event, where many calls go on."""
    worker = Worker(loop)
    before = gc.get_objects()
    known = {id(each) for each in before}
    call = worker.begin(Page())
    worker.open()
    new = (each for each in gc.get_objects() if id(each) not in known)
    parts = [each for each in new if type(each).__module__.startswith("voiceapp.")]
    assert any(part is call for part in parts)
    assert {type(part).__qualname__ for part in parts if hasattr(part, "__dict__")} == set()
    worker.act(call.leave)
    worker.close()


def test_what_began_it_is_let_go_when_it_has_begun(loop: StandingLoop) -> None:
    worker = Worker(loop)
    gc.collect()
    before = {id(each) for each in gc.get_objects()}
    call = worker.begin(Page())
    worker.open()
    assert [each for each in gc.get_objects() if isinstance(each, asyncio.Task) and id(each) not in before] == []
    worker.act(call.leave)
    worker.close()
