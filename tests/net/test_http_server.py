"""HTTP on the loop: whole requests, bounds, deadlines, and whoever may come in any order."""

import asyncio
import contextlib
import gc
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import trustme

from tests.hostile.attacker import answer
from tests.net.served import GET, UPGRADE, Served, app, served
from tests.waiting import eventually
from voiceapp.net import http_connection, http_server
from voiceapp.net.http_connection import Answer, HttpConnection, Request


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as each:
        yield each
        assert not each.complaints


def begun(server: Served) -> int:
    """How many requests have begun to come."""
    waiting = list(server.server._unfinished)
    return sum(each._bytes_left < http_connection.MAX_REQUEST_BYTES for each in waiting)


# What HTTP asks for


def test_a_request_is_answered_with_a_length_and_a_date(server: Served) -> None:
    status, headers, body = server.ask(GET)
    assert (status, body) == (200, b"GET /there ")
    assert headers["content-length"] == "11"
    assert headers["date"].endswith("GMT")


def test_one_connection_carries_many_requests(server: Served) -> None:
    with server.connect() as sock:
        for _ in range(3):
            sock.sendall(GET)
            assert answer(sock)[0] == 200


def test_requests_sent_ahead_are_answered_in_order(server: Served) -> None:
    with server.connect() as sock:
        sock.sendall(GET.replace(b"there", b"first") + GET.replace(b"there", b"second"))
        data = b""
        while data.count(b"GET /") < 2:
            data += sock.recv(4096)
    assert data.index(b"GET /first") < data.index(b"GET /second")


def test_http_1_0_is_answered_and_closed(server: Served) -> None:
    with server.connect() as sock:
        sock.sendall(b"GET /there HTTP/1.0\r\n\r\n")
        assert answer(sock)[2] == b"GET /there "
        assert sock.recv(1) == b""


def test_head_has_a_length_and_no_body(server: Served) -> None:
    with server.connect() as sock:
        sock.sendall(GET.replace(b"GET", b"HEAD", 1) + GET)
        data = b""
        while b"GET /there" not in data:
            data += sock.recv(4096)
    first = data.partition(b"\r\n\r\n")
    assert b"Content-Length: 12" in first[0]
    assert first[2].startswith(b"HTTP/1.1 200")


def test_a_chunked_body_is_put_together(server: Served) -> None:
    head = b"POST /there HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert server.ask(head + b"3\r\ncod\r\n2\r\ne=\r\n0\r\n\r\n")[2] == b"POST /there code="


def test_a_client_that_waits_for_100_is_told_to_go_on(server: Served) -> None:
    with server.connect() as sock:
        sock.sendall(b"POST /there HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
        assert sock.recv(4096).startswith(b"HTTP/1.1 100")
        sock.sendall(b"code=")
        assert answer(sock)[2] == b"POST /there code="


def test_an_absolute_target_and_percent_signs_are_read(server: Served) -> None:
    assert server.ask(b"GET http://x/a%20b?c=%20 HTTP/1.1\r\nHost: x\r\n\r\n")[2] == b"GET /a b "
    assert server.ask(b"GET //evil.example/a HTTP/1.1\r\nHost: x\r\n\r\n")[2] == b"GET //evil.example/a "


def test_a_header_with_an_underscore_does_not_pass_for_another() -> None:
    seen: list[dict[str, Any]] = []

    def note(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ)
        start_response("204 No Content", [])
        return []

    with served(note) as server:
        assert server.ask(GET[:-2] + b"X_Forwarded_For: 1.2.3.4\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n")[0] == 204
    assert "HTTP_X_FORWARDED_FOR" not in seen[0]
    assert seen[0]["HTTP_COOKIE"] == "a=1; b=2"
    assert seen[0]["REMOTE_ADDR"] == "127.0.0.1"


def test_an_application_that_fails_is_logged_and_answers_500(server: Served, caplog: pytest.LogCaptureFixture) -> None:
    assert server.ask(GET.replace(b"/there", b"/fails"))[0] == 500
    assert "on purpose" in caplog.text


def test_whoever_keeps_what_an_upgrade_was_asked_with_keeps_no_connection_of_http() -> None:
    """As python-engineio does for as long as a call lasts."""
    kept: list[dict[str, Any]] = []

    def keeping(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        kept.append(environ)
        return app(environ, start_response)

    before = connections()
    with served(keeping) as server:
        assert server.ask(UPGRADE)[0] == 101
        assert eventually(lambda: connections() <= before, within=5)
    assert len(kept) == 1


def connections() -> int:
    gc.collect()
    return sum(type(each) is HttpConnection for each in gc.get_objects())


def test_tls_carries_requests_and_upgrades() -> None:
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    with served(tls=context) as server:
        for data, status in ((GET, 200), (UPGRADE, 101)):
            with client.wrap_socket(server.connect(), server_hostname="localhost") as sock:
                sock.sendall(data)
                got, headers, _ = answer(sock)
                assert got == status
                assert headers.get("x-scheme", "https") == "https"
        with server.connect() as plain, contextlib.suppress(ConnectionResetError):
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert plain.recv(100)[:1] != b"H"
        assert not server.complaints


# What nobody may


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0000000000000100\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16385\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5000\r\n" + b"x" * 0x5000, 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxx0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (UPGRADE + b"\x81\x80", 400),
    ],
)
def test_what_is_out_of_bounds_is_refused_and_closed(server: Served, data: bytes, status: int) -> None:
    with server.connect() as sock:
        sock.sendall(data)
        assert answer(sock)[0] == status
        assert sock.recv(1) == b""


def test_an_unfinished_request_reaches_no_thread_and_has_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Head and body together: a byte now and then does not move it."""
    monkeypatch.setattr(http_connection, "REQUEST_S", 0.4)
    called: list[str] = []

    def note(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        called.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return []

    with served(note) as server, server.connect() as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        ended = threading.Event()

        def dribble() -> None:
            with contextlib.suppress(OSError):
                while not ended.wait(0.05):
                    sock.sendall(b"x")

        thread = threading.Thread(target=dribble)
        thread.start()
        assert answer(sock)[0] == 408
        ended.set()
        thread.join()
        assert not called


def test_a_body_in_endless_wrapping_is_refused(server: Served) -> None:
    """Each chunk may say much that is no body."""
    with server.connect() as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(40):
                sock.sendall(b"1;" + b"x" * 10_000 + b"\r\nx\r\n")
            sock.sendall(b"0\r\n\r\n")
        assert answer(sock)[0] == 413


def test_who_sends_without_a_pause_takes_turns_with_the_others() -> None:
    """Each request fills one read, so that the next is there whenever it is looked for."""
    filled = GET[:-2] + b"X: " + b"x" * (16 * 1024 - len(GET) - 5) + b"\r\n\r\n"
    assert len(filled) == 16 * 1024
    turns, seen = 0, []

    async def respond(connection: HttpConnection, request: Request) -> Answer:
        seen.append(turns)
        return Answer(204, b"No Content", [], b"")

    async def serve() -> None:
        nonlocal turns
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            theirs.sendall(filled * 4)
            theirs.shutdown(socket.SHUT_WR)
            ours.setblocking(False)
            serving = asyncio.create_task(HttpConnection(ours, "", respond, lambda *_: None, keepalive_s=5).serve())
            while not serving.done():
                await asyncio.sleep(0)
                turns += 1

    asyncio.run(serve())
    assert len(seen) == len(set(seen)) == 4


def test_an_answer_that_nobody_takes_gives_way_to_a_newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS", 3)

    def large(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"x" * (4 << 20 if environ["PATH_INFO"] == "/there" else 5)]

    with served(large) as server, contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(server.connect()).sendall(GET)
        assert eventually(lambda: server.server.connections == 3 and not server.server._resting)
        assert eventually(lambda: not server.server._running)
        assert server.ask(GET.replace(b"there", b"other"))[::2] == (200, b"xxxxx")


def test_the_oldest_unfinished_request_gives_way_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where bytes of the oldest come in the very moment in which it is dropped."""
    monkeypatch.setattr(http_server, "MAX_UNFINISHED", 8)
    with served() as server, contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(8)]
        # Each after the other, so that it is known which is the oldest.
        for count, sock in enumerate(held, 1):
            sock.sendall(b"GET / HT")
            assert eventually(lambda count=count: begun(server) == count)  # type: ignore[misc]
        for sock in held[:4]:
            newcomer = stack.enter_context(server.connect())
            sock.sendall(b"T")
            newcomer.sendall(b"GET / HT")
        for sock in held[:4]:
            with contextlib.suppress(ConnectionResetError):
                assert sock.recv(1) == b""
        for sock in held[4:]:
            sock.sendall(b"TP/1.1\r\nHost: x\r\n\r\n")
            assert answer(sock)[0] == 200
        assert not server.complaints


def test_a_full_server_drops_who_rests_and_then_turns_newcomers_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS", 3)
    gate = threading.Event()

    def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        gate.wait(5)
        return app(environ, start_response)

    with served(slow, threads=3) as server, contextlib.ExitStack() as stack:
        resting = stack.enter_context(server.connect())
        busy = [stack.enter_context(server.connect()) for _ in range(3)]
        assert resting.recv(1) == b""
        for sock in busy:
            sock.sendall(GET)
        assert eventually(lambda: server.server._running == 3)
        assert server.ask(b"")[0] == 503
        gate.set()
        assert [answer(sock)[0] for sock in busy] == [200] * 3


def test_without_file_descriptors_a_newcomer_is_closed_and_later_ones_are_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_server, "PAUSE_S", 0.05)
    with served() as server:
        kept, spare = [], os.open(os.devnull, os.O_RDONLY)
        assert server.ask(GET)[0] == 200
        client = socket.socket()
        client.settimeout(5)
        with pytest.raises(OSError, match="Too many open files"):
            while True:
                kept.append(os.dup(spare))
        try:
            client.connect(("127.0.0.1", server.port))
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1) == b""
        finally:
            for each in [*kept, spare]:
                os.close(each)
            client.close()
        assert eventually(lambda: server.ask(GET)[0] == 200)
        assert not server.complaints


def test_the_end_refuses_newcomers_drops_who_waits_and_finishes_what_runs() -> None:
    gate, inside = threading.Event(), threading.Event()

    def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        inside.set()
        gate.wait(5)
        return app(environ, start_response)

    server = Served(slow)
    with server.connect() as running, server.connect() as half, server.connect() as resting:
        running.sendall(GET)
        half.sendall(b"GET")
        assert inside.wait(5)
        threading.Timer(0.2, gate.set).start()
        server.bridge.stop()
        assert answer(running)[0] == 200
        assert half.recv(1) == resting.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            server.connect()
    assert not server.complaints
