"""Each effect of the core has its event, and each event its packet."""

import json
from dataclasses import fields
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation import effects
from voiceapp.conversation.events import Transcribing, Usage
from voiceapp.conversation.faults import Fault
from voiceapp.conversation.functions import Sentence
from voiceapp.errors import ENGINE_STARTING
from voiceapp.wire import down, rendering

# Of these the page is told by what others add: a price, a number before the sound.
BY_OTHERS = {effects.Used, effects.Play, effects.SoundComplete}
HALF = "\ud83d"
USED = down.Used(Usage(1), Usage(2), Transcribing(1.5), False, False, down.Cost(0.5, 1.0, None, [], "USD", None))
# Half of a pair is what a word cut in two leaves.
TEXT = st.lists(st.characters() | st.integers(0xD800, 0xDFFF).map(chr), max_size=20).map("".join)


def told(effect: effects.Effect, n: int = 7) -> Any:
    event = rendering.event_of(effect)
    assert event is not None
    return json.loads(b"".join(rendering.packet(event, n))[1:])


@pytest.mark.parametrize(
    ("effect", "event"),
    [
        (effects.TurnChanged("user"), ["turn", 7, {"state": "user"}]),
        (
            effects.ItemPlaced("a1", "assistant", None, "audio"),
            ["item", 7, {"id": "a1", "role": "assistant", "after": None, "kind": "audio"}],
        ),
        (effects.TextAdded("a1", "Hi"), ["transcript", 7, {"item": "a1", "delta": "Hi"}]),
        (effects.TextFinished("a1", "Hi."), ["transcript", 7, {"item": "a1", "text": "Hi.", "final": True}]),
        (
            effects.TextFinished("u1", "", failed=True),
            ["transcript", 7, {"item": "u1", "text": "", "final": True, "failed": True}],
        ),
        (effects.TextHeard("a1", "Hi"), ["transcript", 7, {"item": "a1", "heard": "Hi"}]),
        (effects.TextIncomplete("a1", "length"), ["transcript", 7, {"item": "a1", "incomplete": "length"}]),
        (effects.EntryRemoved("a1"), ["transcript", 7, {"item": "a1", "removed": True}]),
        (effects.Flush("a1"), ["flush", 7, {"item": "a1"}]),
        (
            effects.ToolChanged("t1", "weather", "{}", "running"),
            ["tool", 7, {"call": "t1", "name": "weather", "arguments": "{}", "state": "running"}],
        ),
        (
            effects.ToolChanged("t1", "weather", "{}", "done", "Sunny."),
            ["tool", 7, {"call": "t1", "name": "weather", "arguments": "{}", "state": "done", "result": "Sunny."}],
        ),
        (
            effects.ToolChanged(
                "t1", "weather", "{}", "failed", says=(Sentence("en", "The weather"),), shows=False, fault="timed_out"
            ),
            [
                "tool",
                7,
                {
                    "call": "t1",
                    "name": "weather",
                    "arguments": "{}",
                    "state": "failed",
                    "says": [{"language": "en", "text": "The weather"}],
                    "shows": False,
                    "fault": "timed_out",
                },
            ],
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, list) else "",
)
def test_an_effect_is_told_as_the_docs_say(effect: effects.Effect, event: list[Any]) -> None:
    assert told(effect) == event


@pytest.mark.parametrize("kind", get_args(effects.TalkEffect))
def test_every_effect_of_the_talk_has_its_event(kind: Any) -> None:
    some = kind(*(() if each.name == "says" else None for each in fields(kind)))
    assert (rendering.event_of(some) is None) == (kind in BY_OTHERS)


def test_what_is_not_for_the_page_has_none() -> None:
    assert rendering.event_of(effects.Send({"type": "response.create"})) is None
    assert rendering.event_of(effects.LogError("code")) is None


@pytest.mark.parametrize(
    ("event", "packet"),
    [
        (down.Ack(5), b'2["ack",5]'),
        (down.Ended("stopped"), b'2["ended",{"reason":"stopped"}]'),
        (
            down.notice(Fault("quota", "No credit."), fatal=True),
            b'2["notice",{"code":"quota","message":"No credit.","retry":false,"fatal":true}]',
        ),
        (
            down.notice(Fault("change_refused", "No.", param="voice"), fatal=False),
            b'2["notice",{"code":"change_refused","message":"No.","retry":false,"fatal":false,"param":"voice"}]',
        ),
    ],
)
def test_one_about_the_connection_carries_no_number(event: down.Event, packet: bytes) -> None:
    assert b"".join(rendering.packet(event)) == packet
    assert not event.numbered


@pytest.mark.parametrize(
    ("effect", "event"),
    [
        (effects.Paused(0.25, 1400), {"paused": True, "sure": 0.25, "ends_in_ms": 1400}),
        (effects.Paused(None, 408), {"paused": True, "sure": None, "ends_in_ms": 408}),
        (effects.Resumed(), {"paused": False, "sure": None, "ends_in_ms": None}),
    ],
)
def test_a_pause_is_told_while_it_lasts_and_is_not_kept(effect: effects.Effect, event: dict[str, Any]) -> None:
    told = rendering.event_of(effect)
    assert told is not None
    assert not told.numbered
    assert rendering.read(rendering.packet(told)) == ("pause", [event])


def test_a_notice_tells_how_far_the_engine_is() -> None:
    notice = down.notice(ENGINE_STARTING, fatal=False, progress=down.Progress("ears", 1, 3))
    assert rendering.read(rendering.packet(notice))[1][0]["progress"] == {"part": "ears", "done": 1, "of": 3}


def test_what_was_used_is_told_whole() -> None:
    name, (n, told) = rendering.read(rendering.packet(USED, 3))
    assert (name, n, told["turn"]["input_tokens"], told["total"]["input_tokens"]) == ("usage", 3, 1, 2)
    assert len(told["total"]) == len(fields(Usage))
    assert told["transcription"]["seconds"] == 1.5
    assert told["cost"] == {
        "turn": 0.5, "total": 1.0, "transcription": None, "unpriced": [], "currency": "USD", "dated": None,
    }  # fmt: skip


@given(TEXT, TEXT, st.integers(1, 2**40))
def test_whatever_was_said_its_packet_is_utf8_and_json(item: str, text: str, n: int) -> None:
    expected = [part.encode(errors="replace").decode() for part in (item, text)]
    name, (number, data) = rendering.read(rendering.packet(down.TextAdded(item, text), n))
    assert (name, number, [data["item"], data["delta"]]) == ("transcript", n, expected)
    assert rendering.read(rendering.sound(n, rendering.quoted(item), b"AAAA")) == ("audio", [n, expected[0], "AAAA"])


def test_half_a_pair_spoils_nothing_else_and_numbers_of_any_size_pass() -> None:
    data = rendering.read(rendering.packet(down.Renewed("lost", HALF, "p", "m", "か", 10**30, 1)))[1][0]
    assert data == {
        "why": "lost",
        "persona": "?", "profile": "p", "model": "m", "voice": "か", "expires_at": 10**30, "expires_in_s": 1,
    }  # fmt: skip
