"""One socket on the loop: what arrives is told, what is sent goes out, and nobody can make it hold too much."""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.clock import StandingLoop
from tests.upstream.far_end import FarEnd
from voiceapp.net import websocket
from voiceapp.net.link import CLOSE_WAIT_S, MESSAGES_PER_TURN, Cause, Ending, Link


class Owner:
    """`react` is called with each text."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.binaries: list[bytes] = []
        self.closed: list[Ending] = []
        self.react: Callable[[bytes], None] = lambda _: None

    def link_text(self, payload: bytes) -> None:
        self.texts.append(payload)
        self.react(payload)

    def link_binary(self, payload: bytes) -> None:
        self.binaries.append(payload)

    def link_closed(self, end: Ending) -> None:
        self.closed.append(end)


class Pair:
    """A link and the raw socket of its peer, on a running loop."""

    def __init__(self, max_out: int = 1 << 20, buffer: int = 65536, **options: Any) -> None:
        ours, self.peer = socket.socketpair()
        self.peer.setblocking(False)
        self.loop = asyncio.get_running_loop()
        self.owner = Owner()
        self.forgotten: list[Link] = []
        endpoint = websocket.Endpoint(websocket.Role.SERVER, max_message=1 << 20)
        self.peers_end = websocket.Endpoint(websocket.Role.CLIENT, max_message=1 << 24)
        self.link = Link(
            self.loop,
            ours,
            endpoint,
            bytearray(buffer),
            max_out=max_out,
            forget=self.forgotten.append,
            **options,
        )
        self.raised: list[Any] = []
        self.loop.set_exception_handler(lambda _, context: self.raised.append(context))
        self.link.open(self.owner)

    async def send(self, data: bytes) -> None:
        await self.loop.sock_sendall(self.peer, data)

    async def receive(self) -> list[websocket.Event]:
        return self.peers_end.feed(await asyncio.wait_for(self.loop.sock_recv(self.peer, 1 << 20), 2))

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(3):
            while not holds():
                await asyncio.sleep(0.001)


Script = Callable[[Pair], Coroutine[Any, Any, None]]


def play(script: Script, **options: Any) -> None:
    async def run() -> None:
        pair = Pair(**options)
        try:
            await script(pair)
            assert pair.raised == []
        finally:
            pair.link.abort()
            pair.peer.close()

    asyncio.run(run())


def test_messages_are_told_in_order() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(b"".join(pair.peers_end.text(b"%d" % n) for n in range(50)))
        await pair.until(lambda: len(pair.owner.texts) == 50)
        assert pair.owner.texts == [b"%d" % n for n in range(50)]

    play(script)


def test_a_message_larger_than_the_read_buffer_comes_whole() -> None:
    sound = os.urandom(300_000).hex().encode()

    async def script(pair: Pair) -> None:
        await pair.send(pair.peers_end.text(sound))
        await pair.until(lambda: pair.owner.texts)
        assert pair.owner.texts == [sound]

    play(script, buffer=1024)


def test_what_does_not_fit_at_once_goes_out_when_it_can() -> None:
    parts = [os.urandom(50_000).hex().encode() for _ in range(9)]

    async def script(pair: Pair) -> None:
        for part in parts:
            pair.link.send(part[:10], part[10:])
        assert pair.link.waiting_bytes > 0
        received: list[websocket.Event] = []
        while len(received) < len(parts):
            received += await pair.receive()
        assert received == [websocket.Text(part) for part in parts]
        assert pair.link.waiting_bytes == 0

    play(script)


def test_what_is_sent_while_corked_goes_in_one_write() -> None:
    async def script(pair: Pair) -> None:
        pair.link.cork()
        for n in range(3):
            pair.link.send(b"%d" % n)
        with pytest.raises(BlockingIOError):
            pair.peer.recv(1)
        pair.link.uncork()
        pair.link.send(b"3")
        received = pair.peers_end.feed(pair.peer.recv(1 << 20))
        assert received == [websocket.Text(b"%d" % n) for n in range(4)]
        pair.link.cork()
        pair.link.uncork()
        pair.link.cork()
        pair.link.send(b"last")
        pair.link.close(1001, "moving")
        pair.link.uncork()
        assert await pair.receive() == [websocket.Text(b"last"), websocket.Closed(1001, "moving", by_us=False)]

    play(script)


def test_what_was_corked_waits_behind_what_a_slow_peer_has_not_read() -> None:
    parts = [os.urandom(50_000).hex().encode() for _ in range(9)]

    async def script(pair: Pair) -> None:
        for part in parts[:7]:
            pair.link.send(part)
        assert pair.link.waiting_bytes > 0
        pair.link.cork()
        for part in parts[7:]:
            pair.link.send(part)
        pair.link.uncork()
        received: list[websocket.Event] = []
        while len(received) < len(parts):
            received += await pair.receive()
        assert received == [websocket.Text(part) for part in parts]

    play(script)


def test_a_link_that_ends_while_corked_sends_nothing_more() -> None:
    async def script(pair: Pair) -> None:
        pair.link.cork()
        pair.link.send(b"late")
        pair.link.abort()
        pair.link.uncork()
        assert pair.peer.recv(1) == b""

    play(script)


def test_a_peer_that_does_not_read_is_cut_by_name() -> None:
    async def script(pair: Pair) -> None:
        for _ in range(200):
            pair.link.send(bytes(20_000))
        assert pair.link.ending == Ending(Cause.STALLED)
        assert pair.link.waiting_bytes == 0
        await pair.until(lambda: pair.owner.closed)
        assert pair.owner.closed == [Ending(Cause.STALLED)]

    play(script, max_out=100_000)


def test_a_ping_is_answered() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(pair.peers_end.ping(b"there?"))
        assert await pair.receive() == [websocket.Pong(b"there?")]

    play(script)


def test_a_close_is_answered_and_told_once() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(pair.peers_end.close(4000, "enough"))
        assert await pair.receive() == [websocket.Closed(4000, "", by_us=False)]
        await pair.until(lambda: pair.owner.closed)
        assert pair.owner.closed == [Ending(Cause.PEER, 4000, "enough")]
        assert pair.forgotten == [pair.link]

    play(script)


def test_our_close_waits_for_the_peers_answer() -> None:
    async def script(pair: Pair) -> None:
        pair.link.close(1001, "moving")
        assert await pair.receive() == [websocket.Closed(1001, "moving", by_us=False)]
        await pair.until(lambda: pair.owner.closed)
        assert pair.owner.closed == [Ending(Cause.US, 1001, "moving")]
        assert pair.forgotten == []
        await pair.send(pair.peers_end.take_output())
        await pair.until(lambda: pair.forgotten)
        assert len(pair.owner.closed) == 1

    play(script)


def test_our_close_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceapp.net.link.CLOSE_WAIT_S", 0.02)

    async def script(pair: Pair) -> None:
        pair.link.close()
        await pair.until(lambda: pair.forgotten)

    play(script)


def test_a_peer_that_vanishes_is_lost() -> None:
    async def script(pair: Pair) -> None:
        pair.peer.shutdown(socket.SHUT_RDWR)
        await pair.until(lambda: pair.owner.closed)
        assert pair.owner.closed == [Ending(Cause.LOST, 1006)]

    play(script)


def test_a_broken_frame_fails_the_connection_with_its_code() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(b"\x81\x01x")  # unmasked, from a client
        (closed,) = await pair.receive()
        assert isinstance(closed, websocket.Closed)
        assert closed.code == 1002
        await pair.until(lambda: pair.owner.closed)
        assert (pair.owner.closed[0].cause, pair.owner.closed[0].code) == (Cause.PROTOCOL, 1002)

    play(script)


def test_after_the_end_nothing_is_sent_and_nothing_is_told() -> None:
    async def script(pair: Pair) -> None:
        pair.link.abort(Cause.LOST)
        pair.link.abort()
        pair.link.send(b"late")
        pair.link.ping()
        pair.link.close()
        await pair.until(lambda: pair.owner.closed)
        await asyncio.sleep(0.01)
        assert pair.owner.closed == [Ending(Cause.LOST)]

    play(script)


def test_a_socket_that_is_not_its_own_is_given_back_open() -> None:
    released: list[bool] = []

    async def script(pair: Pair) -> None:
        sock = pair.link._sock
        pair.link.close()
        assert released == []
        pair.link.abort()
        assert released == [True]
        assert os.fstat(sock.fileno())
        await pair.until(lambda: pair.owner.closed)
        sock.close()

    play(script, released=lambda: released.append(True))


class TestAnUnluckyOrder:
    def test_what_is_sent_when_the_peer_has_said_goodbye_is_dropped(self) -> None:
        """A message that is answered at once, and a close frame, in one segment."""

        async def script(pair: Pair) -> None:
            pair.owner.react = lambda payload: pair.link.send(b"answer")
            await pair.send(
                pair.peers_end.text(b"one") + pair.peers_end.text(b"two") + pair.peers_end.close(4000, "bye")
            )
            await pair.until(lambda: pair.owner.closed)
            assert pair.owner.texts == [b"one", b"two"]
            assert pair.owner.closed == [Ending(Cause.PEER, 4000, "bye")]
            assert pair.forgotten == [pair.link]
            assert await pair.receive() == [websocket.Closed(4000, "", by_us=False)]

        play(script)

    def test_what_came_before_a_broken_frame_is_told_and_may_be_answered(self) -> None:
        async def script(pair: Pair) -> None:
            pair.owner.react = lambda _: pair.link.send(b"answer")
            await pair.send(pair.peers_end.text(b"one") + b"\x81\x01x")
            await pair.until(lambda: pair.owner.closed)
            assert pair.owner.texts == [b"one"]
            assert pair.owner.closed[0].cause is Cause.PROTOCOL

        play(script)

    @pytest.mark.parametrize("how", ["close", "abort"])
    def test_an_owner_that_ends_it_in_the_midst_of_a_segment_is_told_nothing_more(self, how: str) -> None:
        async def script(pair: Pair) -> None:
            pair.owner.react = lambda _: getattr(pair.link, how)()
            await pair.send(pair.peers_end.text(b"one") + pair.peers_end.text(b"two") + pair.peers_end.ping())
            await pair.until(lambda: pair.owner.closed)
            await pair.until(lambda: how == "close" or pair.forgotten)
            assert pair.owner.texts == [b"one"]
            assert [end.cause for end in pair.owner.closed] == [Cause.US]

        play(script)

    def test_an_owner_that_fails_loses_the_link_and_nothing_else(self, caplog: pytest.LogCaptureFixture) -> None:
        def fail(_: bytes) -> None:
            raise RuntimeError("broken on purpose")

        async def script(pair: Pair) -> None:
            pair.owner.react = fail
            await pair.send(pair.peers_end.text(b"one") + pair.peers_end.text(b"two"))
            assert await pair.receive() == [websocket.Closed(1011, "internal error", by_us=False)]
            assert pair.owner.texts == [b"one"]
            await pair.until(lambda: pair.owner.closed == [Ending(Cause.US, 1011, "internal error")])

        play(script)
        assert "broken on purpose" in caplog.text

    def test_the_owner_is_never_told_within_a_call_of_its_own(self) -> None:
        async def script(pair: Pair) -> None:
            pair.peer.close()
            pair.link.send(b"nobody is there")
            pair.link.send(b"nobody is there")
            assert pair.owner.closed == []
            await pair.until(lambda: pair.owner.closed)

        play(script)

    def test_a_peer_that_closes_and_does_not_read_ends_it_soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("voiceapp.net.link.CLOSE_WAIT_S", 0.02)

        async def script(pair: Pair) -> None:
            pair.link.send(bytes(3_000_000))
            await pair.send(pair.peers_end.close(1000))
            await pair.until(lambda: pair.owner.closed)
            await pair.until(lambda: pair.forgotten)

        play(script, max_out=1 << 24)


class TestADescriptorIsNeverLeftRegistered:
    def test_a_first_message_that_is_too_long_for_a_peer_that_does_not_read(self) -> None:
        async def script(pair: Pair) -> None:
            descriptor = pair.link._fd
            pair.link.send(bytes(3_000_000))
            assert pair.link.ending == Ending(Cause.STALLED)
            assert not pair.loop.remove_writer(descriptor)
            assert not pair.loop.remove_reader(descriptor)

        play(script, max_out=1000)

    def test_a_socket_that_cannot_be_served_is_lost(self) -> None:
        async def script(pair: Pair) -> None:
            ours, peer = socket.socketpair()
            link = Link(
                pair.loop,
                ours,
                websocket.Endpoint(websocket.Role.SERVER, max_message=100),
                bytearray(100),
                max_out=100,
                forget=pair.forgotten.append,
            )
            owner = Owner()
            ours.close()
            link.open(owner)
            link.send(b"late")
            await pair.until(lambda: owner.closed)
            assert owner.closed == [Ending(Cause.LOST)]
            assert pair.forgotten == [link]
            peer.close()

        play(script)

    def test_one_that_ended_before_it_was_opened_tells_its_owner(self) -> None:
        async def script(pair: Pair) -> None:
            owner = Owner()
            pair.link.hand_over(None)
            pair.link.abort(Cause.LOST)
            await asyncio.sleep(0.01)
            pair.link.open(owner)
            await pair.until(lambda: owner.closed)
            assert owner.closed == [Ending(Cause.LOST)]

        play(script)


def test_many_small_messages_leave_others_their_turn() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(b"".join(pair.peers_end.text(b"{}") for _ in range(2_000)))
        maximum = seen = 0
        async with asyncio.timeout(3):
            while seen < 2_000:
                await asyncio.sleep(0)
                maximum, seen = max(maximum, len(pair.owner.texts) - seen), len(pair.owner.texts)
        assert maximum <= MESSAGES_PER_TURN + 256 // 8

    play(script, buffer=256)


def test_one_that_was_never_open_says_goodbye_and_ends_when_that_is_answered(
    loop: StandingLoop, far_end: FarEnd
) -> None:
    loop.do(lambda: far_end.link.close(1000))
    assert far_end.closed == 1000
    assert loop.timers == 0, "nobody is waited for any more"


def test_one_that_was_never_open_waits_for_a_silent_peer_no_longer_than_any_other(
    loop: StandingLoop, far_end: FarEnd
) -> None:
    far_end.mute = True
    loop.do(far_end.link.close)
    assert loop.timers == 1
    loop.pass_time(CLOSE_WAIT_S)
    assert loop.timers == 0
