"""Whatever strangers do to the HTTP server, in any order: the next is served, and nothing is left of them."""

import contextlib
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.attacker import answer
from tests.net.served import GET, UPGRADE, Served
from tests.net.served import app as plain_app
from tests.waiting import eventually
from tests.worlds import worlds
from voiceapp.net import http_connection, http_server
from voiceapp.net.wsgi_call import DETACH

CLIENTS = 6
# Short, so that everything that is timed ends in the middle of something, too; and so narrow that all push one another
# out.
BOUNDS: list[tuple[Any, dict[str, float]]] = [
    (http_connection, {"REQUEST_S": 0.05, "ANSWER_S": 0.05, "LINGER_S": 0.05}),
    (http_server, {"MAX_UNFINISHED": 3, "MAX_CONNECTIONS": 5, "MAX_RUNNING": 2}),
]
POST = b"POST /there HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\ncode="
CHUNKED = b"POST /there HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncode=\r\n0\r\n\r\n"
WHOLE = [
    GET,
    GET.replace(b"there", b"slow"),
    GET.replace(b"there", b"large"),
    GET.replace(b"there", b"fails"),
    GET.replace(b"GET", b"HEAD", 1),
    GET[:-2] + b"Expect: 100-continue\r\n\r\n",
    POST,
    CHUNKED,
    UPGRADE,
    UPGRADE.replace(b"EIO", b"refused"),
    UPGRADE.replace(b"EIO", b"fails"),
]
NOISE = [b"\r\n\r\n", b"\0\xff" * 9, b"x" * 17_000, b"\x16\x03\x01\x02\x00\x01\x00", b"5\r\nco"]
PIECES = st.one_of(
    st.sampled_from(WHOLE),
    st.sampled_from(NOISE),
    st.builds(lambda whole, at: whole[:at], st.sampled_from(WHOLE), st.integers(1, 60)),
    st.builds(lambda whole, at: whole[at:], st.sampled_from(WHOLE), st.integers(1, 60)),
    st.lists(st.sampled_from(WHOLE), min_size=2, max_size=4).map(b"".join),
)
STEPS = st.one_of(
    st.tuples(st.just("send"), st.integers(0, CLIENTS - 1), PIECES),
    st.tuples(
        st.sampled_from(["connect", "close", "reset", "shut", "read"]), st.integers(0, CLIENTS - 1), st.just(b"")
    ),
    # The loop looks away for a moment, and then finds all at once.
    st.tuples(st.sampled_from(["stall", "wait"]), st.just(0), st.just(b"")),
)


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    path, query = environ["PATH_INFO"], environ["QUERY_STRING"]
    if DETACH in environ and query.startswith("fails"):
        raise ValueError("on purpose")
    if path == "/slow":
        time.sleep(0.02)
    if path == "/large" or query.startswith("refused"):
        start_response("400 Bad Request" if DETACH in environ else "200 OK", [])
        return [b"x" * (2 << 20 if path == "/large" else 10)]
    return plain_app(environ, start_response)


@cache
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and a client's."""
    authority = trustme.CA()
    ours, theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("localhost").configure_cert(ours)
    authority.configure_trust(theirs)
    return ours, theirs


class Complaints(logging.Handler):
    """What the loop's callbacks and tasks died of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(logging.Formatter().format(record))


class Client:
    """One of a few that do anything at any time."""

    def __init__(self, server: Served, tls: bool) -> None:
        self._server = server
        self._tls = tls
        self.sock: socket.socket | None = None

    def do(self, action: str, data: bytes) -> None:
        with contextlib.suppress(OSError):
            if self.sock is None:
                self._connect()
            if self.sock is not None:
                self._act(self.sock, action, data)

    def _connect(self) -> None:
        sock = self.sock = self._server.connect()
        sock.settimeout(0.1)
        if self._tls:
            self.sock = contexts()[1].wrap_socket(sock, server_hostname="localhost", do_handshake_on_connect=False)

    def _act(self, sock: socket.socket, action: str, data: bytes) -> None:
        if isinstance(sock, ssl.SSLSocket) and action in ("send", "read") and sock.version() is None:
            sock.do_handshake()
        if action == "send":
            sock.sendall(data)
        elif action == "shut":
            # Of the line beneath, where there is TLS.
            socket.socket.shutdown(sock, socket.SHUT_WR)
        elif action == "read":
            sock.settimeout(0.001)
            sock.recv(4096)
        elif action == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        if action in ("close", "reset"):
            self.close()

    def close(self) -> None:
        if self.sock is not None:
            self.sock.close()
        self.sock = None


def files() -> set[tuple[str, str]]:
    """What this process has open, each by its number and what it is; of two sockets none is the other."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        # What another test opened may be closed meanwhile.
        with contextlib.suppress(FileNotFoundError):
            found.add((each.name, str(each.readlink())))
    return found


def is_served(server: Served, tls: bool) -> bool:
    """Whether somebody honest gets an answer; not at the first try where time is so short."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), server.connect() as sock:
            line = contexts()[1].wrap_socket(sock, server_hostname="localhost") if tls else sock
            with line:
                line.sendall(GET)
                if answer(line)[0] == 200:
                    return True
        time.sleep(0.02)
    return False


@contextlib.contextmanager
def narrow(tls: bool) -> Iterator[Served]:
    complaints, logger = Complaints(), logging.getLogger("voiceapp.net.bridge")
    logger.addHandler(complaints)
    with pytest.MonkeyPatch.context() as patch:
        for module, values in BOUNDS:
            for name, value in values.items():
                patch.setattr(module, name, value)
        server = Served(app, keepalive_s=0.05, tls=contexts()[0] if tls else None)
        try:
            yield server
        finally:
            server.bridge.stop()
            logger.removeHandler(complaints)
    assert not server.bridge.running
    assert not complaints.said
    assert not server.complaints


def play(server: Served, steps: list[tuple[str, int, bytes]], clients: list[Client]) -> None:
    for action, who, data in steps:
        if action == "stall":
            server.bridge.loop.call_soon_threadsafe(time.sleep, 0.01)
        elif action == "wait":
            time.sleep(0.01)
        else:
            clients[who].do(action, data)


# Where the other end has gone already, `ssl` leaves the socket to the collector of garbage, which closes it.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
@given(st.lists(STEPS, max_size=40), st.booleans(), st.booleans())
@worlds(20)
def test_whatever_strangers_do_the_next_is_served_and_nothing_is_left(
    steps: list[tuple[str, int, bytes]], tls: bool, in_the_midst: bool
) -> None:
    """Also where the server is stopped in the midst of it."""
    contexts()
    before = files()
    with narrow(tls) as server, contextlib.ExitStack() as stack:
        clients = [Client(server, tls) for _ in range(CLIENTS)]
        for client in clients:
            stack.callback(client.close)
        play(server, steps, clients)
        if not in_the_midst:
            assert is_served(server, tls)
            stack.close()
            assert eventually(lambda: server.server.connections == 0)
            assert not server.server._resting
            assert not server.server._unfinished
            assert eventually(lambda: server.server._running == 0)
    assert eventually(lambda: not files() - before)
