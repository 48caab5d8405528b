"""What a relay does to the sound on its way is noticed, in both directions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from benchmarks.frames import NOISE
from benchmarks.line import ClientLine, Listener, ServerLine
from benchmarks.load import RealtimeCaller
from benchmarks.marks import MAGIC, Track
from benchmarks.mock import Board, Mock
from benchmarks.reactor import Reactor

CHUNKS, CHUNK_MS = 8, 40
FAULTS = ("lost", "doubled", "misplaced", "damaged")
Meddle = Callable[[list[bytes], bytes], list[bytes]]


class Upstream(ClientLine):
    def __init__(self, reactor: Reactor, browser: "Relay") -> None:
        super().__init__(reactor, "/")
        self.browser = browser

    def text(self, buffer: bytearray, at: int, end: int) -> None:
        self.browser.pass_on(self.browser, bytes(buffer[at:end]), self.browser.down)


class Relay(ServerLine):
    """Passes on what `meddle` makes of each message with sound, of which it has those before."""

    def __init__(self, reactor: Reactor, port: int, meddle: Meddle) -> None:
        super().__init__(reactor)
        self.port, self.meddle = port, meddle
        self.up: list[bytes] = []
        self.down: list[bytes] = []

    def opened(self) -> None:
        self.upstream = Upstream(self.reactor, self)
        self.upstream.connect(self.port)

    def text(self, buffer: bytearray, at: int, end: int) -> None:
        self.pass_on(self.upstream, bytes(buffer[at:end]), self.up)

    def pass_on(self, to: ClientLine | ServerLine, message: bytes, before: list[bytes]) -> None:
        with_sound = MAGIC in message
        for each in self.meddle(before, message) if with_sound else [message]:
            to.send(each)
        if with_sound:
            before.append(message)

    def lost(self) -> None:
        self.upstream.end()


@contextmanager
def call(meddle: Meddle) -> Iterator[tuple[Reactor, RealtimeCaller, Mock]]:
    """One that has begun; it speaks when it is told to, as does its server."""
    reactor, board = Reactor(), Board()
    upstream = Listener(reactor, lambda: Mock(reactor, board))
    relay = Listener(reactor, lambda: Relay(reactor, upstream.port, meddle))
    caller = RealtimeCaller(reactor, board, board.add(CHUNK_MS), CHUNK_MS)
    try:
        caller.connect(relay.port)
        assert reactor.run_until(lambda: caller.is_ready, 10)
        caller.stop_speaking()
        (mock,) = board.sessions
        mock.of_turn = {b"turn": 1}
        yield reactor, caller, mock
    finally:
        caller.hang_up()
        relay.close()
        upstream.close()
        reactor.run(0.05)
        reactor.close()


def faults(meddle: Meddle) -> tuple[dict[str, int], dict[str, int]]:
    """Of the way up and the way down."""
    with call(meddle) as (reactor, caller, mock):
        for _ in range(CHUNKS):
            caller.say_chunk()
        # Whoever hears the first chunk knows whose call it is.
        reactor.run_until(lambda: caller.up.last == CHUNKS, 10)
        for _ in range(CHUNKS):
            mock.play()
        reactor.run_until(lambda: caller.down.last == CHUNKS, 10)
        reactor.run(0.05)
        return found(caller.up), found(caller.down)


def found(track: Track) -> dict[str, int]:
    return {name: getattr(track, name) for name in FAULTS}


def honest(_: list[bytes], message: bytes) -> list[bytes]:
    return [message]


def loses(before: list[bytes], message: bytes) -> list[bytes]:
    return [] if len(before) == 3 else [message]


def doubles(before: list[bytes], message: bytes) -> list[bytes]:
    return [message, message] if len(before) == 3 else [message]


def swaps(before: list[bytes], message: bytes) -> list[bytes]:
    return {3: [], 4: [message, *before[3:]]}.get(len(before), [message])


def repeats_another(before: list[bytes], message: bytes) -> list[bytes]:
    """One is lost and one doubled: their number is right."""
    return [before[1]] if len(before) == 3 else [message]


def flips_a_bit(before: list[bytes], message: bytes) -> list[bytes]:
    return [message[:-700] + bytes([message[-700] ^ 1]) + message[-699:]] if len(before) == 3 else [message]


def cuts_short(before: list[bytes], message: bytes) -> list[bytes]:
    return [message[:-6] + b'"}'] if len(before) == 3 else [message]


def joins_two(before: list[bytes], message: bytes) -> list[bytes]:
    return [message[:-2] + message[-702:]] if len(before) == 3 else [message]


@pytest.mark.parametrize(
    ("meddle", "expected"),
    [
        (honest, {}),
        (loses, {"lost": 1}),
        (doubles, {"doubled": 1}),
        (swaps, {"misplaced": 1}),
        (repeats_another, {"lost": 1, "doubled": 1}),
        (flips_a_bit, {"damaged": 1}),
        (cuts_short, {"damaged": 1, "lost": 1}),
        (joins_two, {"damaged": 1}),
    ],
)
def test_what_a_relay_does_to_the_sound_is_noticed(meddle: Meddle, expected: dict[str, int]) -> None:
    wanted = dict.fromkeys(FAULTS, 0) | expected
    assert faults(meddle) == (wanted, wanted)


@pytest.mark.parametrize(
    "message", [b'{"type":"response.cancel"}', b'{"event_id":"voiceapp_1","type":"conversation.item.truncate"}']
)
def test_another_message_after_a_chunk_is_none(message: bytes) -> None:
    """The buffer still holds the chunk behind it."""
    with call(honest) as (reactor, caller, _):
        for number in range(CHUNKS):
            caller.say_chunk()
            reactor.run_until(lambda number=number: caller.up.last == number + 1, 10)
            caller.send(message)
            reactor.run(0.02)
        assert found(caller.up) == dict.fromkeys(FAULTS, 0)


def test_sound_that_is_taken_for_another_calls_is_damaged() -> None:
    board = Board()
    first, second = (RealtimeCaller(Reactor(), board, board.add(CHUNK_MS), CHUNK_MS) for _ in range(2))
    at = first.up.filling_at(1)
    message = bytearray(first.before() + first.up.stamp())
    message += bytes(NOISE[at : at + first.up.filling]) + b'"}'
    first.up.see(message, 0, len(message))
    second.up.sent = 1
    second.up.see(message, 0, len(message))
    assert (first.up.damaged, second.up.damaged) == (0, 1)


def test_what_never_arrives_at_the_end_is_lost() -> None:
    track = Track(1, 2560)
    track.stamp()
    track.stamp()
    assert track.lost == 2
