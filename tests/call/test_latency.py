"""How long answers took: events and times in, one latency for each answered turn out."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from tests.page_client import PageClient, of_answer
from voiceapp.call.latency import Latency, LatencyTracker
from voiceapp.conversation import dialects
from voiceapp.conversation import events as ev
from voiceapp.conversation.conversation import Capabilities, Conversation
from voiceapp.conversation.effects import Play, TurnChanged
from voiceapp.conversation.turn_detection import Detection, PushToTalk, SemanticVad, ServerVad
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.ops import metrics
from voiceapp.wire import down

SOUND = base64.b64encode(bytes(4800)).decode()


class Call:
    """A conversation with a latency tracker beside it, as in a relay; every event comes at a time, in seconds."""

    def __init__(self, detection: Detection) -> None:
        self.conversation = Conversation(dialects.SessionConfig("marin", "", detection=detection), Capabilities())
        self.latency = LatencyTracker(detection)
        self.latencies: list[Latency] = []
        self.at(0, "session.created", session={})
        self.at(0, "session.updated", session={})

    def at(self, now: float, kind: str, **fields: Any) -> None:
        """An event of the upstream."""
        message = {"type": kind, **fields}
        event = dialects.decode(message)
        assert event is not None
        self.take(now, event, message)

    def take(self, now: float, event: ev.Event, message: dict[str, Any] | None = None) -> None:
        latency = self.latency.observe(event, now, message or {})
        for effect in self.conversation.handle(event, now):
            if isinstance(effect, TurnChanged):
                self.latency.turned(effect.state, now)
            if isinstance(effect, Play) and effect.audio:
                self.latency.played(effect.item, now)
        self.latency.handled()
        self.latencies += [latency] if latency else []

    def hear(self, now: float, ms: int, end_ms: int, item: str = "u1", cuts: str = "") -> None:
        """The server says that speech ended, when it was sent `ms` of sound in all; its beginning cut a response."""
        self.latency.sent_bytes = ms * 48
        self.at(now - 1, "input_audio_buffer.speech_started", item_id=item, audio_start_ms=0)
        if cuts:
            self.at(now - 0.875, "response.done", response={"id": cuts, "status": "cancelled"})
        self.at(now, "input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=end_ms)
        self.at(now, "input_audio_buffer.committed", item_id=item)

    def answer(
        self, created: float, sound: float | None, done: float, name: str = "1", status: str = "completed"
    ) -> None:
        response = f"r{name}"
        self.at(created, "response.created", response={"id": response})
        if sound is not None:
            for later in (0, 0.1):
                self.at(
                    sound + later, "response.output_audio.delta", response_id=response, item_id=f"a{name}", delta=SOUND
                )
        self.at(done, "response.done", response={"id": response, "status": status})


@pytest.fixture
def call() -> Call:
    return Call(ServerVad(silence_ms=500))


def test_a_spoken_turn_is_timed_from_its_taking_to_the_answers_last(call: Call) -> None:
    call.hear(10, ms=4096, end_ms=4000)
    call.answer(10.125, 10.5, 11.75)
    assert call.latencies == [Latency("a1", 0.596, 0.125, 0.5, 1.75)]
    assert call.latencies[0].event() == down.Latency("a1", 596, 125, 500, 1750)


@pytest.mark.parametrize(
    ("detection", "ms", "end_ms"),
    [
        (ServerVad(silence_ms=500), 4500, 4000),  # counts to the end of the speech, it seems
        (ServerVad(silence_ms=500), 9000, 1000),  # counts from the beginning of the item
        (ServerVad(silence_ms=500), 4000, 4001),  # counts sound it was never sent
        (SemanticVad(), 4000, 4000),
    ],
)
def test_where_nobody_can_tell_how_long_the_server_waited_nothing_is_said(
    detection: Detection, ms: int, end_ms: int
) -> None:
    call = Call(detection)
    call.hear(10, ms, end_ms)
    call.answer(10.125, 10.5, 11)
    assert call.latencies == [Latency("a1", None, 0.125, 0.5, 1.0)]


def test_a_pause_changed_in_mid_call_counts_from_then_on(call: Call) -> None:
    call.take(1, ev.Configured(ServerVad(silence_ms=1000)))
    call.take(2, ev.Configured(language="ja"))
    call.hear(10, ms=4000, end_ms=4000)
    call.answer(10.125, 10.5, 11)
    assert call.latencies[0].wait == 1.0


def test_for_typed_text_and_a_key_let_go_nobody_waits(call: Call) -> None:
    call.take(10, ev.TextTyped("Hello"))
    call.answer(10.125, 10.5, 11)
    assert call.latencies == [Latency("a1", 0.0, 0.125, 0.5, 1.0)]
    held = Call(PushToTalk())
    held.take(10, ev.Talked(down=True))
    held.conversation.sound_sent(9600)
    held.take(12, ev.Talked(down=False))
    held.at(12.1, "input_audio_buffer.committed", item_id="u1")
    held.answer(12.125, 12.5, 13)
    assert held.latencies == [Latency("a1", 0.0, 0.125, 0.5, 1.0)]


def test_a_key_that_was_only_tapped_is_no_turn() -> None:
    call = Call(PushToTalk())
    call.take(10, ev.Talked(down=True))
    call.take(10.1, ev.Talked(down=False))
    call.answer(10.2, 10.5, 11)
    assert call.latencies == []


def test_an_answer_nobody_asked_for_has_no_latency(call: Call) -> None:
    call.answer(1, 1.5, 2, "opening")
    call.hear(10, ms=4000, end_ms=4000)
    call.answer(10.125, 10.5, 11, "1")
    call.answer(20, 20.5, 21, "idle")
    assert [latency.item for latency in call.latencies] == ["a1"]


def test_whoever_goes_on_speaking_is_timed_from_the_last_end(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    call.at(10.1, "response.created", response={"id": "early"})
    call.hear(12, ms=6000, end_ms=6000, item="u2", cuts="early")
    call.answer(12.25, 12.5, 13)
    assert call.latencies == [Latency("a1", 0.5, 0.25, 0.5, 1.0)]


def test_an_answer_that_was_cut_keeps_its_latency_and_the_next_has_its_own(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    call.at(10.25, "response.created", response={"id": "r1"})
    call.at(10.5, "response.output_audio.delta", response_id="r1", item_id="a1", delta=SOUND)
    call.hear(13, ms=7000, end_ms=7000, item="u2", cuts="r1")
    call.answer(13.25, 14, 15, "2")
    assert call.latencies == [Latency("a1", 0.5, 0.25, 0.5, 2.125), Latency("a2", 0.5, 0.25, 1.0, 2.0)]


def test_text_typed_while_an_answer_is_awaited_is_not_timed(call: Call) -> None:
    """The page was not told of a new turn: its own half would run from the earlier one."""
    call.hear(10, ms=4000, end_ms=4000)
    call.take(12, ev.TextTyped("And another thing"))
    call.answer(12.1, 12.2, 13, "cut", "cancelled")
    call.answer(13.1, 13.5, 14)
    assert call.latencies == []


def test_a_tool_is_a_part_of_the_wait_for_the_answer(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    item = {"id": "f1", "type": "function_call", "name": "clock", "call_id": "c1", "arguments": "{}"}
    call.at(10.125, "response.created", response={"id": "rt"})
    call.at(10.25, "response.output_item.added", response_id="rt", item=item)
    call.at(10.375, "response.output_item.done", response_id="rt", item={**item, "status": "completed"})
    call.at(10.5, "response.done", response={"id": "rt", "status": "completed"})
    call.answer(12.5, 13, 14)
    assert call.latencies == [Latency("a1", 0.5, 2.5, 3.0, 4.0)]


def test_text_typed_while_an_answer_is_awaited_is_not_timed_from_a_tool_either(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    call.take(12, ev.TextTyped("What time is it?"))
    call.answer(12.1, None, 13, "cut", "cancelled")
    item = {"id": "f1", "type": "function_call", "name": "clock", "call_id": "c1", "arguments": "{}"}
    call.at(13.125, "response.created", response={"id": "rt"})
    call.at(13.25, "response.output_item.added", response_id="rt", item=item)
    call.at(13.375, "response.output_item.done", response_id="rt", item={**item, "status": "completed"})
    call.at(13.5, "response.done", response={"id": "rt", "status": "completed"})
    call.answer(14, 14.5, 15)
    assert call.latencies == []


def test_an_answer_that_comes_while_the_person_already_goes_on_is_not_timed(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    call.at(10.5, "input_audio_buffer.speech_started", item_id="u2", audio_start_ms=4400)
    call.answer(10.625, 10.75, 11)
    assert call.latencies == []


def test_only_its_own_end_ends_an_answer_and_only_once(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    call.at(10.125, "response.created", response={"id": "r1"})
    call.at(10.5, "response.output_audio.delta", response_id="r1", item_id="a1", delta=SOUND)
    for now, response in ((10.75, "another"), (11, "r1"), (11.5, "r1")):
        call.at(now, "response.done", response={"id": response, "status": "completed"})
    assert call.latencies == [Latency("a1", 0.5, 0.125, 0.5, 1.0)]


def test_the_first_sound_counts_and_no_second_latency_follows(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    call.answer(10.125, 10.5, 11)
    call.answer(11.5, 12, 13, "after_a_tool")
    assert [latency.item for latency in call.latencies] == ["a1"]


def test_a_failed_answer_has_none(call: Call) -> None:
    call.hear(10, ms=4000, end_ms=4000)
    call.answer(10.125, None, 11, status="failed")
    call.answer(30, 30.5, 31, "idle")
    assert call.latencies == []


def test_stages_are_counted_where_they_are_known() -> None:
    def counted(stage: str) -> float:
        return REGISTRY.get_sample_value("voiceapp_answer_seconds_count", {"stage": stage}) or 0

    before = [counted("wait"), counted("done")]
    metrics.answered(Latency("a1", None, 0.125, 0.5, 1.0).stages)
    metrics.answered(Latency("a2", 0.5, 0.125, 0.5, 1.0).stages)
    assert [counted("wait"), counted("done")] == [before[0] + 1, before[1] + 2]


def test_the_page_is_told_once_for_a_turn_and_after_its_sound(
    serve: Callable[..., str], upstream: Callable[..., ScriptedServer]
) -> None:
    with PageClient(serve(upstream())) as page:
        page.start()
        page.talk(20)
        page.expect("usage", of_answer)
        (told,) = page.expect("latency")
        page.emit("text", {"text": "Hello"})
        page.expect("latency", lambda latency: latency["item"] == "t1")
        assert len(page.named("latency")) == 2
    assert told["item"] == "a1"
    assert told["wait_ms"] is None or 500 <= told["wait_ms"] < 1000
    assert 0 <= told["created_ms"] <= told["first_byte_ms"] <= told["done_ms"]


def test_a_server_that_judges_by_sense_and_tells_its_silence_is_believed() -> None:
    call = Call(SemanticVad())
    call.latency.sent_bytes = 4096 * 48
    call.at(9, "input_audio_buffer.speech_started", item_id="u1", audio_start_ms=0)
    call.at(10, "input_audio_buffer.speech_stopped", item_id="u1", audio_end_ms=4000, silence_ms=600)
    call.at(10, "input_audio_buffer.committed", item_id="u1")
    call.answer(10.125, 10.5, 11.75)
    assert call.latencies == [Latency("a1", 0.696, 0.125, 0.5, 1.75)]
