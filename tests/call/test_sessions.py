"""A call's sessions over the whole server: a voice, a persona or a model changes, and another one takes over."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient, of_answer
from tests.servers import werkzeug
from voiceapp.engine.scripted.server import ScriptedServer

SOUND = base64.b64encode(bytes(1920)).decode()
Upstream = Callable[..., ScriptedServer]
Serve = Callable[..., str]


def appended(events: list[Any]) -> int:
    return sum(event["type"] == "input_audio_buffer.append" for event in events)


def hear(page: PageClient, item: str) -> None:
    """Wait for the whole of an answer, and say that it was heard."""
    page.expect("audio", lambda n, which, sound: which == item and sound == "")
    page.expect("usage", of_answer)
    page.emit("heard", {"item": item, "heard_ms": 1200})
    page.expect("turn", lambda n, data: data["state"] == "listening" and n > 1)


def test_the_new_session_has_the_new_voice_and_knows_the_talk(upstream: Upstream, serve: Serve) -> None:
    server = upstream()
    with PageClient(serve(server)) as page:
        page.start()
        page.talk(20)
        hear(page, "a1")
        assert page.call("configure", {"voice": "cedar"}) == {"ok": True}
        (renewed,) = page.expect("renewed")
        assert (renewed["voice"], renewed["persona"], renewed["profile"]) == ("cedar", "own", "openai")
        page.talk(20, 21)
        page.expect("usage", lambda n, data: data["turn"] != data["total"])
        old, new = server.connections
        assert server.wait_for(lambda _: [appended(each.events) for each in (old, new)] == [20, 20])
        assert not page.named("ended")
    told = [event["item"] for event in new.events if event["type"] == "conversation.item.create"]
    assert [(item["role"], item["content"][0]["text"]) for item in told] == [
        ("user", "Hi."),
        ("assistant", "Hello there. How are you?"),
    ]
    (update,) = (event for event in new.events if event["type"] == "session.update")
    assert update["session"]["audio"]["output"]["voice"] == "cedar"


def answered(page: PageClient) -> None:
    """An answer has come, and nobody says yet that it was heard: the call is not quiet."""
    page.start()
    page.talk(20)
    page.expect("audio", lambda n, item, sound: item == "a1" and sound == "")
    page.expect("usage", of_answer)


def renewing(page: PageClient, server: ScriptedServer) -> None:
    """Another session is made, and waits."""
    page.emit("configure", {"voice": "cedar"})
    assert server.wait_for(lambda _: len(server.connections) == 2 and len(server.connections[1].events) > 0)


def updates(server: ScriptedServer) -> list[Any]:
    """Of the second session."""
    return [event for event in server.connections[1].events if event["type"] == "session.update"]


def test_what_changed_before_and_while_it_waits_holds_in_it_too(upstream: Upstream, serve: Serve) -> None:
    server = upstream()
    with PageClient(serve(server)) as page:
        answered(page)
        assert page.call("configure", {"language": "ja"}) == {"ok": True}
        renewing(page, server)
        assert page.call("configure", {"turn": {"mode": "push_to_talk"}}) == {"ok": True}
        assert not page.named("renewed")
        page.emit("heard", {"item": "a1", "heard_ms": 1200})
        page.expect("renewed")
        assert server.wait_for(lambda _: len(updates(server)) == 2)
    made, changed = updates(server)
    assert made["session"]["audio"]["input"]["transcription"]["language"] == "ja"
    assert changed["session"]["audio"]["input"]["turn_detection"] is None


def test_what_the_server_refused_is_not_asked_of_the_next_session(upstream: Upstream, serve: Serve) -> None:
    server = upstream("change_refused")
    with PageClient(serve(server)) as page:
        page.start(turn={"mode": "server_vad", "silence_ms": 700}, language="en")
        assert page.call("configure", {"turn": {"mode": "semantic_vad"}, "language": "ja"}) == {"ok": True}
        page.expect("notice", lambda notice: notice["code"] == "change_refused")
        page.emit("configure", {"voice": "cedar"})
        page.expect("renewed")
    (made,) = updates(server)
    heard = made["session"]["audio"]["input"]
    assert (heard["turn_detection"]["silence_duration_ms"], heard["transcription"]["language"]) == (700, "en")


def test_hanging_up_while_it_waits_leaves_no_session_open(upstream: Upstream, serve: Serve) -> None:
    server = upstream()
    with PageClient(serve(server)) as page:
        answered(page)
        renewing(page, server)
        page.emit("stop", {})
        page.expect("ended")
        assert server.wait_for(lambda _: all(connection.closed for connection in server.connections))


def test_a_newer_wish_takes_the_place_of_one_that_waits(upstream: Upstream, serve: Serve) -> None:
    server = upstream()
    with PageClient(serve(server)) as page:
        answered(page)
        renewing(page, server)
        page.emit("configure", {"voice": "ash"})
        assert server.wait_for(lambda _: len(server.connections) == 3 and server.connections[1].closed)
        page.emit("heard", {"item": "a1", "heard_ms": 1200})
        assert page.expect("renewed")[0]["voice"] == "ash"
        assert [args[0]["voice"] for args in page.named("renewed")] == ["ash"]


@pytest.mark.real_time
def test_it_is_given_up_where_the_call_never_gets_quiet(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceapp.call.renewal.PATIENCE_S", 0.3)
    server = upstream()
    with werkzeug(upstream_settings(server)) as url, PageClient(url) as page:
        answered(page)
        renewing(page, server)
        page.expect("notice", lambda notice: notice["code"] == "renewal_failed")
        assert server.wait_for(lambda _: server.connections[1].closed)
        page.emit("text", {"text": "Are you there?"})
        page.emit("flushed", {"item": "a1", "heard_ms": 900})
        page.expect("transcript", lambda _, data: data.get("final") and data.get("text") == "You wrote to me.")


def test_one_that_is_refused_leaves_the_call_as_it_was(upstream: Upstream, serve: Serve) -> None:
    server = upstream("renewal_refused")
    with PageClient(serve(server, VOICEAPP_VOICE="marin, cedar")) as page:
        page.start()
        page.emit("configure", {"voice": "cedar"})
        (notice,) = page.expect("notice")
        assert (notice["code"], notice["fatal"]) == ("renewal_failed", False)
        page.emit("text", {"text": "Are you there?"})
        page.expect("transcript", lambda _, data: data.get("final") and data.get("text") == "You wrote to me.")


def test_a_page_that_changes_its_mind_all_the_time_opens_few_sessions(upstream: Upstream, serve: Serve) -> None:
    server = upstream()
    with PageClient(serve(server)) as page:
        page.start()
        for n in range(60):
            page.emit("configure", {"voice": ("cedar", "marin")[n % 2]})
        (notice,) = page.expect("notice", lambda notice: notice["code"] == "too_often")
        assert not notice["fatal"]
        page.emit("text", {"text": "Are you there?"})
        page.expect("transcript", lambda _, data: data.get("final") and data.get("text") == "You wrote to me.")
        assert len(server.connections) <= 21


def test_a_page_that_starts_call_after_call_is_told_to_wait(upstream: Upstream, serve: Serve) -> None:
    server = upstream()
    with PageClient(serve(server)) as page:
        for n in range(21):
            page.call("start", {})
            page.emit("stop", {})
            page.wait(lambda n=n: len(page.named("ended")) == n + 1)
        assert page.named("ended")[-1] == [{"reason": "too_often"}]
        assert len(server.connections) <= 20


def test_what_is_not_offered_is_refused_by_name_and_the_call_goes_on(upstream: Upstream, serve: Serve) -> None:
    with PageClient(serve(upstream())) as page:
        page.start()
        page.emit("configure", {"voice": "nobody"})
        (notice,) = page.expect("notice")
        assert notice["code"] == "bad_event"
        assert "voice must be one of" in notice["message"]
        page.talk(20)
        hear(page, "a1")


def test_the_assistant_speaks_first_where_its_persona_does(upstream: Upstream, serve: Serve) -> None:
    server = upstream()
    with PageClient(serve(server, VOICEAPP_INSTRUCTIONS="")) as page:
        page.start(persona="friend")
        page.expect("audio", lambda n, item, sound: sound == "")
    (create,) = (event for event in server.received if event["type"] == "response.create")
    assert "やっほー" in create["response"]["instructions"]
    (update,) = (event for event in server.received if event["type"] == "session.update")
    assert update["session"]["audio"]["output"]["voice"] == "shimmer"
    assert update["session"]["audio"]["input"]["transcription"] == {"model": "gpt-realtime-whisper", "language": "ja"}
