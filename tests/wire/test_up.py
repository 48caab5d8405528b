"""What a page may send, field by field."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation import events as ev
from voiceapp.conversation.turn_detection import PushToTalk, ServerVad
from voiceapp.errors import BrowserError
from voiceapp.wire import up


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        ("start", {}),
        ("start", {"voice": "marin", "language": "ja"}),
        ("start", {"language": "zh-Hant-TW"}),
        ("start", {"turn": {"mode": "server_vad", "threshold": 0.9, "prefix_ms": 0, "silence_ms": 2000}}),
        ("configure", {"turn": {"mode": "semantic_vad", "eagerness": "low"}, "language": "ja"}),
        ("configure", {"turn": {"mode": "push_to_talk"}}),
        ("talk", {"down": True}),
        ("text", {"text": "Hello"}),
        ("interrupt", {}),
        ("flushed", {"item": "item_1", "heard_ms": 0}),
        ("heard", {"item": "item_1", "heard_ms": 3_600_000}),
        ("watch", {"on": False}),
        ("stop", {}),
    ],
)
def test_a_good_event_passes(event: str, fields: dict[str, Any]) -> None:
    assert up.check_fields(event, (fields,)) == fields


@pytest.mark.parametrize("event", ["interrupt", "stop", "start"])
def test_an_event_without_fields_may_carry_nothing(event: str) -> None:
    assert up.check_fields(event, ()) == {}


@pytest.mark.parametrize(
    ("event", "args", "named"),
    [
        ("start", ({"voice": 5},), "start.voice"),
        ("start", ({"voice": "a b"},), "start.voice"),
        ("start", ({"language": "../etc"},), "start.language"),
        ("start", ({"language": None},), "start.language"),
        ("start", ({"modal": "gpt"},), "'modal'"),
        ("start", ({}, {}), "one object"),
        ("start", ([],), "one object"),
        ("configure", ({"turn": {}},), "turn.mode"),
        ("configure", ({"turn": {"mode": ["server_vad"]}},), "turn.mode"),
        ("configure", ({"turn": "server_vad"},), "configure.turn"),
        ("configure", ({"turn": {"mode": "server_vad", "threshold": 0.95}},), "turn.threshold"),
        ("configure", ({"turn": {"mode": "server_vad", "threshold": float("nan")}},), "turn.threshold"),
        ("configure", ({"turn": {"mode": "server_vad", "silence_ms": 100}},), "turn.silence_ms"),
        ("configure", ({"turn": {"mode": "server_vad", "silence_ms": 500.0}},), "turn.silence_ms"),
        ("configure", ({"turn": {"mode": "server_vad", "eagerness": "low"}},), "'eagerness'"),
        ("configure", ({"turn": {"mode": "semantic_vad", "eagerness": {}}},), "turn.eagerness"),
        ("configure", ({"greet": True},), "'greet'"),
        ("talk", ({"down": 1},), "talk.down"),
        ("text", (), "text.text"),
        ("text", ({"text": "   "},), "text.text"),
        ("text", ({"text": "é" * 4001},), "text.text"),
        ("text", ({"text": ["Hi"]},), "text.text"),
        ("flushed", ({"item": "", "heard_ms": 1},), "flushed.item"),
        ("flushed", ({"item": "a" * 129, "heard_ms": 1},), "flushed.item"),
        ("flushed", ({"item": "a"},), "flushed.heard_ms"),
        ("heard", ({"item": "a", "heard_ms": 1.5},), "heard.heard_ms"),
        ("heard", ({"item": "a", "heard_ms": float("nan")},), "heard.heard_ms"),
        ("heard", ({"item": "a", "heard_ms": 3_600_001},), "heard.heard_ms"),
        ("watch", ({"on": 1},), "watch.on"),
        ("stop", ({"now": True},), "'now'"),
    ],
)
def test_a_bad_one_is_refused_by_the_fields_name(event: str, args: tuple[Any, ...], named: str) -> None:
    with pytest.raises(BrowserError) as refused:
        up.check_fields(event, args)
    assert named in str(refused.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@given(st.sampled_from(sorted(up.UP)), st.lists(ANYTHING, max_size=3))
def test_nothing_a_page_sends_raises_anything_else(event: str, args: list[Any]) -> None:
    try:
        fields = up.check_fields(event, tuple(args))
    except BrowserError:
        return
    if event not in ("start", "watch"):
        up.browser_event(event, fields)


@pytest.mark.parametrize(
    ("event", "fields", "meaning"),
    [
        ("text", {"text": " Hi "}, ev.TextTyped("Hi")),
        # As the page has it: JavaScript's `trim` leaves the first two.
        ("text", {"text": "Hi\x1f\x85\ufeff\u3000"}, ev.TextTyped("Hi\x1f\x85")),
        ("interrupt", {}, ev.Interrupted()),
        ("flushed", {"item": "a", "heard_ms": 5}, ev.Flushed("a", 5)),
        ("heard", {"item": "a", "heard_ms": 5}, ev.Heard("a", 5)),
        ("talk", {"down": True}, ev.Talked(down=True)),
        ("configure", {"language": "ja"}, ev.Configured(language="ja")),
        ("configure", {"turn": {"mode": "push_to_talk"}}, ev.Configured(PushToTalk())),
        ("configure", {"turn": {"mode": "server_vad", "silence_ms": 900}}, ev.Configured(ServerVad(silence_ms=900))),
        ("stop", {}, ev.Stopped()),
    ],
)
def test_checked_fields_become_the_conversations_events(event: str, fields: dict[str, Any], meaning: ev.Event) -> None:
    assert up.browser_event(event, fields) == meaning


class TestChunks:
    @given(st.integers(0, 10**9), st.binary(max_size=60))
    def test_the_fast_path_reads_what_the_client_writes(self, n: int, sound: bytes) -> None:
        text = base64.b64encode(sound)
        packet = b"2" + json.dumps(["audio", n, text.decode()], separators=(",", ":")).encode()
        assert up.chunk_from_packet(packet) == (n, text)

    @given(st.binary(max_size=40))
    def test_what_the_short_way_takes_means_the_same_the_ordinary_way(self, rest: bytes) -> None:
        packet = b'2["audio",' + rest
        found = up.chunk_from_packet(packet)
        if found is not None and found[1].isascii() and found[1].decode().isprintable():
            assert json.loads(packet[1:]) == ["audio", found[0], found[1].decode()]

    @pytest.mark.parametrize(
        "packet",
        [
            b'2["audio",',
            b'2["audio",1]',
            b'2["audio",-1,"AAAA"]',
            b'2["audio",1,"AA\\"AA"]',
            b'2["audio",1,"AA","BB"]',
            b'2["audio", 1,"AAAA"]',
        ],
    )
    def test_odd_spellings_are_left_to_the_ordinary_way(self, packet: bytes) -> None:
        assert up.chunk_from_packet(packet) is None


class TestHeard:
    def test_the_fast_path_reads_what_the_client_writes(self) -> None:
        assert up.heard_from_packet(b'2["heard",{"item":"a1","heard_ms":250}]') == ev.Heard("a1", 250)

    @pytest.mark.parametrize(
        "rest",
        [b"", b"{}]", b'{"item":"a1","heard_ms":-1}]', b'{"item":"a1","heard_ms":1},{}]', b"[" * 90_000, b"\xff]"],
    )
    def test_anything_else_is_left_to_the_ordinary_way(self, rest: bytes) -> None:
        assert up.heard_from_packet(up.HEARD_PACKET + rest) is None

    def test_nothing_long_is_parsed_before_it_is_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(up.json, "loads")
        assert up.heard_from_packet(up.HEARD_PACKET + b"[" + b"1e9," * 1000 + b"1]]") is None
