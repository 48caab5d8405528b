"""Sessions are lost under a running app, in every way that a server has: the talk goes on, and nothing said is lost."""

import base64
import contextlib
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from socket import SHUT_WR, create_connection
from typing import Any

import pytest
import trustme

from tests.conftest import SCENARIOS, upstream_settings
from tests.page_client import PageClient, chunk
from tests.servers import werkzeug
from voiceapp.engine.scripted.server import ScriptedServer

Upstream = Callable[[str], ScriptedServer]
Serve = Callable[..., str]
STORY = "Once upon a time there was a fox who lived behind a hill and never slept."
ENDS = {
    "close": {"close": 1001},
    "expired": {"expire": True},
    "fin": {"drop": "fin"},
    "rst": {"drop": "rst"},
    "stall": {"stall": True},
}
# What a person takes for a pause, and not for the end.
PAUSE_S = 3.0


class Talker(threading.Thread):
    """Speaks into a page without a pause, as a microphone does, until it is told to stop; each chunk has its number."""

    def __init__(self, page: PageClient) -> None:
        super().__init__(daemon=True)
        self._page = page
        self._stopped = threading.Event()
        self.spoken = 0

    def run(self) -> None:
        due = time.monotonic()
        while not self._stopped.is_set():
            self.spoken += 1
            self._page.emit("audio", self.spoken, chunk(self.spoken))
            due += 0.04
            self._stopped.wait(max(0.0, due - time.monotonic()))

    def __enter__(self) -> "Talker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.join()


def heard(server: ScriptedServer) -> list[list[int]]:
    """By connection, which chunks it was sent."""
    found = []
    for connection in server.connections:
        sound = bytes(connection.audio)
        found.append([int.from_bytes(sound[at : at + 2], "little") for at in range(0, len(sound), 1920)])
    return [chunks for chunks in found if chunks]


def whole(server: ScriptedServer, spoken: int) -> bool:
    """Whether all that was spoken was heard by one session after the other, each without a gap."""
    sessions = heard(server)
    runs = [chunks == list(range(chunks[0], chunks[-1] + 1)) for chunks in sessions]
    joined = [later[0] <= before[-1] + 1 for before, later in pairwise(sessions)]
    return all(runs) and all(joined) and sessions[0][0] == 1 and sessions[-1][-1] == spoken


def told(server: ScriptedServer, connection: int) -> list[tuple[str, str]]:
    events = server.connections[connection - 1].events
    items = [event["item"] for event in events if event["type"] == "conversation.item.create"]
    return [(item["role"], item["content"][0]["text"]) for item in items]


def asked(server: ScriptedServer, connection: int) -> int:
    return [event["type"] for event in server.connections[connection - 1].events].count("response.create")


def sound_of(page: PageClient, item: str) -> int:
    """Milliseconds of it that the page has."""
    return sum(len(base64.b64decode(sound)) for _, each, sound in page.named("audio") if each == item) // 48


def answer_flush(page: PageClient, item: str, heard_ms: int) -> None:
    """As a page does that has played so much."""
    page.expect("flush", lambda _, flush: flush["item"] == item)
    page.emit("flushed", {"item": item, "heard_ms": heard_ms})


@pytest.fixture
def quick_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"QUIET_S": 0.4, "PONG_S": 0.3, "TALKING_QUIET_S": 0.4, "TALKING_PONG_S": 0.3}.items():
        monkeypatch.setattr(f"voiceapp.upstream.keepalive.{name}", seconds)


@pytest.mark.real_time
@pytest.mark.usefixtures("quick_pings")
@pytest.mark.parametrize("how", ENDS)
def test_an_answer_that_is_cut_is_given_again_after_a_moment(upstream: Upstream, how: str) -> None:
    server = upstream("long_answer")
    with werkzeug(upstream_settings(server)) as url, PageClient(url) as page:
        page.start()
        page.emit("text", {"text": "Tell me a story."})
        page.wait(lambda: sound_of(page, "t1") >= 1000)
        page.emit("heard", {"item": "t1", "heard_ms": 900})
        lost_at = time.monotonic()
        server.do(ENDS[how], connection=1)
        answer_flush(page, "t1", 1000)
        page.expect("renewed", lambda renewed: renewed["why"] == "lost")
        page.wait(lambda: any(item != "t1" for _, item, _ in page.named("audio")))
        assert time.monotonic() - lost_at < PAUSE_S
        page.expect("transcript", lambda _, said: said["item"] != "t1" and said.get("text") == STORY)
        assert "ended" not in [name for name, _ in page.events]
        (person, assistant) = told(server, 2)
        assert person == ("user", "Tell me a story.")
        assert assistant[0] == "assistant"
        assert assistant[1]
        assert STORY.startswith(assistant[1])
        assert assistant[1] != STORY
        assert asked(server, 2) == 1
        assert [notice for notice in page.notices if notice != "upstream_lost"] == []


@pytest.mark.real_time
def test_what_is_said_in_the_pause_arrives(upstream: Upstream, serve: Serve) -> None:
    server = upstream("slow_next")
    with PageClient(serve(server)) as page:
        page.start()
        with Talker(page) as talker:
            page.wait(lambda: talker.spoken >= 30)
            server.do({"drop": "rst"}, connection=1)
            page.expect("notice", lambda notice: notice["code"] == "upstream_lost")
            page.expect("renewed", lambda renewed: renewed["why"] == "lost")
            until = talker.spoken + 20
            page.wait(lambda: talker.spoken >= until)
        assert server.wait_for(lambda _: whole(server, talker.spoken)), heard(server)
        assert page.notices == ["upstream_lost"]


@pytest.mark.real_time
def test_a_turn_that_nobody_wrote_down_is_heard_again_from_its_beginning(upstream: Upstream) -> None:
    server = upstream("silent")
    with werkzeug(upstream_settings(server)) as url, PageClient(url) as page:
        page.start()
        with Talker(page) as talker:
            page.wait(lambda: talker.spoken >= 30)
            server.do({"speech_started": {"item": "u1"}}, connection=1)
            page.expect("turn", lambda _, turn: turn["state"] == "user")
            began = talker.spoken
            page.wait(lambda: talker.spoken >= began + 40)
            server.do({"drop": "fin"}, connection=1)
            page.expect("renewed")
            page.expect("transcript", lambda _, said: said.get("removed") and said["item"] == "u1")
        assert server.wait_for(lambda _: whole(server, talker.spoken)), heard(server)
        # Half a second before it was noticed, at least.
        assert heard(server)[1][0] <= began - 12


@pytest.mark.real_time
def test_a_server_that_asks_for_patience_is_given_it(upstream: Upstream) -> None:
    server = upstream("limited_next")
    with werkzeug(upstream_settings(server)) as url, PageClient(url) as page:
        page.start()
        lost_at = time.monotonic()
        server.do({"close": 1001}, connection=1)
        page.expect("renewed", lambda renewed: renewed["why"] == "lost")
        assert 1.0 <= time.monotonic() - lost_at < PAUSE_S
        assert len(server.connections) == 3


def test_where_no_other_can_be_had_the_call_ends_with_the_reason(upstream: Upstream) -> None:
    server = upstream("refused_next")
    with werkzeug(upstream_settings(server)) as url, PageClient(url) as page:
        page.start()
        server.do({"close": 1001}, connection=1)
        assert page.expect("ended") == [{"reason": "quota"}]
        assert len(server.connections) == 2


class SlowLine(socketserver.ThreadingTCPServer):
    """Before the server at `port`; its second connection waits for 1.5 s until anything goes through, TLS included."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0
        super().__init__(("127.0.0.1", 0), SlowPassage)


class SlowPassage(socketserver.BaseRequestHandler):
    server: SlowLine

    def handle(self) -> None:
        self.server.connections += 1
        time.sleep(1.5 * (self.server.connections == 2))
        with create_connection(("127.0.0.1", self.server.port)) as there:
            back = threading.Thread(target=_copy, args=(there, self.request), daemon=True)
            back.start()
            _copy(self.request, there)
            back.join()


def _copy(source: Any, target: Any) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(SHUT_WR)


@pytest.fixture
def slow_tls(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ScriptedServer, str]]:
    """A server behind TLS, and the address at which the way to it is slow."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with ScriptedServer(SCENARIOS / "hello.toml", ssl_context=context) as server, SlowLine(server.port) as line:
        threading.Thread(target=line.serve_forever, daemon=True).start()
        yield server, f"wss://127.0.0.1:{line.server_address[1]}/v1/realtime"
        line.shutdown()


@pytest.mark.real_time
def test_a_way_that_is_slow_under_tls_holds_nobody_up_for_long(slow_tls: tuple[ScriptedServer, str]) -> None:
    server, address = slow_tls
    settings = upstream_settings(server, VOICEAPP_UPSTREAM_URL=address)
    with werkzeug(settings) as url, PageClient(url) as page:
        page.start()
        lost_at = time.monotonic()
        server.do({"close": 1001}, connection=1)
        page.expect("renewed", lambda renewed: renewed["why"] == "lost")
        assert 1.4 <= time.monotonic() - lost_at < PAUSE_S
        assert page.notices == ["upstream_lost"]


@pytest.mark.real_time
def test_a_session_of_ten_seconds_gives_way_before_its_end_and_no_word_is_lost(
    upstream: Upstream, serve: Serve
) -> None:
    server = upstream("ten_seconds")
    with PageClient(serve(server)) as page:
        ready = page.start()
        assert 8 <= ready["expires_in_s"] <= 10
        page.emit("text", {"text": "Hello"})
        page.expect("audio", lambda _, item, sound: (item, sound) == ("t1", ""))
        page.emit("heard", {"item": "t1", "heard_ms": 600})
        with Talker(page) as talker:
            (renewed,) = page.expect("renewed", timeout=12)
            until = talker.spoken + 20
            page.wait(lambda: talker.spoken >= until)
        assert renewed["why"] == "expiring"
        assert renewed["expires_in_s"] >= 8
        assert server.wait_for(lambda _: whole(server, talker.spoken)), heard(server)
        assert told(server, 2) == [("user", "Hello"), ("assistant", "You wrote to me.")]
        assert page.notices == []
        assert page.named("ended") == []


TALK = [{"role": "user", "text": "Tell me a story."}, {"role": "assistant", "text": "Once upon a time"}]


def test_a_talk_of_before_is_told_to_the_first_session_and_the_next_and_never_shown(upstream: Upstream) -> None:
    server = upstream("long_answer")
    with werkzeug(upstream_settings(server, VOICEAPP_INSTRUCTIONS="")) as url, PageClient(url) as page:
        page.start(persona="friend", talk=TALK)
        page.emit("text", {"text": "Go on."})
        page.expect("audio", lambda _, item, sound: sound == "")
        server.do({"close": 1001}, connection=1)
        page.expect("renewed")
        said = [(part["role"], part["text"]) for part in TALK]
        assert told(server, 1) == [*said, ("user", "Go on.")]
        assert server.wait_for(lambda _: told(server, 2)[:3] == [*said, ("user", "Go on.")])
        # Nobody is greeted in mid-talk.
        assert asked(server, 1) == 1
        assert [entry["role"] for _, entry in page.named("item")] == ["user", "assistant"]
