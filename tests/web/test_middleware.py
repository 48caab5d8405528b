"""What comes to the path of the pages' sockets: it becomes a connection, or it is refused and nothing is left of it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile.attacker import answer, request, upgrade
from tests.net.served import Served
from tests.waiting import eventually
from voiceapp import create_app
from voiceapp.config.settings import Settings
from voiceapp.web.services import services

UPGRADE = upgrade()


@pytest.fixture(scope="module")
def limits() -> Iterator[tuple[Served, Any]]:
    """The app on our server, and python-engineio's sessions."""
    app = create_app(Settings.from_env({"OPENAI_API_KEY": "sk-test"}))
    server = Served(app, bridge=services(app).bridge)
    try:
        yield server, app.extensions["socketio"].server.eio.sockets
    finally:
        server.bridge.stop()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (UPGRADE, 101),
        (UPGRADE.replace(b"=websocket", b"=%77ebsocket"), 101),
        (UPGRADE.replace(b"/socket.io/", b"/socket%2Eio/"), 101),
        (UPGRADE.replace(b"/socket.io/", b"/socket.io%2F"), 101),
        (UPGRADE.replace(b"/socket.io/", b"http://localhost/socket.io/"), 101),
        (upgrade(Connection="").replace(b"=websocket", b"=%77ebsocket"), 400),
        (upgrade(Connection="keep-alive"), 400),
        (upgrade(Upgrade="h2c, websocket"), 400),
        (upgrade(Upgrade="websocket\r\nUpgrade: h2c"), 400),
        (UPGRADE.replace(b"GET", b"POST", 1), 400),
        (UPGRADE.replace(b"GET", b"OPTIONS", 1), 400),
        (UPGRADE.replace(b"/socket.io/", b"/socket.io/more"), 404),
        (UPGRADE.replace(b"/socket.io/", b"/socket.io/#"), 404),
        (UPGRADE.replace(b"/socket.io/", b"/socket.iox/"), 404),
        (UPGRADE.replace(b"/socket.io/", b"/login/socket.io/"), 404),
        (request("/socket.io/?EIO=4&transport=polling"), 426),
        (request("/socket.io/?EIO=4"), 426),
    ],
    ids=lambda each: str(each)[2:60],
)
def test_it_is_a_connection_or_nothing_is_left_of_it(limits: tuple[Served, Any], data: bytes, status: int) -> None:
    server, sessions = limits
    with server.connect() as sock:
        sock.sendall(data)
        assert answer(sock)[0] == status
        assert len(sessions) == (status == 101)
    assert eventually(lambda: not sessions)


def test_a_server_that_gives_no_socket_leaves_no_session_either() -> None:
    app = create_app(Settings.from_env({"OPENAI_API_KEY": "sk-test"}))
    eio = app.extensions["socketio"].server.eio
    named = dict(line.split(": ") for line in UPGRADE.decode().split("\r\n")[2:] if line)
    with pytest.raises(RuntimeError, match="socket"):
        app.test_client().get("/socket.io/?EIO=4&transport=websocket", headers=named)
    assert all(each.closed for each in eio.sockets.values())
    services(app).bridge.stop()
