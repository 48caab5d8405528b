"""Voice mode over real sockets, with models that need nothing."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import numpy as np
import pytest
import websocket

from voiceapp.engine.protocol.messages import in_slices, parse
from voiceapp.engine.serving import connection, shared
from voiceapp.engine.session.session import Session
from voiceapp.engine.speech.stt import MAX_WINDOW_S, PARALLEL_RUNS
from voiceapp.engine.speech.transcript import Transcript

from ..client import LOUD, QUIET, Client
from ..hall import Hall, Parrot


def test_a_spoken_turn() -> None:
    with Hall("Say good evening.") as hall, Client(hall.url) as client:
        client.append(LOUD + QUIET)
        done = client.until("response.done")["response"]
        client.until("rate_limits.updated")
    assert done["output"][0]["content"][0]["transcript"] == "Good evening."
    assert len(client.sound_of(done["output"][0]["id"])) == 48 * 50 * len("Good evening.")
    numbers = [event["event_id"] for event in client.seen]
    assert len(set(numbers)) == len(numbers)


def test_a_connection_waits_for_the_models() -> None:
    with Hall(ready=False) as hall, Client(hall.url, timeout=0.3) as client:
        with pytest.raises(websocket.WebSocketTimeoutException):
            client.receive()
        hall.load()
        assert client.receive()["type"] == "session.created"


def test_a_wrong_key_and_a_wrong_path() -> None:
    with Hall(key="sk-right") as hall:
        with pytest.raises(websocket.WebSocketBadStatusException, match="401"):
            Client(hall.url, key="sk-wrong")
        with pytest.raises(websocket.WebSocketBadStatusException, match="404"):
            Client(f"ws://127.0.0.1:{hall.port}/v2?model=m", key="sk-right")
        named = {"subprotocols": ["realtime", "openai-insecure-api-key.sk-right"]}
        with Client(hall.url, **named) as client:
            assert client.receive()["type"] == "session.created"
            assert client.socket.getsubprotocol() == "realtime"


def test_a_full_house() -> None:
    with Hall(max_calls=1) as hall, Client(hall.url) as client:
        client.receive()
        with pytest.raises(websocket.WebSocketBadStatusException, match="503"):
            Client(hall.url)


def test_no_model_and_the_beta_interface() -> None:
    with Hall() as hall:
        with Client(hall.url.partition("?")[0]) as client:
            assert client.closed() == (4000, "invalid_request_error.missing_model")
        with Client(hall.url, extra=("OpenAI-Beta: realtime=v1",)) as client:
            assert client.closed() == (4000, "invalid_request_error.beta_api_shape_disabled")


def test_the_end_of_a_session() -> None:
    with Hall(session_seconds=0.2) as hall, Client(hall.url) as client:
        assert client.closed() == (1001, "Your session hit the maximum duration of 1 minutes.")
        assert client.seen[-1]["error"]["code"] == "session_expired"


def test_callers_do_not_disturb_each_other() -> None:
    with Hall("What is two plus two?") as hall:
        clients = [Client(hall.url) for _ in range(4)]
        for client in clients:
            client.append(LOUD + QUIET)
        for client in clients:
            answer = client.until("response.done")["response"]["output"][0]["content"][0]["transcript"]
            assert answer == "2 plus 2 is 4."
            with client:
                pass


class Stuck(Parrot):
    """A recogniser that falls behind until the gate opens."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.gate = threading.Event()

    def transcribe(self, samples: np.ndarray, quick: bool = False) -> Transcript:
        assert self.gate.wait(10)
        return super().transcribe(samples)


def test_when_hearing_falls_behind_a_turn_fails_as_busy_and_the_call_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MAX_WAIT_S", 0.05)
    stt = Stuck("Hello.")
    with Hall(stt=stt) as hall, ExitStack() as stack:
        # As many as are heard at once, and one who waits for them.
        patient = [stack.enter_context(Client(hall.url)) for _ in range(PARALLEL_RUNS + 1)]
        for client in patient:
            client.append(LOUD + QUIET)
            client.until("conversation.item.done")
        time.sleep(0.2)
        late = stack.enter_context(Client(hall.url))
        late.append(LOUD + QUIET)
        failed = late.until("response.done")["response"]
        assert failed["status_details"]["error"]["code"] == "server_busy"
        stt.gate.set()
        assert {client.until("response.done")["response"]["status"] for client in patient} == {"completed"}
        late.append(LOUD + QUIET)
        assert late.until("response.done")["response"]["status"] == "completed"


class Stepped:
    """A voice that makes one piece each time it is let, and knows which it was asked for."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.steps = threading.Semaphore(0)

    def speak(self, text: str, voice: str, speed: float) -> np.ndarray:
        self.begun.append(text)
        assert self.steps.acquire(timeout=10)
        return np.full(2400, 1000, np.int16)


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def ask(client: Client, text: str) -> None:
    part = {"type": "input_text", "text": text}
    client.send("conversation.item.create", item={"type": "message", "role": "user", "content": [part]})
    client.send("response.create")


def test_beside_three_who_want_long_answers_a_fourth_waits_for_one_piece_of_sound() -> None:
    tts = Stepped()
    with Hall(tts=tts) as hall, ExitStack() as stack:
        callers = ("one", "two", "three")
        for name in callers:
            ask(stack.enter_context(Client(hall.url)), f"Say this: {f'The word is {name} and that is it. ' * 20}")
            assert eventually(lambda name=name: len(hall.waiting_to_speak) + len(tts.begun) == callers.index(name) + 1)
        tts.steps.release(6)
        assert eventually(lambda: len(tts.begun) == 7 and len(hall.waiting_to_speak) == 2)
        words = "".join(tts.begun)
        assert all(f"is {name} " in words for name in callers)
        ask(stack.enter_context(Client(hall.url)), "Thank you.")
        assert eventually(lambda: len(hall.waiting_to_speak) == 3)
        tts.steps.release()
        assert eventually(lambda: len(tts.begun) == 8)
        assert tts.begun[7] == "You are welcome."
        tts.steps.release(1000)


def test_a_long_turn_is_heard_in_parts_so_that_others_come_between() -> None:
    parts: list[float] = []

    class Counting(Parrot):
        def transcribe(self, samples: np.ndarray, quick: bool = False) -> Transcript:
            parts.append(len(samples) / 16000)
            return Transcript(f"part {len(parts)}")

    manual = {"audio": {"input": {"transcription": {"model": "w"}, "turn_detection": None}}}
    with Hall(stt=Counting("")) as hall, Client(hall.url) as client:
        client.send("session.update", session={"type": "realtime", **manual})
        client.append(LOUD * 60, chunk_ms=1000)
        client.send("input_audio_buffer.commit")
        told = client.until("conversation.item.input_audio_transcription.completed")["transcript"]
    assert told == "part 1 part 2 part 3"
    assert max(parts) <= MAX_WINDOW_S
    assert sum(parts) == pytest.approx(60 * 1.024, abs=0.2)


def test_more_answers_at_a_time_than_one_caller_may_have_are_refused() -> None:
    tts = Stepped()
    with Hall(tts=tts) as hall, Client(hall.url) as client:
        for _ in range(shared.MAX_ANSWERS + 1):
            client.send("response.create", response={"conversation": "none", "input": []})
        failed = client.until("response.done")["response"]
        assert failed["status_details"]["error"]["code"] == "server_busy"
        tts.steps.release(1000)
        for _ in range(shared.MAX_ANSWERS):
            assert client.until("response.done")["response"]["status"] == "completed"
        client.send("response.create", response={"conversation": "none", "input": []})
        assert client.until("response.done")["response"]["status"] == "completed"


def test_who_never_reads_gives_the_line_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STALLED_SECONDS", 0.2)
    with Hall(max_calls=1) as hall, Client(hall.url) as client:
        client.receive()
        with pytest.raises((OSError, websocket.WebSocketException)):
            while True:
                client.socket.ping("x" * 125)
        assert eventually(lambda: hall.calls == 0)


def test_who_never_answers_a_close_gives_the_line_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CLOSING_SECONDS", 0.1)
    with Hall(max_calls=1) as hall, Client(hall.url.partition("?")[0]) as silent:
        assert eventually(lambda: hall.calls == 1)
        assert eventually(lambda: hall.calls == 0)
        assert silent.closed()[0] == 4000


def test_an_error_of_ours_ends_the_call_and_tells_the_log_nothing_that_was_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Session, event: Any) -> list[Any]:
        raise ValueError(f"secret words: {event}")

    monkeypatch.setattr(Session, "receive", broken)
    with Hall() as hall, Client(hall.url) as client:
        client.receive()
        ask(client, "My secret words.")
        with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
            client.receive()
        assert eventually(lambda: hall.calls == 0)
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_words_come_while_a_lone_caller_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (0.1, 0.1, 0.1))
    transcription = {"audio": {"input": {"transcription": {"model": "w"}}}}
    with Hall("One two three.") as hall, Client(hall.url) as client:
        client.send("session.update", session={"type": "realtime", **transcription})
        for _ in range(3):
            client.append(LOUD)
            time.sleep(0.1)
        delta = client.until("conversation.item.input_audio_transcription.delta")
        assert "input_audio_buffer.speech_stopped" not in client.kinds
    assert delta["delta"] == "One two three."


def test_a_long_append_is_taken_in_slices() -> None:
    event = {"type": "input_audio_buffer.append", "audio": "AAAA" * 20000, "event_id": "e"}
    pieces = in_slices(event)
    assert "".join(piece["audio"] for piece in pieces) == event["audio"]
    assert {len(piece["audio"]) % 4 for piece in pieces} == {0}
    assert in_slices(event | {"audio": "%" * 80000}) == [event | {"audio": "%" * 80000}]


@pytest.mark.parametrize("message", ["{", b"\xff\xfe", '{"x": NaN}', "[" * 100000])
def test_what_is_no_json(message: str | bytes) -> None:
    assert parse(message) is None


class Oracle(BaseHTTPRequestHandler):
    """A chat-completions server that says where it was asked from and what."""

    asked: dict[str, Any]
    deltas: tuple[dict[str, Any], ...] = ()

    def do_POST(self) -> None:
        type(self).asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200 if self.deltas else 500)
        self.end_headers()
        for delta in self.deltas:
            self.wfile.write(b"data: " + json.dumps({"choices": [{"delta": delta}]}).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on stderr."""


def oracle(monkeypatch: pytest.MonkeyPatch, *deltas: dict[str, Any]) -> HTTPServer:
    server = HTTPServer(("127.0.0.1", 0), Oracle)
    Oracle.deltas = deltas
    threading.Thread(target=server.handle_request).start()
    monkeypatch.setenv("VOICEAPP_BRAIN_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("VOICEAPP_BRAIN_MODEL", "tiny")
    return server


def test_a_language_model_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    server = oracle(monkeypatch, {"content": "Good mor"}, {"content": "ning. How are"}, {"content": " you?"})
    with server, Hall("Hello.") as hall, Client(hall.url) as client:
        client.send("session.update", session={"type": "realtime", "instructions": "Be kind."})
        client.append(LOUD + QUIET)
        done = client.until("response.done")["response"]
    assert done["output"][0]["content"][0]["transcript"] == "Good morning. How are you?"
    assert Oracle.asked["model"] == "tiny"
    assert Oracle.asked["messages"][0]["content"].startswith("Be kind.")
    assert Oracle.asked["messages"][1] == {"role": "user", "content": "Hello."}


def test_a_language_model_calls_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    deltas = (
        [{"index": 0, "function": {"name": "look", "arguments": '{"a"'}}],
        [{"index": 0, "function": {"arguments": ": 1}"}}],
    )
    server = oracle(monkeypatch, *({"tool_calls": delta} for delta in deltas))
    with server, Hall("Hello.") as hall, Client(hall.url) as client:
        client.send("session.update", session={"type": "realtime", "tools": [{"type": "function", "name": "look"}]})
        client.append(LOUD + QUIET)
        call = client.until("response.function_call_arguments.done")
    assert (call["name"], call["arguments"]) == ("look", '{"a": 1}')
    assert Oracle.asked["tools"] == [{"type": "function", "function": {"name": "look"}}]


def test_a_language_model_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with oracle(monkeypatch) as server, Hall("Hello.") as hall, Client(hall.url) as client:
        client.append(LOUD + QUIET)
        failed = client.until("response.done")["response"]
        port = server.server_port
    assert failed["status"] == "failed"
    assert (
        failed["status_details"]["error"]["message"]
        == f"The language model at 127.0.0.1:{port} answered with HTTP 500."
    )
    monkeypatch.setenv("VOICEAPP_BRAIN_URL", f"http://127.0.0.1:{port}/v1")
    with Hall("Hello.") as hall, Client(hall.url) as client:
        client.append(LOUD + QUIET)
        error = client.until("response.done")["response"]["status_details"]["error"]
    assert error["message"] == f"The language model at 127.0.0.1:{port} cannot be reached."
