"""Packets as bytes from anywhere: `check` gives a verdict and nothing else; so do the schema and the stock driver."""

import json
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voiceapp.call.inbox import chunk_bytes
from voiceapp.errors import BrowserError
from voiceapp.page import packets
from voiceapp.page.packets import RESERVED, PacketError, check
from voiceapp.wire import up

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([*up.UP, "audio", "nonsense"]) | st.text(max_size=20)


@given(st.text() | st.binary() | st.from_regex(r"[0-6][0-9]{0,12}-?(/[a-z]*,)?[\[{].{0,20}", fullmatch=True))
@example("2" + "[" * 100_000)
@example("2[1" + "0" * 5000 + "]")
@example("²")
@example("")
@example("51-[]")
@example('2["disconnect"]')
@example('2["\\ud800"]')
def test_a_packet_is_good_or_refused_and_nothing_falls_over(packet: Any) -> None:
    try:
        kind = check(packet)
    except PacketError as error:
        assert error.code in (1002, 1003, 1007, 1008)
        assert len(error.reason.encode()) <= 123
    else:
        assert kind in ("0", "1", "2")


@given(NAMES, st.lists(JSON, max_size=3), st.integers(0, 999_999_999) | st.none())
def test_every_event_a_page_can_write_is_an_event(name: str, args: list[Any], number: int | None) -> None:
    packet = f"2{'' if number is None else number}" + json.dumps([name, *args])
    if name in RESERVED:
        with pytest.raises(PacketError):
            check(packet)
    else:
        assert check(packet) == packets.EVENT


@given(st.sampled_from(sorted(up.UP)), st.lists(JSON, max_size=2))
@example("text", [{"text": "\ud800"}])
@example("heard", [{"item": "a", "heard_ms": float("nan")}])
@example("heard", [{"item": "a", "heard_ms": 10**400}])
def test_the_schema_takes_or_refuses_any_fields(event: str, args: list[Any]) -> None:
    try:
        fields = up.check_fields(event, tuple(args))
    except BrowserError as error:
        assert error.fault.message
    else:
        assert set(fields) <= set(up.UP[event].fields)


@given(st.binary(max_size=200))
@example(b'2["audio",1,"' + b'"]')
@example(b'2["audio",,"AAAA"]')
def test_the_fast_path_takes_or_leaves_any_bytes(tail: bytes) -> None:
    for packet in (up.AUDIO_PACKET + tail, up.HEARD_PACKET + tail):
        chunk = up.chunk_from_packet(packet) if packet.startswith(up.AUDIO_PACKET) else None
        if chunk is not None:
            assert chunk[0] >= 0
            try:
                chunk_bytes(chunk[1])
            except BrowserError as error:
                assert error.fault.code == "bad_event"
        else:
            up.heard_from_packet(packet)


class Floor:
    """What stands behind the guard: takes all, closes what it is told to."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.taken: list[str] = []
        self.closed: list[int] = []
        eio = type("Eio", (), {})()
        eio.handlers = {"connect": lambda *_: None, "message": self._take, "disconnect": lambda *_: None}
        manager = type("Manager", (), {"sid_from_eio_sid": lambda *_: "sid"})()
        self.server = type("Server", (), {"eio": eio, "manager": manager})()
        bridge = type("Bridge", (), {"run": lambda *_: None})()
        packets.PacketGuard(
            self.server, bridge, lambda _sid, code, _reason: self.closed.append(code), lambda *_: None, clock
        )
        eio.handlers["connect"]("eio", {})

    def _take(self, _: str, packet: str) -> None:
        self.taken.append(packet)

    def send(self, packet: str) -> None:
        self.server.eio.handlers["message"]("eio", packet)


def nested(characters: int, event: str = "x") -> str:
    return f'2["{event}",[{"[]," * (characters // 3)}[]]]'


@pytest.mark.parametrize("event", ["x", "text", "audio"])
def test_what_is_parsed_is_counted_first(monkeypatch: pytest.MonkeyPatch, event: str) -> None:
    """However much comes in a moment, and whatever it says it is."""
    parsed: list[int] = []
    read = packets._json
    monkeypatch.setattr(packets, "_json", lambda text: (parsed.append(len(text)), read(text))[1])
    floor = Floor(lambda: 0.0)
    for _ in range(100):
        floor.send(nested(60_000, event))
    assert sum(parsed) <= 140_000
    assert len(floor.taken) == 2


@pytest.mark.parametrize("event", ["x", "audio"])
def test_only_sound_may_be_long(event: str) -> None:
    floor = Floor()
    floor.send(nested(200_000, event))
    assert (floor.taken, floor.closed) == ([], [1009])
    sounding = Floor()
    sounding.send(f'2["audio",1,"{"A" * 64_000}"]')
    assert (len(sounding.taken), sounding.closed) == (1, [])


@pytest.mark.parametrize("many", ["1e9,", '"",', '"A",', "1 ,"])
def test_a_long_list_does_not_pass_for_sound(many: str) -> None:
    """A packet of 250 kB of small numbers took 77 ms to parse."""
    floor = Floor()
    floor.send(f'2["audio",1,{many * (250_000 // len(many))}1]')
    assert (floor.taken, floor.closed) == ([], [1009])


def test_the_longest_instructions_pass_with_the_longest_talk() -> None:
    floor = Floor()
    talk = [{"role": "assistant", "text": "word " * 128} for _ in range(up.MAX_TOLD)]
    assert up.MAX_TOLD_BYTES <= len(json.dumps(talk)) < up.MAX_TOLD_BYTES + 10_000
    floor.send(f"2{json.dumps(['start', {'instructions': chr(34) * 20_000, 'talk': talk}])}")
    assert (len(floor.taken), floor.closed) == (1, [])


def test_a_picture_passes_whole_beside_all_else_and_many_do_not() -> None:
    now = 0.0
    floor = Floor(lambda: now)
    part = (
        f'2["picture",{{"n":1,"item":"picture_aaaaaaaa","part":1,"parts":11,"data":"{"A" * up.MAX_PART_CHARACTERS}"}}]'
    )
    for _ in range(up.MAX_PARTS):
        floor.send(part)
    floor.send('2["interrupt",{"n":1}]')
    assert (len(floor.taken), floor.closed) == (up.MAX_PARTS + 1, [])
    floor.send(part)
    assert len(floor.taken) == up.MAX_PARTS + 1
    now += 0.26
    floor.send(part)
    assert len(floor.taken) == up.MAX_PARTS + 2


def test_what_calls_itself_a_picture_may_be_no_longer_than_a_part() -> None:
    floor = Floor()
    floor.send(nested(200_000, "picture"))
    assert (floor.taken, floor.closed) == ([], [1009])
