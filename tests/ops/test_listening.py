"""What is said of a place where nobody can listen."""

import socket

import pytest

from tests.servers import free_port
from voiceapp.config.settings import Settings
from voiceapp.ops import listening


def test_a_port_that_is_free_is_left_free() -> None:
    port = free_port()
    assert [listening.trouble("127.0.0.1", port), listening.trouble("127.0.0.1", port)] == ["", ""]


def test_a_port_that_is_taken_is_named_with_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert listening.trouble("127.0.0.1", port) == (
            f"port {port} is taken by another program. Set PORT to another one, such as PORT={port % 65535 + 1}."
        )
        # By a server whose place it takes, and whose socket it gets.
        monkeypatch.setenv("GUNICORN_FD", "5")
        assert listening.trouble("127.0.0.1", port) == ""


def test_an_address_of_another_machine_is_named() -> None:
    said = listening.trouble("192.0.2.1", 8000)
    assert "192.0.2.1, port 8000" in said
    assert "VOICEAPP_HOST" in said


def test_that_others_come_in_is_said_and_whether_they_need_a_code() -> None:
    def others(**env: str) -> str:
        return listening.others(Settings.from_env(env))

    assert others() == others(PORT="80", VOICEAPP_HOST="127.0.0.1") == ""
    assert others(PORT="80").endswith("others come in without an access code")
    coded = others(VOICEAPP_HOST="::", VOICEAPP_ACCESS_CODE="a code of some length")
    assert coded.endswith("with an access code or by a proxy")
