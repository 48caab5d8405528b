"""Voice mode over real sockets, with models that need nothing."""

from typing import cast

import pytest
import websocket

from voiceapp.engine.serving.shared import TurnEnd
from voiceapp.engine.speech.missing import MissingError
from voiceapp.engine.speech.turn_end import SmartTurn

from ..client import LOUD, QUIET, Client, eventually
from ..fake_models import FixedTurnEnd
from ..voice_server_thread import VoiceServerThread


def test_a_spoken_turn() -> None:
    with VoiceServerThread("Say good evening.") as server, Client(server.url) as client:
        client.append(LOUD + QUIET)
        done = client.until("response.done")["response"]
        client.until("rate_limits.updated")
    assert done["output"][0]["content"][0]["transcript"] == "Good evening."
    assert len(client.sound_of(done["output"][0]["id"])) == 48 * 50 * len("Good evening.")
    numbers = [event["event_id"] for event in client.seen]
    assert len(set(numbers)) == len(numbers)


def test_a_connection_waits_for_the_models() -> None:
    with VoiceServerThread(ready=False) as server, Client(server.url, timeout=0.3) as client:
        with pytest.raises(websocket.WebSocketTimeoutException):
            client.receive()
        server.load()
        assert client.receive()["type"] == "session.created"


def test_a_wrong_key_and_a_wrong_path() -> None:
    with VoiceServerThread(key="sk-right") as server:
        with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
            Client(server.url, key="sk-wrong")
        with pytest.raises(websocket.WebSocketBadStatusException, match="404"):
            Client(f"ws://127.0.0.1:{server.port}/v2?model=m", key="sk-right")
        named = {"subprotocols": ["realtime", "openai-insecure-api-key.sk-right"]}
        with Client(server.url, **named) as client:
            assert client.receive()["type"] == "session.created"
            assert client.socket.getsubprotocol() == "realtime"


def test_a_full_house() -> None:
    with VoiceServerThread(max_calls=1) as server, Client(server.url) as client:
        client.receive()
        with pytest.raises(websocket.WebSocketBadStatusException, match="503"):
            Client(server.url)


def test_no_model_and_the_beta_interface() -> None:
    with VoiceServerThread() as server:
        with Client(server.url.partition("?")[0]) as client:
            assert client.closed() == (4000, "invalid_request_error.missing_model")
        with Client(server.url, extra=("OpenAI-Beta: realtime=v1",)) as client:
            assert client.closed() == (4000, "invalid_request_error.beta_api_shape_disabled")


def test_the_end_of_a_session() -> None:
    with VoiceServerThread(session_seconds=0.2) as server, Client(server.url) as client:
        assert client.closed() == (1001, "Your session hit the maximum duration of 1 minutes.")
        assert client.seen[-1]["error"]["code"] == "session_expired"


def test_callers_do_not_disturb_each_other() -> None:
    with VoiceServerThread("What is two plus two?") as server:
        clients = [Client(server.url) for _ in range(4)]
        for client in clients:
            client.append(LOUD + QUIET)
        for client in clients:
            answer = client.until("response.done")["response"]["output"][0]["content"][0]["transcript"]
            assert answer == "2 plus 2 is 4."
            with client:
                pass


def test_a_model_of_turns_that_is_fetched_late_serves_the_next_call() -> None:
    fetched: list[SmartTurn] = []

    def load() -> SmartTurn:
        if not fetched:
            raise MissingError("the model of turns")
        return fetched[0]

    turn_end = TurnEnd(load)
    with VoiceServerThread(turn_end=turn_end) as server:
        with Client(server.url) as client:
            client.until("session.created")
            assert turn_end.model is None
        fetched.append(cast(SmartTurn, FixedTurnEnd(0.9)))
        with Client(server.url) as client:
            client.until("session.created")
            assert eventually(lambda: turn_end.model is not None)
