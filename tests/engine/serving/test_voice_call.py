"""A call by voice: turns taken between callers, what is refused, how it ends, and who answers."""

import threading
import time
from contextlib import ExitStack
from typing import Any, cast

import numpy as np
import pytest
import websocket

from voiceapp.engine.serving import shared
from voiceapp.engine.session.session import Session
from voiceapp.engine.speech.stt import MAX_WINDOW_S, PARALLEL_RUNS
from voiceapp.engine.speech.transcript import Transcript
from voiceapp.engine.speech.turn_end import SmartTurn

from ..chat_server import ChatServer, chat_server
from ..client import LOUD, QUIET, Client, ask, eventually
from ..fake_models import FixedStt, FixedTurnEnd, SteppedTts, StuckStt
from ..voice_server_thread import VoiceServerThread


def test_when_hearing_falls_behind_a_turn_fails_as_busy_and_the_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MAX_WAIT_S", 0.05)
    stt = StuckStt("Hello.")
    with VoiceServerThread(stt=stt) as server, ExitStack() as stack:
        # As many as are heard at once, and one who waits for them.
        patient = [stack.enter_context(Client(server.url)) for _ in range(PARALLEL_RUNS + 1)]
        for client in patient:
            client.append(LOUD + QUIET)
            client.until("conversation.item.done")
        time.sleep(0.2)
        late = stack.enter_context(Client(server.url))
        late.append(LOUD + QUIET)
        failed = late.until("response.done")["response"]
        assert failed["status_details"]["error"]["code"] == "server_busy"
        stt.gate.set()
        assert {client.until("response.done")["response"]["status"] for client in patient} == {"completed"}
        late.append(LOUD + QUIET)
        assert late.until("response.done")["response"]["status"] == "completed"


def test_beside_three_who_want_long_answers_a_fourth_waits_for_one_piece_of_sound() -> None:
    tts = SteppedTts()
    with VoiceServerThread(tts=tts) as server, ExitStack() as stack:
        callers = ("one", "two", "three")
        for name in callers:
            ask(stack.enter_context(Client(server.url)), f"Say this: {f'The word is {name} and that is it. ' * 20}")
            place = callers.index(name) + 1
            assert eventually(lambda place=place: len(server.waiting_to_speak) + len(tts.begun) == place)
        tts.steps.release(6)
        assert eventually(lambda: len(tts.begun) == 7 and len(server.waiting_to_speak) == 2)
        words = "".join(tts.begun)
        assert all(f"is {name} " in words for name in callers)
        ask(stack.enter_context(Client(server.url)), "Thank you.")
        assert eventually(lambda: len(server.waiting_to_speak) == 3)
        tts.steps.release()
        assert eventually(lambda: len(tts.begun) == 8)
        assert tts.begun[7] == "You are welcome."
        tts.steps.release(1000)


def test_a_long_turn_is_heard_in_parts_so_that_others_come_between() -> None:
    parts: list[float] = []

    class Counting(FixedStt):
        def transcribe(self, samples: np.ndarray, quick: bool = False) -> Transcript:
            parts.append(len(samples) / 16000)
            return Transcript(f"part {len(parts)}")

    manual = {"audio": {"input": {"transcription": {"model": "w"}, "turn_detection": None}}}
    with VoiceServerThread(stt=Counting("")) as server, Client(server.url) as client:
        client.send("session.update", session={"type": "realtime", **manual})
        client.append(LOUD * 60, chunk_ms=1000)
        client.send("input_audio_buffer.commit")
        told = client.until("conversation.item.input_audio_transcription.completed")["transcript"]
    assert told == "part 1 part 2 part 3"
    assert max(parts) <= MAX_WINDOW_S
    assert sum(parts) == pytest.approx(60 * 1.024, abs=0.2)


def test_more_answers_at_a_time_than_one_caller_may_have_are_refused() -> None:
    tts = SteppedTts()
    with VoiceServerThread(tts=tts) as server, Client(server.url) as client:
        for _ in range(shared.MAX_ANSWERS + 1):
            client.send("response.create", response={"conversation": "none", "input": []})
        failed = client.until("response.done")["response"]
        assert failed["status_details"]["error"]["code"] == "server_busy"
        tts.steps.release(1000)
        for _ in range(shared.MAX_ANSWERS):
            assert client.until("response.done")["response"]["status"] == "completed"
        client.send("response.create", response={"conversation": "none", "input": []})
        assert client.until("response.done")["response"]["status"] == "completed"


def test_an_error_of_ours_ends_the_call_and_tells_the_log_nothing_that_was_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Session, event: Any) -> list[Any]:
        raise ValueError(f"secret words: {event}")

    monkeypatch.setattr(Session, "receive", broken)
    with VoiceServerThread() as server, Client(server.url) as client:
        client.receive()
        ask(client, "My secret words.")
        with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
            client.receive()
        assert eventually(lambda: server.calls == 0)
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_words_come_while_a_lone_caller_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (0.1, 0.1, 0.1))
    transcription = {"audio": {"input": {"transcription": {"model": "w"}}}}
    with VoiceServerThread("One two three.") as server, Client(server.url) as client:
        client.send("session.update", session={"type": "realtime", **transcription})
        for _ in range(3):
            client.append(LOUD)
            time.sleep(0.1)
        delta = client.until("conversation.item.input_audio_transcription.delta")
        assert "input_audio_buffer.speech_stopped" not in client.kinds
    assert delta["delta"] == "One two three."


def test_a_language_model_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    brain = chat_server(monkeypatch, {"content": "Good mor"}, {"content": "ning. How are"}, {"content": " you?"})
    with brain, VoiceServerThread("Hello.") as server, Client(server.url) as client:
        client.send("session.update", session={"type": "realtime", "instructions": "Be kind."})
        client.append(LOUD + QUIET)
        done = client.until("response.done")["response"]
    assert done["output"][0]["content"][0]["transcript"] == "Good morning. How are you?"
    assert ChatServer.asked["model"] == "tiny"
    assert ChatServer.asked["messages"][0]["content"].startswith("Be kind.")
    assert ChatServer.asked["messages"][1] == {"role": "user", "content": "Hello."}


def test_a_language_model_calls_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    deltas = (
        [{"index": 0, "function": {"name": "look", "arguments": '{"a"'}}],
        [{"index": 0, "function": {"arguments": ": 1}"}}],
    )
    brain = chat_server(monkeypatch, *({"tool_calls": delta} for delta in deltas))
    with brain, VoiceServerThread("Hello.") as server, Client(server.url) as client:
        client.send("session.update", session={"type": "realtime", "tools": [{"type": "function", "name": "look"}]})
        client.append(LOUD + QUIET)
        call = client.until("response.function_call_arguments.done")
    assert (call["name"], call["arguments"]) == ("look", '{"a": 1}')
    assert ChatServer.asked["tools"] == [{"type": "function", "function": {"name": "look"}}]


def test_a_language_model_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with chat_server(monkeypatch) as brain, VoiceServerThread("Hello.") as server, Client(server.url) as client:
        client.append(LOUD + QUIET)
        failed = client.until("response.done")["response"]
        port = brain.server_port
    assert failed["status"] == "failed"
    assert (
        failed["status_details"]["error"]["message"]
        == f"The language model at 127.0.0.1:{port} answered with HTTP 500."
    )
    monkeypatch.setenv("VOICEAPP_BRAIN_URL", f"http://127.0.0.1:{port}/v1")
    with VoiceServerThread("Hello.") as server, Client(server.url) as client:
        client.append(LOUD + QUIET)
        error = client.until("response.done")["response"]["status_details"]["error"]
    assert error["message"] == f"The language model at 127.0.0.1:{port} cannot be reached."


SEMANTIC = {"audio": {"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "high"}}}}
PAUSED = "input_audio_buffer.speech_paused"


@pytest.mark.parametrize(("likely", "pause_s"), [(0.9, 0.4), (0.1, 1.0)])
def test_a_turn_ends_as_its_sound_tells(likely: float, pause_s: float) -> None:
    class Late(FixedTurnEnd):
        known = threading.Event()

        def probability(self, samples: np.ndarray) -> float:
            assert self.known.wait(10)
            return super().probability(samples)

    model = Late(likely)
    turn_end = shared.TurnEnd(model=cast(SmartTurn, model))
    with VoiceServerThread("Hello there.", turn_end=turn_end) as server, Client(server.url) as client:
        client.send("session.update", session={"type": "realtime", **SEMANTIC})
        client.append(LOUD + bytes(48 * 250))
        assert client.until(PAUSED)["confidence"] is None, "by its words alone"
        model.known.set()
        told = client.until(PAUSED)
        assert told["confidence"] == likely
        # What is silent by now is in it.
        assert told["ends_in_ms"] == pytest.approx(1000 * pause_s - 220, abs=70)
        client.append(QUIET + QUIET)
        stopped = client.until("input_audio_buffer.speech_stopped")
        started = next(event for event in client.seen if event["type"] == "input_audio_buffer.speech_started")
    spoken_ms = stopped["audio_end_ms"] - started["audio_start_ms"]
    assert spoken_ms == pytest.approx(1024 + 1000 * pause_s, abs=100)
    assert len(model.asked) == 1


def test_a_model_of_turns_that_fails_leaves_the_call_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FixedTurnEnd):
        def probability(self, samples: np.ndarray) -> float:
            raise RuntimeError("secret words")

    turn_end = shared.TurnEnd(model=cast(SmartTurn, Broken(0.0)))
    with VoiceServerThread("Hello there.", turn_end=turn_end) as server, Client(server.url) as client:
        client.send("session.update", session={"type": "realtime", **SEMANTIC})
        client.append(LOUD + QUIET)
        assert client.until("response.done")["response"]["status"] == "completed"
    assert "could not judge the end of a turn" in caplog.text
    assert "secret" not in caplog.text
