"""Strangers against the worker, in a worker with callers: a call goes on as if nobody had come."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import upstream_settings
from tests.hostile.attacker import Attacked, Line, answer, ask, connect, crowd, lines, request
from tests.servers import Gunicorn, gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

# Connections that hold a thread of a server whose parser and whose guard read a length differently.
TRICKS = {
    "padded length": request("/login", "POST", Content_Length="0000000000000100"),
    "huge length": request("/login", "POST", Content_Length="9999999999999"),
    "a head behind a request": request("/healthz") + request("/login", "POST", Content_Length="100"),
    "a body behind an upgrade": request("/socket.io/", Upgrade="websocket", Content_Length="100"),
}


@pytest.fixture
def attacked(server: Gunicorn) -> Iterator[Attacked]:
    with Line(server) as line:
        line.start()
        yield Attacked(server, line)


def test_bytes_of_a_request_that_just_gave_way_end_nothing(attacked: Attacked) -> None:
    """Bound: 256 unfinished requests; then a newcomer and a byte on the oldest in one moment, ten times."""
    pid = attacked.server.worker_pids()[0]
    with crowd(attacked.server, 256) as held, contextlib.ExitStack() as stack:
        for sock in held:
            sock.sendall(b"GET / HT")
        attacked.holds()
        for oldest in held[:10]:
            # So that it finds both ready when it looks again.
            os.kill(pid, signal.SIGSTOP)
            stack.enter_context(connect(attacked.server)).sendall(b"G")
            with contextlib.suppress(OSError):
                oldest.sendall(b"T")
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.02)
        attacked.holds()


@pytest.mark.parametrize("trick", TRICKS)
def test_no_spelling_of_a_length_takes_a_thread(attacked: Attacked, trick: str) -> None:
    """Bound: 110 connections: no thread, health under 0.5 s."""
    with crowd(attacked.server, 110) as held:
        for sock in held:
            sock.sendall(TRICKS[trick])
        time.sleep(0.3)
        for sock in held:
            with contextlib.suppress(OSError):
                sock.sendall(b"x")
        attacked.holds()
        assert attacked.watch.more_threads <= 2


def test_a_body_without_end_fills_neither_memory_nor_disk(attacked: Attacked) -> None:
    """Bound: 40 MB sent to /login: refused, 16 MB of memory."""
    with connect(attacked.server) as sock, contextlib.suppress(OSError):
        sock.sendall(request("/login", "POST", Content_Length="42000000"))
        for _ in range(40):
            sock.sendall(b"x" * 1_000_000)
    attacked.holds()
    assert attacked.watch.grown_mb < 16


def test_without_file_descriptors_newcomers_are_dropped_and_calls_go_on(hello: ScriptedServer, tmp_path: Path) -> None:
    """Bound: a hard limit of 256: 10 calls go on beside 400 connections, and a newcomer is served afterwards."""
    with (
        gunicorn(upstream_settings(hello), tmp_path / "gunicorn.log", files=256) as server,
        lines(server, 10) as callers,
    ):
        for line in callers:
            line.start()
        attacked = Attacked(server, callers[0])
        # Sockets without a call take what connections may not.
        with lines(server, 30), contextlib.ExitStack() as stack:
            for _ in range(400):
                with contextlib.suppress(OSError):
                    stack.enter_context(connect(server, timeout=1)).sendall(b"GET")
            for line in callers:
                assert line.echo_s() < 1
        deadline = time.monotonic() + 10
        while ask(server, request("/healthz"))[0] != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        attacked.holds()
        assert len(callers) == 10


def test_a_request_behind_another_is_answered_in_its_turn(server: Gunicorn) -> None:
    with connect(server) as sock:
        sock.sendall(request("/healthz") * 2)
        assert answer(sock)[0] == 200
