"""Slow, silent, lingering and oversized HTTP: nobody else waits for it."""

import contextlib
import socket
import time

import pytest

from tests.hostile.attacker import Line, Watch, answer, ask, crowd, get, health_s, lines, request, upgrade
from tests.hostile.conftest import Serve, ServeHere
from tests.servers import Gunicorn
from tests.waiting import eventually
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.web.pages import files_version


def closed(sock: socket.socket, within: float) -> bool:
    sock.settimeout(within)
    with contextlib.suppress(TimeoutError):
        try:
            while sock.recv(65536):
                pass
        except ConnectionError:
            pass
        return True
    return False


def test_half_sent_headers_hold_nobody_up(server: Gunicorn, watch: Watch) -> None:
    """Bound: 150 connections with half a head: health under 0.5 s, no thread; each is gone within 8 s."""
    with crowd(server, 150) as held:
        for sock in held:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert watch.health_s() < 0.5
        assert watch.more_threads <= 2
        began = time.monotonic()
        while not closed(held[0], 0.1):
            # A byte now and then does not move the deadline.
            assert time.monotonic() - began < 8
            with contextlib.suppress(OSError):
                held[0].sendall(b"x")


def test_silent_connections_hold_nobody_up(server: Gunicorn, watch: Watch) -> None:
    """Bound: 400 connections that say nothing: health under 0.5 s, no thread, 16 MB."""
    with crowd(server, 400):
        assert watch.health_s() < 0.5
        assert watch.more_threads <= 2
        assert watch.grown_mb < 16


def test_a_dribbled_body_takes_no_thread(server: Gunicorn, watch: Watch) -> None:
    """Bound: 120 unfinished bodies: health under 0.5 s, no thread."""
    with crowd(server, 120) as held:
        for sock in held:
            sock.sendall(request("/login", "POST", Content_Length="100") + b"code=")
        assert watch.health_s() < 0.5
        assert watch.more_threads <= 2


@pytest.mark.parametrize("count", [1, 20])
def test_clients_that_linger_stall_nobody(server: Gunicorn, watch: Watch, count: int) -> None:
    """Bound: clients that got their answer and do not close: health under 0.5 s."""
    with crowd(server, count) as held:
        for sock in held:
            sock.sendall(request("/healthz", Connection="close"))
            assert answer(sock)[0] == 200
        assert watch.health_s() < 0.5


def test_answers_that_nobody_takes_hold_no_threads(serve_here: ServeHere) -> None:
    """Bound: 8 threads, 30 clients that ask for a large file and read nothing: health under 0.5 s."""
    server = serve_here(VOICEAPP_THREADS="8")
    with crowd(server, 30, receive_buffer=2048) as held:
        for sock in held:
            sock.sendall(request(f"/static/{files_version()}/vendor/socket.io.min.js"))
        time.sleep(0.3)
        assert health_s(server) < 0.5


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 40_000, 431),
        (request("/login", "POST", Content_Length="5000000") + b"x" * 1000, 413),
        (request("/login", "POST", Transfer_Encoding="chunked") + b"8000\r\n" + b"x" * 0x8000, 413),
        (request("/login", "POST", Content_Length="0000000000000100"), 400),
        (request("/login", "POST", Content_Length="9999999999999"), 400),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    ],
    ids=["long header", "long body", "chunked", "padded length", "huge length", "long line", "TLS on a plain port"],
)
def test_what_no_page_sends_is_refused_at_once(server: Gunicorn, data: bytes, status: int) -> None:
    """Bound: the status within a second."""
    began = time.monotonic()
    with contextlib.suppress(ConnectionResetError):
        assert ask(server, data)[0] in (status, 0)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_WebSocket_Key": ""}, 400),
        ({"Sec_WebSocket_Key": "short"}, 400),
        ({"Sec_WebSocket_Version": "8"}, 426),
        ({"Connection": "close"}, 400),
        ({"Upgrade": "h2c"}, 426),
    ],
    ids=["no key", "bad key", "old version", "no upgrade", "another protocol"],
)
def test_a_wrong_handshake_gets_a_plain_refusal(server: Gunicorn, headers: dict[str, str], status: int) -> None:
    """Bound: the status, within a second."""
    assert ask(server, upgrade(**headers), timeout=1)[0] == status


@pytest.mark.parametrize("path", ["/socket.io/?EIO=4&transport=polling", "/socket.io/?EIO=3&transport=websocket"])
def test_other_transports_and_versions_are_refused(server: Gunicorn, path: str) -> None:
    assert get(server, path)[0] in (400, 426)


def test_a_hundred_connects_and_leaves_cost_nothing_that_stays(server: Gunicorn, watch: Watch) -> None:
    """Bound: threads and files back to base within 3 s, +8 MB."""
    with lines(server, 20):
        pass
    files = watch.files()
    for _ in range(5):
        with lines(server, 20):
            pass
    deadline = time.monotonic() + 3
    while watch.files() > files + 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert watch.files() <= files + 2
    assert watch.grown_mb < 8


def test_a_full_house_says_so_at_once(serve_here: ServeHere) -> None:
    """Bound: busy in under 100 ms by JSON with Retry-After, before the upgrade and at /admission; health 0.5 s."""
    server = serve_here(VOICEAPP_THREADS="8", VOICEAPP_MAX_CALLS="3")
    with lines(server, 3) as held:
        for line in held:
            line.start()
        for data in (upgrade(), request("/admission")):
            began = time.monotonic()
            status, headers, body = ask(server, data)
            assert time.monotonic() - began < 0.1
            assert status == 503
            assert headers["retry-after"] == "15"
            assert b'"code": "busy"' in body or b'"code":"busy"' in body
        assert health_s(server) < 0.5
        held[0].emit("stop", {})
        held[0].until(lambda: held[0].named("ended"))
        assert ask(server, request("/admission"))[0] == 200


def test_open_pages_take_no_thread(server: Gunicorn, watch: Watch) -> None:
    """Bound: 60 sockets, no thread; health under 0.5 s."""
    with lines(server, 60):
        assert watch.more_threads <= 2
        assert watch.health_s() < 0.5


def test_a_page_that_is_open_when_the_house_fills_is_told_by_the_answer_to_start(serve_here: ServeHere) -> None:
    """Bound: the acknowledgement says busy."""
    server = serve_here(VOICEAPP_MAX_CALLS="1")
    with Line(server) as first, Line(server) as second:
        first.start()
        second.emit("start", {})
        second.until(lambda: "busy" in second.codes())


@pytest.mark.parametrize("resume", ["no", "yes"])
def test_a_browser_that_does_not_read_is_cut(serve: Serve, resume: str) -> None:
    """Bound: an upstream faster than time: cut at 4 MB within 10 s, +16 MB; what follows is not for nobody."""
    chatter = {
        "on": [
            {
                "when": "audio",
                "ms": 40,
                "do": [{"say": {"item": "a1", "text": "x", "ms": 120_000, "chunk_ms": 200, "pace_ms": 1}}],
            }
        ]
    }
    with ScriptedServer(chatter) as upstream:
        server = serve(upstream, VOICEAPP_RESUME=resume)
        watch = Watch(server)
        # Where its call waits for it, the answer ends, and the upstream with the call.
        said = "its page is lost" if resume == "yes" else "reason=browser_stalled"
        with Line(server, receive_buffer=4096) as line:
            line.start()
            line.emit("audio", 1, "A" * 2560)
            deadline = time.monotonic() + 10
            while said not in server.log.read_text() and time.monotonic() < deadline:
                time.sleep(0.05)
            assert said in server.log.read_text()
            if resume == "yes":
                assert upstream.wait_for(lambda all_of_it: any(each["type"] == "response.cancel" for each in all_of_it))
            else:
                assert eventually(lambda: bool(upstream.connections[0].closed))
            assert watch.health_s() < 1
            assert watch.grown_mb < 16
