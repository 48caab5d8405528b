"""One socket on the loop: what arrives is told, what is sent goes out, and nobody can make it hold too much."""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from voiceapp import wire
from voiceapp.link import Link


class Owner:
    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.binaries: list[bytes] = []
        self.closed: list[tuple[int, str]] = []

    def link_text(self, payload: bytes) -> None:
        self.texts.append(payload)

    def link_binary(self, payload: bytes) -> None:
        self.binaries.append(payload)

    def link_closed(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))


class Pair:
    """A link and the raw socket of its peer, on a running loop."""

    def __init__(self, max_out: int = 1 << 20, buffer: int = 65536) -> None:
        ours, self.peer = socket.socketpair()
        self.peer.setblocking(False)
        self.loop = asyncio.get_running_loop()
        self.owner = Owner()
        self.forgotten: list[Link] = []
        endpoint = wire.Endpoint(wire.Role.SERVER, max_message=1 << 20)
        self.peers_end = wire.Endpoint(wire.Role.CLIENT, max_message=1 << 24)
        self.link = Link(
            self.loop,
            ours,
            endpoint,
            bytearray(buffer),
            max_out=max_out,
            owns_socket=True,
            forget=self.forgotten.append,
        )
        self.link.open(self.owner)

    async def send(self, data: bytes) -> None:
        await self.loop.sock_sendall(self.peer, data)

    async def receive(self) -> list[wire.Event]:
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
        received: list[wire.Event] = []
        while len(received) < len(parts):
            received += await pair.receive()
        assert received == [wire.Text(part) for part in parts]
        assert pair.link.waiting_bytes == 0

    play(script)


def test_a_peer_that_does_not_read_is_cut_by_name() -> None:
    async def script(pair: Pair) -> None:
        for _ in range(200):
            pair.link.send(bytes(20_000))
        assert pair.owner.closed == [(1008, "stalled")]
        assert pair.link.waiting_bytes == 0

    play(script, max_out=100_000)


def test_a_ping_is_answered() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(pair.peers_end.ping(b"there?"))
        assert await pair.receive() == [wire.Pong(b"there?")]

    play(script)


def test_a_close_is_answered_and_told_once() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(pair.peers_end.close(4000, "enough"))
        assert await pair.receive() == [wire.Closed(4000, "", by_us=False)]
        await pair.until(lambda: pair.owner.closed)
        assert pair.owner.closed == [(4000, "enough")]
        assert pair.forgotten == [pair.link]

    play(script)


def test_our_close_waits_for_the_peers_answer() -> None:
    async def script(pair: Pair) -> None:
        pair.link.close(1001, "moving")
        assert await pair.receive() == [wire.Closed(1001, "moving", by_us=False)]
        assert not pair.link.over
        await pair.send(pair.peers_end.take_output())
        await pair.until(lambda: pair.link.over)
        assert pair.owner.closed == [(1001, "moving")]

    play(script)


def test_our_close_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceapp.link.CLOSE_WAIT_S", 0.02)

    async def script(pair: Pair) -> None:
        pair.link.close()
        await pair.until(lambda: pair.link.over)

    play(script)


def test_a_peer_that_vanishes_is_told_as_1006() -> None:
    async def script(pair: Pair) -> None:
        pair.peer.shutdown(socket.SHUT_RDWR)
        await pair.until(lambda: pair.owner.closed)
        assert pair.owner.closed == [(1006, "")]

    play(script)


def test_a_broken_frame_fails_the_connection_with_its_code() -> None:
    async def script(pair: Pair) -> None:
        await pair.send(b"\x81\x01x")  # unmasked, from a client
        (closed,) = await pair.receive()
        assert isinstance(closed, wire.Closed)
        assert closed.code == 1002
        await pair.until(lambda: pair.owner.closed)
        assert pair.owner.closed[0][0] == 1002

    play(script)


def test_after_the_end_nothing_is_sent_and_nothing_is_told() -> None:
    async def script(pair: Pair) -> None:
        pair.link.abort(1008, "enough")
        pair.link.abort()
        pair.link.send(b"late")
        pair.link.ping()
        pair.link.close()
        assert pair.owner.closed == [(1008, "enough")]

    play(script)


def test_a_socket_that_is_not_its_own_is_left_open() -> None:
    async def run() -> None:
        ours, peer = socket.socketpair()
        endpoint = wire.Endpoint(wire.Role.SERVER, max_message=100)
        link = Link(
            asyncio.get_running_loop(),
            ours,
            endpoint,
            bytearray(100),
            max_out=100,
            owns_socket=False,
            forget=lambda _: None,
        )
        link.open(Owner())
        link.abort()
        assert ours.fileno() > 0
        assert peer.recv(1) == b""
        ours.close()
        peer.close()

    asyncio.run(run())
