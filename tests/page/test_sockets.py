"""The handlers, through Flask-SocketIO's own test client."""

import base64
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from tests.clock import SkippingLoop, start_skipping
from tests.conftest import SCENARIOS, upstream_settings
from tests.waiting import eventually
from tests.wire_check import check_told
from voiceapp import create_app
from voiceapp.config.settings import Settings
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.page import sockets
from voiceapp.web.services import services
from voiceapp.wire import down, up

SOUND = base64.b64encode(bytes(1920)).decode()


class Client:
    """The test client, with the waiting that a call on another thread needs."""

    def __init__(self, client: SocketIOTestClient) -> None:
        self.client = client
        self.events: list[tuple[str, list[Any]]] = []

    def expect(self, event: str, where: Callable[..., bool] = lambda *_: True) -> list[Any]:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            came = [(each["name"], each["args"]) for each in self.client.get_received()]
            check_told(came)
            self.events += came
            for name, args in self.events:
                if name == event and where(*args):
                    return args
            time.sleep(0.01)
        raise AssertionError(f"no {event}; came: {[name for name, _ in self.events]}")

    def hang_up(self) -> None:
        if self.client.is_connected():
            self.client.disconnect()


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        app = create_app(Settings.from_env(upstream_settings(server)))
        yield app
        services(app).bridge.stop()


@pytest.fixture
def client(app: Any) -> Iterator[Client]:
    client = Client(app.extensions["socketio"].test_client(app))
    yield client
    client.hang_up()


def test_a_start_is_accepted_and_the_call_becomes_ready(client: Client) -> None:
    assert client.client.emit("start", {}, callback=True) == {"ok": True}
    (ready,) = client.expect("ready")
    session = {"persona", "profile", "model", "voice", "expires_at", "expires_in_s"}
    assert ready["expires_in_s"] is None or ready["expires_in_s"] == pytest.approx(
        ready["expires_at"] - time.time(), abs=5
    )
    assert set(ready) == {"conversation", "sample_rate", "chunk_ms", "version", "token", "grace_s"} | session


def test_a_turn_is_answered_in_this_clients_room(client: Client, app: Any) -> None:
    other = Client(app.extensions["socketio"].test_client(app))
    client.client.emit("start", {})
    client.expect("ready")
    for n in range(1, 30):
        client.client.emit("audio", n, SOUND)
    client.expect("audio", lambda n, item, sound: item == "a1" and sound == "")
    client.expect("transcript", lambda n, data: data.get("text") == "Hello there. How are you?")
    assert other.client.get_received() == []
    other.client.disconnect()


def test_every_event_it_sends_is_in_the_schema(client: Client) -> None:
    client.client.emit("start", {})
    client.expect("ready")
    client.client.emit("watch", {"on": True})
    for n in range(1, 30):
        client.client.emit("audio", n, SOUND)
    client.expect("usage")
    client.expect("latency")
    client.client.emit("interrupt", {})
    client.client.emit("nonsense")
    client.client.emit("stop", {})
    client.expect("ended")
    assert {name for name, _ in client.events} == {kind.event for kind in down.EVENTS} - {
        "going_away",
        "renewed",
        "tool",
        "resumed",
        "not_resumed",
        "pause",
        "hold",
    }


def test_what_passed_in_a_call_is_told_after_its_end_and_of_the_next_nothing_unasked(client: Client) -> None:
    client.client.emit("start", {})
    client.expect("ready")
    for n in range(1, 30):
        client.client.emit("audio", n, SOUND)
    # That of the answer, not of the words written down before it.
    client.expect("usage", lambda n, usage: usage["turn"]["output_tokens"] > 0)
    client.client.emit("stop", {})
    client.expect("ended")
    assert "log" not in [name for name, _ in client.events]
    client.client.emit("watch", {"on": True, "after": 1})

    def told() -> list[dict[str, Any]]:
        return [args[0] for name, args in client.events if name == "log"]

    def chunks() -> int:
        return sum(line.get("times", 1) for line in told() if line["type"] == "input_audio_buffer.append")

    # Those behind the answer come last.
    client.expect("log", lambda line: line["type"] == "response.done" and chunks() == 29)
    lines = told()
    assert [line["n"] for line in lines] == list(range(2, len(lines) + 2))
    assert [line["type"] for line in lines[:2]] == ["session.update", "session.updated"]
    assert not any("Hello there" in line["body"] for line in lines)
    client.events.clear()
    client.client.emit("start", {})
    client.expect("ready")
    client.client.emit("stop", {})
    client.expect("ended")
    assert "log" not in [name for name, _ in client.events]


@pytest.mark.parametrize("event", sorted(up.UP))
def test_every_event_of_the_page_refuses_fields_it_does_not_have(client: Client, event: str) -> None:
    client.client.emit(event, {"surprise": 1})
    (notice,) = client.expect("notice")
    assert notice["code"] == "bad_event"
    assert "'surprise'" in notice["message"]


def test_a_refused_start_says_so_in_its_answer(client: Client) -> None:
    answer = client.client.emit("start", {"voice": "nobody"}, callback=True)
    assert answer["error"]["code"] == "bad_event"


@pytest.mark.parametrize("event", ["text", "interrupt", "stop", "flushed", "heard"])
def test_without_a_call_it_says_that_there_is_none(client: Client, event: str) -> None:
    playback = {"item": "a", "heard_ms": 1}
    fields: dict[str, dict[str, Any]] = {"text": {"text": "Hi"}, "flushed": playback, "heard": playback}
    client.client.emit(event, fields.get(event, {}))
    assert client.expect("notice")[0]["code"] == "not_started"


def test_an_unknown_event_is_named(client: Client) -> None:
    client.client.emit("shout", "loud")
    assert "no event 'shout'" in client.expect("notice")[0]["message"]


@pytest.fixture
def idling(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, SkippingLoop]]:
    """An app that sweeps idle pages out, and its loop. The times are shorter than a silent upstream is borne."""
    monkeypatch.setattr(sockets, "IDLE_S", 12)
    monkeypatch.setattr(sockets, "SWEEP_S", 4)
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        app = create_app(Settings.from_env(upstream_settings(server)))
        yield app, start_skipping(services(app).bridge)
        services(app).bridge.stop()


def test_a_page_without_a_call_is_dismissed_after_a_while(idling: tuple[Any, SkippingLoop]) -> None:
    """One with a call is not; one whose call is over is, and may come again."""
    app, loop = idling
    socketio = app.extensions["socketio"]
    calling, idle = Client(socketio.test_client(app)), Client(socketio.test_client(app))
    calling.client.emit("start", {})
    calling.expect("ready")
    loop.skip(10)
    assert idle.client.is_connected()
    loop.skip(6)
    assert eventually(lambda: not idle.client.is_connected())
    assert calling.client.is_connected()
    calling.client.emit("stop", {})
    calling.expect("ended")
    loop.skip(16)
    assert eventually(lambda: not calling.client.is_connected())


def test_one_page_that_cannot_be_dismissed_keeps_no_other(
    idling: tuple[Any, SkippingLoop], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, loop = idling
    socketio = app.extensions["socketio"]
    disconnect, failed = socketio.server.disconnect, list[str]()

    def fail_first(sid: str) -> None:
        if not failed or sid in failed:
            failed.append(sid)
            raise RuntimeError("not now")
        disconnect(sid)

    monkeypatch.setattr(socketio.server, "disconnect", fail_first)
    pages = [Client(socketio.test_client(app)) for _ in range(2)]
    loop.skip(16)
    assert eventually(lambda: sum(page.client.is_connected() for page in pages) == 1)
    loop.skip(5)
    assert eventually(lambda: len(failed) > 1)


def test_where_too_many_pages_have_no_call_the_oldest_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "SPARE_SOCKETS", 2)
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        own = create_app(Settings.from_env(upstream_settings(server)))
        pages = [Client(own.extensions["socketio"].test_client(own)) for _ in range(3)]
        assert eventually(lambda: not pages[0].client.is_connected())
        assert [page.client.is_connected() for page in pages] == [False, True, True]
        services(own).bridge.stop()


# A page comes back

HOLDER, OTHER = "the-first-page-01", "the-second-page-2"


@pytest.fixture
def another(app: Any) -> Iterator[Client]:
    client = Client(app.extensions["socketio"].test_client(app))
    yield client
    client.hang_up()


def test_a_page_on_a_new_socket_goes_on_with_its_call(client: Client, another: Client) -> None:
    client.client.emit("start", {"page": HOLDER})
    token = client.expect("ready")[0]["token"]
    client.client.emit("text", {"n": 1, "text": "Hello"})
    client.expect("usage")
    got = max(args[0] for name, args in client.events if name in ("turn", "item", "transcript", "audio", "usage"))
    client.client.disconnect()
    another.client.emit("resume", {"token": token, "got": got, "page": HOLDER})
    (resumed,) = another.expect("resumed")
    assert (resumed["taken"], resumed["number"], resumed["again"], resumed["missed"]) == (1, got, False, 0)
    another.client.emit("text", {"n": 1, "text": "Hello"})
    another.client.emit("text", {"n": 2, "text": "Are you there?"})
    another.expect("item", lambda n, place: place["id"] == "typed_2")
    another.client.emit("stop", {})
    another.expect("ended")


def test_a_page_that_takes_over_is_the_only_one(client: Client, another: Client) -> None:
    client.client.emit("start", {"page": HOLDER})
    token = client.expect("ready")[0]["token"]
    another.client.emit("resume", {"token": token, "got": None, "page": OTHER})
    assert another.expect("resumed")[0]["again"] is True
    assert eventually(lambda: not client.client.is_connected())
    another.client.emit("stop", {})
    assert another.expect("ended")[0]["reason"] == "stopped"


def test_a_page_that_cannot_come_back_is_told_why(client: Client) -> None:
    client.client.emit("resume", {"token": "nonsense", "got": None})
    (refused,) = client.expect("not_resumed")
    assert (refused["code"], refused["retry"], refused["after_s"]) == ("resume_refused", False, None)


def test_what_came_before_is_done_once_and_what_is_refused_uses_its_number(client: Client) -> None:
    client.client.emit("start", {})
    client.expect("ready")
    for n, text in ((1, "Hello"), (1, "Hello"), (2, " "), (3, "Hello again")):
        client.client.emit("text", {"n": n, "text": text})
    client.expect("item", lambda n, place: place["id"] == "typed_2")
    client.client.emit("text", {"n": 9, "text": "From the future"})
    client.expect("notice", lambda notice: "expected number 4, got 9" in notice["message"])
    assert [args[0] for name, args in client.events if name == "ack"][:4] == [1, 1, 2, 3]
    assert {args[1]["id"] for name, args in client.events if name == "item" and args[1]["role"] == "user"} == {
        "typed_1",
        "typed_2",
    }


@pytest.mark.parametrize("spoken", [False, True])
def test_whoever_speaks_before_the_call_is_ready_is_not_greeted_unless_nothing_came_of_it(spoken: bool) -> None:
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        settings = upstream_settings(server)
        settings.pop("VOICEAPP_INSTRUCTIONS", None)
        app = create_app(Settings.from_env(settings))
        client = Client(app.extensions["socketio"].test_client(app))
        try:
            client.client.emit("start", {})
            if spoken:
                client.client.emit("greet", {"on": False})
            client.expect("ready")
            if spoken:
                client.client.emit("greet", {"on": True})
            client.expect("transcript", lambda n, data: data.get("text") == "You wrote to me.")
            asked = [each for each in server.connections[0].events if each["type"] == "response.create"]
            assert len(asked) == 1
            client.hang_up()
        finally:
            services(app).bridge.stop()
