"""The whole engine with its real models, as a process, over a real WebSocket."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.word_errors import error_rate
from voiceapp.engine.protocol.audio_formats import FORMATS, rounded
from voiceapp.engine.speech import models
from voiceapp.engine.speech.resampler import Resampler

from .client import Client
from .speech_samples import SENTENCES, noises, spoken

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    command = [sys.executable, "-m", "voiceapp.engine", "--stay-with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stderr is not None
        listening = json.loads(process.stdout.readline())
        # Nobody waits for the models here: a connection that comes early is held until they are there.
        yield f"ws://127.0.0.1:{listening['port']}/v1/realtime?model=embedded"
        process.stdin.close()
        assert process.wait(10) == 0
        states = [json.loads(line)["event"] for line in process.stdout.read().splitlines()]
        assert states[0] == "loading"
        assert states[-1] == "ready"
        # Where the model of turns was not fetched, that is all there is to say.
        said = [line for line in process.stderr.read().splitlines() if b"turns end by words" not in line]
        assert said == []


@pytest.fixture
def client(engine: str) -> Iterator[Client]:
    with Client(engine) as client:
        client.until("session.created")
        client.send("session.update", session=settings())
        client.until("session.updated")
        client.seen.clear()
        yield client


def settings(**detection: object) -> dict[str, object]:
    transcription = {"model": "whisper-1"}
    given = {"type": "server_vad", **detection}
    return {"type": "realtime", "audio": {"input": {"transcription": transcription, "turn_detection": given}}}


def said_by(client: Client) -> list[str]:
    ends = [event for event in client.seen if event["type"].endswith("input_audio_transcription.completed")]
    return [event["transcript"] for event in ends]


# Each sentence by one of them.
@pytest.mark.parametrize(
    ("voice", "most", "texts"), [("espeak", 0.4, SENTENCES[::2]), ("slt", 0.2, SENTENCES[1::2])], ids=["espeak", "slt"]
)
def test_every_sentence_is_one_turn_understood_and_answered(
    client: Client, tmp_path: Path, voice: str, most: float, texts: tuple[str, ...]
) -> None:
    pairs = []
    for text in texts:
        client.seen.clear()
        client.append(spoken(text, voice, tmp_path))
        client.until("rate_limits.updated")
        assert client.kinds.count("input_audio_buffer.speech_started") == 1
        assert client.kinds.count("input_audio_buffer.committed") == 1
        (heard,) = said_by(client)
        pairs.append((text, heard))
        item = client.seen[-2]["response"]["output"][0]
        assert item["status"] == "completed"
        sound = np.frombuffer(client.sound_of(item["id"]), "<i2")
        assert len(sound) > 24000 / 2
        assert np.abs(sound).max() > 3000
    assert error_rate(*pairs) <= most, pairs


@pytest.mark.parametrize("kind", sorted(noises(1)))
def test_noise_is_no_turn(client: Client, kind: str) -> None:
    client.append(noises(10)[kind], chunk_ms=100)
    client.append(bytes(48000))
    client.send("input_audio_buffer.clear")
    client.until("input_audio_buffer.cleared")
    assert "response.created" not in client.kinds
    assert [text for text in said_by(client) if text] == []


def test_the_companion_understands_a_sum(client: Client, tmp_path: Path) -> None:
    client.append(spoken("What is seventeen plus twenty five?", "slt", tmp_path))
    done = client.until("response.done")["response"]
    assert "42" in done["output"][0]["content"][0]["transcript"]


def test_push_to_talk(client: Client, tmp_path: Path) -> None:
    client.send("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
    client.append(spoken("What time is it?", "slt", tmp_path))
    client.send("input_audio_buffer.commit")
    client.send("response.create")
    client.until("response.done")
    assert "input_audio_buffer.speech_started" not in client.kinds
    assert said_by(client) == ["What time is it?"]


def test_speech_interrupts_a_long_answer(client: Client, tmp_path: Path) -> None:
    client.send("session.update", session=settings(silence_duration_ms=300))
    client.append(spoken("Who are you?", "slt", tmp_path))
    first = client.until("response.done")["response"]["output"][0]
    client.append(spoken("Stop.", "slt", tmp_path))
    client.until("input_audio_buffer.speech_started")
    client.send("conversation.item.truncate", item_id=first["id"], content_index=0, audio_end_ms=500)
    assert client.until("conversation.item.truncated")["audio_end_ms"] == 500
    assert client.kinds.count("input_audio_buffer.committed") == 2


def test_telephone_sound_both_ways(client: Client, tmp_path: Path) -> None:
    law = {"format": {"type": "audio/pcmu"}}
    client.send("session.update", session={"type": "realtime", "audio": {"input": law, "output": law}})
    pcm = np.frombuffer(spoken("What time is it now?", "slt", tmp_path), "<i2").astype(np.float32)
    data = FORMATS["audio/pcmu"].encoded(rounded(Resampler(24000, 8000).feed(pcm)))
    client.send("input_audio_buffer.append", audio=base64.b64encode(data).decode())
    item = client.until("response.done")["response"]["output"][0]
    assert said_by(client) == ["What time is it now?"]
    assert len(client.sound_of(item["id"])) > 4000


def test_bad_input_harms_nobody(engine: str, client: Client) -> None:
    with Client(engine) as rude:
        rude.until("session.created")
        rude.socket.send("{")
        assert rude.until("error")["error"]["code"] == "invalid_event"
        rude.socket.send_binary(b"\x00" * 100)
        assert rude.until("error")["error"]["code"] == "invalid_event"
        rude.socket.send('{"type": "session.update", "session": {"type": "realtime", "x": NaN}}')
        assert rude.until("error")["error"]["code"] == "invalid_event"
        rude.send("input_audio_buffer.append", audio="A" * 21_000_000)
        assert rude.until("error")["error"]["param"] == "audio"
        rude.socket.send("A" * 26_000_000)
        assert rude.closed() == (1009, "message too big")
    client.send("conversation.item.create", item={"type": "message", "role": "user", "content": []})
    client.send("response.create")
    assert client.until("response.done")["response"]["status"] == "completed"


def played(client: Client, pcm: bytes, chunk_ms: int = 40) -> None:
    """As a microphone sends it."""
    began, size = time.monotonic(), 48 * chunk_ms
    for number, start in enumerate(range(0, len(pcm), size), 1):
        client.append(pcm[start : start + size], chunk_ms)
        time.sleep(max(0, began + number * chunk_ms / 1000 - time.monotonic()))


@pytest.mark.skipif(not models.TURN.is_file(), reason="not fetched: python -m voiceapp.ops.vendor")
def test_whoever_looks_for_a_word_is_not_cut_off(client: Client, tmp_path: Path) -> None:
    client.send("session.update", session=settings(type="semantic_vad"))
    lead, trail = 48 * 400, 48 * 1000
    first = spoken("I would like to, um,", "slt", tmp_path)[:-trail]
    second = spoken("book a table for four.", "slt", tmp_path)[lead:]
    played(client, first + bytes(48 * 900) + second + bytes(48 * 1000))
    heard = client.until("conversation.item.input_audio_transcription.completed")["transcript"]
    assert "table" in heard
    kinds = [kind.removeprefix("input_audio_buffer.") for kind in client.kinds]
    assert kinds.count("speech_stopped") == 1
    assert kinds.index("speech_paused") < kinds.index("speech_resumed") < kinds.index("speech_stopped")
