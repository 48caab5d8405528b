"""Every recorded order of events, replayed to the voice mode and to the scripted mode."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from voiceapp.engine.brains.request import Finished, TextPiece
from voiceapp.engine.scripted.server import ScriptedServer

from .client import LOUD, QUIET, Client
from .session_driver import SessionDriver, sound
from .trace import Replay
from .voice_server_thread import ToneTts, VoiceServerThread

LONG = "Say " + " ".join(f"This is sentence number {number}." for number in range(40))

# Scripted: the server's side of each trace, by what the client does.
ANSWER: dict[str, Any] = {"say": {"text": "Hello there.", "ms": 400}}
HEARD = {"hear": {"item": "u1", "start_ms": 100, "ms": 400, "transcript": "Hi.", "deltas": True}}
CALL = {"call": {"name": "weather", "arguments": '{"city": "Kyoto"}'}}
OPEN = {"say": {"item": "a1", "text": "A long story.", "ms": 9000, "cut_ms": 1000}}
CUT = [{"speech_started": {"item": "u2", "at_ms": 2100}}, {"interrupt": "turn_detected"}]
STOPPED = [
    {"speech_stopped": {"item": "u2", "at_ms": 3000, "after": "a1"}},
    {"transcript": {"item": "u2", "text": "Stop."}},
    ANSWER,
]
NOTE = {"id": "s1", "type": "message", "role": "system", "status": "completed", "content": [{"type": "input_text"}]}
USER = {"id": "u1", "type": "message", "role": "user", "status": "completed", "content": [{"type": "input_audio"}]}
IDLE = [
    {"send": {"type": "input_audio_buffer.timeout_triggered", "item_id": "u1", "audio_start_ms": 0, "audio_end_ms": 0}},
    {"send": {"type": "conversation.item.added", "item": NOTE, "previous_item_id": "item_1"}},
    {"send": {"type": "conversation.item.done", "item": NOTE, "previous_item_id": "item_1"}},
    {"send": {"type": "input_audio_buffer.committed", "item_id": "u1", "previous_item_id": "s1"}},
    {"send": {"type": "conversation.item.added", "item": USER, "previous_item_id": "s1"}},
    {"send": {"type": "conversation.item.done", "item": USER, "previous_item_id": "s1"}},
    ANSWER,
    {"transcript": {"item": "u1", "text": ""}},
]


def on(when: str, *do: Any, **more: Any) -> dict[str, Any]:
    return {"when": when, "do": list(do), **more}


SCENARIOS: dict[str, list[dict[str, Any]]] = {
    "voice_turn": [on("audio", HEARD, ANSWER, ms=500)],
    "barge_in": [on("audio", HEARD, OPEN, ms=500), on("audio", *CUT, ms=2500), on("audio", *STOPPED, ms=3500)],
    "push_to_talk": [on("input_audio_buffer.commit", {"hear": {"item": "u1", "start_ms": -1, "transcript": "Hi."}})],
    "text_turn": [],
    "function_call": [on("response.create", CALL, nth=1)],
    "idle_timeout": [],
}


def replay(client: Client, **more: Callable[[], None]) -> Replay:
    def send(event: dict[str, Any]) -> None:
        client.send(**{"kind": event["type"]} | {key: value for key, value in event.items() if key != "type"})

    deeds: dict[str, Callable[[], None]] = {
        "speech": lambda: client.append(LOUD + QUIET),
        "sound": lambda: client.append(LOUD),
        "interruption": lambda: client.append(LOUD),
        "quiet": lambda: client.append(QUIET),
    }
    return Replay(send, client.receive, deeds | more)


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_scripted(name: str) -> None:
    with ScriptedServer({"on": SCENARIOS[name]}) as server, Client(server.url + "?model=m") as client:
        replay(client, wait=lambda: [server.do(step) for step in IDLE] and None).play(name)


class Slow(ToneTts):
    """A voice that is still speaking when it is interrupted."""

    def speak(self, text: str, voice: str, speed: float) -> np.ndarray:
        time.sleep(0.05)
        return super().speak(text, voice, speed)


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - {"idle_timeout"}))
def test_voice_mode(name: str) -> None:
    with (
        VoiceServerThread(LONG if name == "barge_in" else "Hello.", tts=Slow()) as server,
        Client(server.url) as client,
    ):
        replay(client).play(name)


def test_the_idle_timeout_of_voice_mode() -> None:
    """Without sockets: the session's clock is the test's."""
    caller = SessionDriver()
    waiting = iter(())

    def receive() -> dict[str, Any]:
        nonlocal waiting
        if caller.requests:
            caller.produce(TextPiece("Hello there."), sound(400), Finished())
            caller.requests.clear()
        event = caller.sent.pop(0)
        return {"event_id": "e", **event}

    Replay(caller.raw, receive, {"wait": lambda: caller.wait(6) and None}).play("idle_timeout")


def test_nothing_of_a_cancelled_answer_comes_after_its_end() -> None:
    with VoiceServerThread(LONG, tts=Slow()) as server, Client(server.url) as client:
        client.append(LOUD + QUIET)
        client.until("response.output_audio.delta")
        client.append(LOUD)
        cancelled = client.until("response.done")["response"]
        started = client.kinds.index("input_audio_buffer.speech_started", len(client.kinds) // 2 - 1)
        client.append(QUIET)
        client.until("response.created")
        client.until("response.output_audio.delta")
    after = client.seen[client.seen.index(next(e for e in client.seen if e["type"] == "response.done")) + 1 :]
    assert cancelled["status"] == "cancelled"
    assert not [event for event in after if event.get("response_id") == cancelled["id"]]
    between = [e["type"] for e in client.seen[started:] if e.get("response_id") == cancelled["id"]]
    assert "response.output_audio.delta" not in between[between.index("response.output_audio.done") :]
