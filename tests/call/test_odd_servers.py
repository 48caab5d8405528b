"""A page hears, sees and is told what it should, whatever the ways of the server behind it."""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import werkzeug
from voiceapp.engine.scripted.server import ScriptedServer

PCM = bytes(n * 7 % 251 for n in range(24_000))
LONG = "item_" + "i" * 200


class Line:
    """A live call, with its page at one end and a server that says what it is told to at the other."""

    def __init__(self, page: PageClient, server: ScriptedServer) -> None:
        self.page = page
        self.server = server

    def says(self, kind: str, **fields: Any) -> None:
        self.says_raw(json.dumps({"type": kind, "event_id": "e", **fields}))

    def says_raw(self, text: str) -> None:
        self.server.do({"text": text})

    def says_sound(self, *deltas: str, **ids: Any) -> None:
        for delta in deltas:
            self.says("response.output_audio.delta", **ids, delta=delta)

    def heard(self) -> bytes:
        """All sound that the page has, once there is no more."""
        self.page.expect("audio", lambda n, item, sound: sound == "")
        return b"".join(base64.b64decode(sound, validate=True) for _, _, sound in self.page.named("audio"))


@pytest.fixture
def line(caplog: pytest.LogCaptureFixture) -> Iterator[Line]:
    caplog.set_level(logging.INFO)
    with ScriptedServer({}) as server, werkzeug(upstream_settings(server)) as url, PageClient(url) as page:
        page.start()
        yield Line(page, server)
        assert page.named("ended") == []
        # Whoever hangs up in the midst waits for what the server says was used, which this one never does.
        server.do({"close": 1000})


IDS = {"response_id": "r1", "item_id": "a1"}


def plain(piece: bytes) -> str:
    return base64.b64encode(piece).decode()


@pytest.mark.parametrize(
    "spelled",
    [
        plain,
        lambda piece: plain(piece).rstrip("="),
        lambda piece: base64.urlsafe_b64encode(piece).decode(),
        lambda piece: base64.encodebytes(piece).decode(),
    ],
    ids=["standard", "without padding", "for URLs", "in lines"],
)
@pytest.mark.parametrize("size", [960, 961], ids=["whole samples", "cut anywhere"])
def test_a_reply_is_heard_as_it_was_made(line: Line, spelled: Callable[[bytes], str], size: int) -> None:
    line.says("response.created", response={"id": "r1"})
    line.says_sound("", *(spelled(PCM[at : at + size]) for at in range(0, len(PCM), size)), "", **IDS)
    line.says("response.output_audio.done", **IDS)
    assert line.heard() == PCM


def test_what_cannot_be_read_is_left_out_and_said_once(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.says("response.created", response={"id": "r1"})
    line.says_sound(plain(PCM), *["A!"] * 5, plain(PCM), **IDS)
    for _ in range(5):
        line.says_raw('{"type": "response.done"')
    line.says("response.output_audio.done", **IDS)
    assert line.heard() == PCM + PCM
    line.page.emit("stop", {})
    line.page.expect("ended")
    for words in (
        "from the upstream: sound that is not base64",
        "upstream 5 times: sound",
        "upstream 5 times: an event",
    ):
        assert caplog.text.count(words) == 1
    line.page.events.clear()


def test_a_server_that_names_nothing_is_heard_read_and_interrupted(line: Line) -> None:
    line.says("input_audio_buffer.speech_started")
    line.says("input_audio_buffer.speech_stopped")
    line.says("input_audio_buffer.committed")
    line.says("response.created")
    line.says_sound(plain(PCM))
    line.says("response.output_audio_transcript.delta", delta="Good morning.")
    line.says("conversation.item.input_audio_transcription.completed", transcript="Good morning!")
    _, item, _ = line.page.expect("audio")
    line.says("input_audio_buffer.speech_started", item_id=None)
    assert line.page.expect("flush")[1] == {"item": item}
    line.page.expect("turn", lambda n, turn: turn == {"state": "user"} and n > line.page.named("flush")[0][0])
    placed = [place for _, place in line.page.named("item")]
    assert [place["role"] for place in placed] == ["user", "assistant"]
    words = {word["item"]: word.get("text", word.get("delta")) for _, word in line.page.named("transcript")}
    assert words == {placed[0]["id"]: "Good morning!", placed[1]["id"]: "Good morning."}
    line.page.emit("flushed", {"item": item, "heard_ms": 200})
    line.page.expect("transcript", lambda n, word: "heard" in word)
    assert not [event for event in line.server.received if event["type"] == "conversation.item.truncate"]


@pytest.mark.parametrize("name", [LONG, 12345])
def test_an_id_that_no_page_takes_is_cut_by_all_the_same(line: Line, name: Any) -> None:
    line.says("response.created", response={"id": LONG})
    line.says("response.output_item.added", response_id=LONG, item={"id": name, "type": "message", "role": "assistant"})
    line.says_sound(plain(PCM), plain(PCM), response_id=LONG, item_id=name)
    item = line.page.expect("item")[1]["id"]
    line.page.expect("audio", lambda n, of, sound: of == item)
    line.page.emit("interrupt", {})
    assert line.page.expect("flush")[1] == {"item": item}
    line.page.emit("flushed", {"item": item, "heard_ms": 200})
    kinds = ("response.cancel", "conversation.item.truncate")
    cancel, cut = line.server.wait_for(
        lambda received: len(found := [event for event in received if event["type"] in kinds]) == 2 and found
    )
    assert (cancel["response_id"], cut["item_id"], cut["audio_end_ms"]) == (LONG, name, 200)
    assert line.page.named("notice") == []


@pytest.mark.parametrize(("reason", "told"), [("max_output_tokens", "length"), ("content_filter", "filter")])
def test_an_answer_that_the_server_cut_off_is_marked(
    line: Line, caplog: pytest.LogCaptureFixture, reason: str, told: str
) -> None:
    line.says("response.created", response={"id": "r1"})
    line.says("response.output_audio_transcript.delta", **IDS, delta="The first")
    details = {"type": "incomplete", "reason": reason}
    line.says("response.done", response={"id": "r1", "status": "incomplete", "status_details": details})
    assert line.page.expect("transcript", lambda n, word: "incomplete" in word)[1] == {"item": "a1", "incomplete": told}
    assert f"response_incomplete: {told}" in caplog.text


def test_words_that_were_not_written_down_are_said_to_be_lost(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    line.says("input_audio_buffer.committed", item_id="u1")
    error = {"type": "server_error", "code": "DeploymentNotFound", "message": "…"}
    line.says("conversation.item.input_audio_transcription.failed", item_id="u1", error=error)
    word = line.page.expect("transcript")[1]
    assert word == {"item": "u1", "text": "", "final": True, "failed": True}
    assert "DeploymentNotFound" in caplog.text
