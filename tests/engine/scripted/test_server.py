"""The scripted server over real sockets: its scenarios, its faults, and what it keeps."""

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
import websocket

from voiceapp.engine.scripted.scenario import load
from voiceapp.engine.scripted.server import ScriptedServer

from ..client import Client
from ..session_driver import ANSWER

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SECOND = bytes(48000)

TURN = [
    "input_audio_buffer.speech_started",
    "conversation.item.input_audio_transcription.delta",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
    "conversation.item.input_audio_transcription.completed",
    "response.created",
    *ANSWER,
]


@contextmanager
def playing(name: str | dict[str, Any], **options: Any) -> Iterator[tuple[ScriptedServer, Client]]:
    source = SCENARIOS / f"{name}.toml" if isinstance(name, str) else name
    with ScriptedServer(source) as server, Client(server.url + "?model=m", **options) as client:
        yield server, client


def distinct(kinds: list[str]) -> list[str]:
    """The order in which each kind was first seen, from the first after session.created."""
    return [
        kind for place, kind in enumerate(kinds) if kind not in kinds[:place] or kind.startswith("conversation.item.")
    ]


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_scenario_is_valid_and_titled(path: Path) -> None:
    assert load(path).title


def test_without_a_scenario_a_well_behaved_server_answers() -> None:
    with ScriptedServer() as server, Client(server.url + "?model=m") as client:
        created = client.receive()
        client.send("session.update", session={"type": "realtime", "audio": {"output": {"voice": "cedar"}}})
        updated = client.until("session.updated")["session"]
        client.send("conversation.item.create", item={"id": "i", "type": "message", "role": "user", "content": []})
        client.send("response.create")
        done = client.until("response.done")["response"]
    assert created["session"]["model"] == "m"
    assert created["event_id"] == "event_1"
    assert updated["audio"]["output"] == {
        "format": {"type": "audio/pcm", "rate": 24000},
        "voice": "cedar",
        "speed": 1.0,
    }
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "All right."}]


def test_hello_comes_in_the_recorded_order_with_its_audio() -> None:
    with playing("hello") as (server, client):
        client.append(SECOND)
        client.until("rate_limits.updated")
        assert len(client.sound_of("a1")) == 1200 * 48
        assert server.connections[0].audio_by_item == {"u1": SECOND[: 500 * 48 + 960]}
    order = distinct(client.kinds[1:])
    assert [kind for place, kind in enumerate(order) if place == 0 or order[place - 1] != kind] == TURN


def test_a_barge_in_cancels_the_answer() -> None:
    with playing("barge_in") as (_, client):
        client.append(SECOND * 3)
        client.until("input_audio_buffer.speech_started")
        client.until("input_audio_buffer.speech_started")
        cancelled = client.until("response.done")["response"]
        assert client.kinds[-6:-1] == [
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "conversation.item.done",
            "response.output_item.done",
        ]
        committed = client.until("input_audio_buffer.committed")
        assert client.until("response.done")["response"]["status"] == "completed"
    assert cancelled["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert cancelled["output"][0]["status"] == "incomplete"
    assert committed["previous_item_id"] == "a1"


def test_a_late_transcript_comes_after_the_answer() -> None:
    with playing("late_transcript") as (_, client):
        client.append(SECOND)
        client.until("conversation.item.input_audio_transcription.completed")
        assert "response.done" in client.kinds
        client.append(SECOND)
        failed = client.until("conversation.item.input_audio_transcription.failed")
    assert failed["error"]["code"] == "DeploymentNotFound"


def test_a_function_call_waits_for_its_output() -> None:
    with playing("tool_call") as (_, client):
        client.append(SECOND)
        call = client.until("response.function_call_arguments.done")
        client.until("response.done")
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}
        client.send("conversation.item.create", item=output)
        client.send("response.create")
        assert client.until("response.done")["response"]["output"][0]["content"][0]["transcript"] == "It is sunny."
    assert (call["name"], json.loads(call["arguments"])) == ("weather", {"city": "Kyoto"})


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("beta_refused", 4000, "invalid_request_error.beta_api_shape_disabled"),
        ("wrong_key_by_close", 3000, "invalid_request_error.invalid_api_key"),
        ("missing_model", 4000, "invalid_request_error.missing_model"),
        ("quota", 1000, ""),
    ],
)
def test_refusals_after_the_upgrade(name: str, code: int, reason: str) -> None:
    with playing(name) as (_, client):
        assert client.closed() == (code, reason)


@pytest.mark.parametrize(("name", "status"), [("wrong_key", 401), ("no_access", 403), ("not_found", 404)])
def test_refusals_in_place_of_the_upgrade(name: str, status: int) -> None:
    refusing = pytest.raises(websocket.WebSocketBadStatusException)
    with ScriptedServer(SCENARIOS / f"{name}.toml") as server, refusing as refused:
        Client(server.url + "?model=m")
    assert refused.value.status_code == status


def test_the_third_try_is_welcome_after_too_many() -> None:
    with ScriptedServer(SCENARIOS / "too_many.toml") as server:
        for _ in range(2):
            with pytest.raises(websocket.WebSocketBadStatusException) as refused:
                Client(server.url + "?model=m")
            assert refused.value.status_code == 429
            assert refused.value.resp_headers is not None
            assert refused.value.resp_headers["retry-after"] == "1"
        with Client(server.url + "?model=m") as client:
            assert client.receive()["type"] == "session.created"


def test_a_handshake_that_is_never_answered() -> None:
    waiting = pytest.raises(websocket.WebSocketTimeoutException)
    with ScriptedServer(SCENARIOS / "no_handshake.toml") as server, waiting:
        Client(server.url + "?model=m", timeout=0.3)


def test_an_expired_session_says_so_and_closes() -> None:
    with playing("expired") as (_, client):
        client.append(SECOND)
        code, reason = client.closed()
    assert code == 1001
    assert client.seen[-1]["error"]["code"] == "session_expired"
    assert client.seen[-1]["error"]["message"] == reason


def test_an_error_names_the_event_it_answers() -> None:
    with playing("update_refused") as (_, client):
        client.send("session.update", event_id="mine", session={})
        assert client.until("error")["error"]["event_id"] == "mine"


def test_a_stall_leaves_half_a_frame() -> None:
    with playing("stall") as (server, client):
        client.append(SECOND)
        client.socket.settimeout(0.5)
        with pytest.raises(websocket.WebSocketTimeoutException):
            client.until("response.done")
        client.send("response.cancel")
        assert server.wait_for(lambda events: events[-1]["type"] == "response.cancel")


def test_a_reset_and_an_orderly_end() -> None:
    with playing("drop_rst") as (_, client), pytest.raises(ConnectionResetError):
        client.append(SECOND)
        client.until("response.done")
    with playing("drop_fin") as (_, client), pytest.raises(websocket.WebSocketConnectionClosedException):
        client.append(SECOND[:24000])
        client.until("response.done")


def test_strange_frames_arrive_as_written() -> None:
    with playing("strange") as (_, client):
        client.send("session.update", session={})
        frames = [client.socket.recv() for _ in range(10)]
    assert isinstance(frames[8], bytes)
    assert len(frames[9]) > 3_000_000
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(frames[6])


def test_the_beta_dialect_has_its_names_and_shapes() -> None:
    with playing("beta") as (_, client):
        session = client.receive()["session"]
        client.append(SECOND)
        done = client.until("response.done")["response"]
    assert session["input_audio_format"] == "pcm16"
    assert done["modalities"] == ["text", "audio"]
    assert done["output"][0]["content"] == [{"type": "audio", "transcript": "Hello from the past."}]
    assert {"response.audio.delta", "response.audio_transcript.done", "conversation.item.created"} <= set(client.kinds)
    assert not {"response.output_audio.delta", "conversation.item.added", "conversation.item.done"} & set(client.kinds)


def test_a_test_can_act_at_any_moment() -> None:
    with playing({}) as (server, client):
        client.receive()
        server.do({"say": {"item": "x", "text": "Now."}})
        client.until("response.done")
        server.do({"close": 1011, "reason": "gone"})
        assert client.closed() == (1011, "gone")


def test_another_scenario_begins_with_the_next_connection() -> None:
    with playing("silent") as (server, client):
        client.receive()
        server.play(SCENARIOS / "hello.toml")
        assert server.connections == []
        with Client(server.url + "?model=m") as other:
            other.append(SECOND)
            other.until("rate_limits.updated")
        assert [each.connection for each in server.connections] == [1]


def test_the_key_is_asked_for_and_never_written(tmp_path: Path) -> None:
    with ScriptedServer({"key": "sk-right"}) as server:
        with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
            Client(server.url + "?model=m", key="sk-wrong")
        with Client(server.url + "?model=m", key="sk-right") as client:
            client.receive()
        assert server.connections[1].upgrade.key == "sk-right"


def test_a_client_of_the_beta_interface_is_sent_away() -> None:
    with ScriptedServer() as server, Client(server.url + "?model=m", extra=("OpenAI-Beta: realtime=v1",)) as client:
        assert client.receive()["error"]["code"] == "beta_api_shape_disabled"
        assert client.closed() == (4000, "invalid_request_error.beta_api_shape_disabled")


def test_over_tls() -> None:
    authority = trustme.CA()
    server_side, client_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    authority.configure_trust(client_side)
    with ScriptedServer(None, server_side) as server:
        client = Client(server.url + "?model=m", sslopt={"context": client_side})
        with client:
            assert client.receive()["type"] == "session.created"


def test_waiting_in_vain_tells_what_was_seen() -> None:
    with playing({}) as (server, client):
        client.send("response.cancel")
        client.until("error")
        with pytest.raises(TimeoutError, match=r"response\.cancel"):
            server.wait_for(lambda events: len(events) > 1, timeout=0.05)


def test_as_a_process_it_tells_its_state_records_and_ends_with_its_parent(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    command = [sys.executable, "-m", "voiceapp.engine", "--mode", "scripted", "--record", str(record)]
    command += ["--scenario", str(SCENARIOS / "hello.toml"), "--stay-with-parent"]
    environment = os.environ | {"VOICEAPP_ENGINE_KEY": "sk-secret"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as engine:
        assert engine.stdout is not None
        assert engine.stderr is not None
        listening = json.loads(engine.stdout.readline())
        assert json.loads(engine.stdout.readline()) == {"event": "ready"}
        with Client(f"ws://127.0.0.1:{listening['port']}/v1/realtime?model=m", key="sk-secret") as client:
            client.append(SECOND)
            client.until("response.done")
        assert engine.stdin is not None
        engine.stdin.close()
        assert engine.wait(10) == 0
        assert engine.stderr.read() == b""
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert lines[0]["headers"]["authorization"] == "***"
    assert lines[1]["event"] == {"type": "input_audio_buffer.append", "audio_bytes": 1920}
    assert "sk-secret" not in record.read_text()
    assert base64.b64encode(SECOND[:300]).decode() not in record.read_text()


def test_a_signal_ends_it() -> None:
    command = [sys.executable, "-m", "voiceapp.engine", "--mode", "scripted"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as engine:
        assert engine.stdout is not None
        engine.stdout.readline()
        engine.send_signal(signal.SIGTERM)
        assert engine.wait(10) == 0
