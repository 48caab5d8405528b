"""One connection: what the handshake asked for, and clients that never read or never answer."""

import socket

import pytest
import websocket

from voiceapp.engine.serving import connection
from voiceapp.engine.serving.connection import Upgrade, frame_head

from ..client import Client, eventually
from ..voice_server_thread import VoiceServerThread


def test_who_never_reads_gives_the_line_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STALLED_SECONDS", 0.2)
    # Little room for answers, so that they are soon in nobody's way but the server's.
    narrow = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)
    pings = websocket.ABNF.create_frame("x" * 125, websocket.ABNF.OPCODE_PING).format() * 100
    with VoiceServerThread(max_calls=1) as server, Client(server.url, sockopt=narrow) as client:
        client.receive()
        with pytest.raises(OSError):
            while True:
                client.socket.sock.sendall(pings)
        assert eventually(lambda: server.calls == 0)


def test_who_never_answers_a_close_gives_the_line_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CLOSING_SECONDS", 0.1)
    with VoiceServerThread(max_calls=1) as server, Client(server.url.partition("?")[0]) as silent:
        assert eventually(lambda: server.calls == 1)
        assert eventually(lambda: server.calls == 0)
        assert silent.closed()[0] == 4000


@pytest.mark.parametrize(
    ("headers", "subprotocols", "key"),
    [
        ({"authorization": "Bearer sk-1"}, (), "sk-1"),
        ({"authorization": "Basic sk-1"}, (), None),
        ({"authorization": "Bearer "}, ("realtime", "openai-insecure-api-key.sk-2"), "sk-2"),
        ({}, ("realtime",), None),
    ],
)
def test_the_key_is_in_a_header_or_a_subprotocol(
    headers: dict[str, str], subprotocols: tuple[str, ...], key: str | None
) -> None:
    assert Upgrade("/v1/realtime", headers, subprotocols).key == key


def test_the_target_has_a_path_and_a_query() -> None:
    upgrade = Upgrade("/v1/realtime?model=a%20b&x=1", {})
    assert (upgrade.path, upgrade.query("model"), upgrade.query("y")) == ("/v1/realtime", "a b", None)


def test_the_head_of_a_frame_promises_its_length() -> None:
    assert frame_head(1, 70000) == bytes([0x81, 127]) + (70000).to_bytes(8, "big")
