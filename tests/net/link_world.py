"""A link, its peer and its owner, driven step by step on a loop whose clock stands still until it is told otherwise."""

import socket
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

from tests.clock import StandingLoop
from voiceapp.net import websocket
from voiceapp.net.link import CLOSE_WAIT_S, Cause, Ending, Link
from voiceapp.net.rate_limit import TokenBucket

BROKEN = b"\xff\xff"
MAX_MESSAGE = 4096
MAX_OUT = 150_000


class Owner:
    """Does with each message what is next in `reactions`; notes what it was told."""

    def __init__(self, world: "World", reactions: list[str]) -> None:
        self._world = world
        self._reactions = reactions
        self.told: list[bytes] = []
        self.closed: list[Ending] = []

    def link_text(self, payload: bytes) -> None:
        assert not self.closed, "a message after the end"
        assert not self._world.inside, "told within a call of its own"
        self.told.append(payload)
        self._world.act(self._reactions.pop(0) if self._reactions else "nothing")

    link_binary = link_text

    def link_closed(self, end: Ending) -> None:
        assert not self._world.inside, "told within a call of its own"
        self.closed.append(end)
        assert end == self._world.link.ending
        self._world.act(self._reactions.pop(0) if self._reactions else "nothing")


class World:
    """`run` the steps of a life, then `settle`; every promise of a link is asserted on the way."""

    def __init__(self, reactions: list[str], *, owned: bool, limited: bool) -> None:
        self.loop = StandingLoop()
        self.sock, self.peer = socket.socketpair()
        for each in (self.sock, self.peer):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        self.peer.setblocking(False)
        self.inside = False
        self.owner = Owner(self, reactions)
        self.forgotten = self.released = 0
        self.link = Link(
            self.loop,
            self.sock,
            websocket.Endpoint(websocket.Role.SERVER, max_message=MAX_MESSAGE),
            bytearray(1024),
            max_out=MAX_OUT,
            forget=self._forget,
            released=None if owned else self._release,
            frames=TokenBucket(0.0, 8) if limited else None,
        )
        self._owned = owned
        self._peers_end = websocket.Endpoint(websocket.Role.CLIENT, max_message=1 << 24)
        # What may be the cause by now, and what the peer has said in whole before its close frame.
        self._possible = {Cause.TOO_FAST} if limited else set()
        self._said: list[bytes] = []
        self._peer_ended = False
        self._number = 0
        self._ending: Ending | None = None

    def _forget(self, _: Link) -> None:
        self.forgotten += 1

    def _release(self) -> None:
        self.released += 1

    # What can happen

    def act(self, action: str) -> None:
        """Something that an owner does, at any time."""
        before, within = self.link.ending, self.inside
        self.inside = True
        try:
            self._do(action)
        finally:
            self.inside = within
        if before is None and action in ("close", "abort"):
            assert self.link.ending is not None
            assert self.link.ending.cause is Cause.US
        if before is not None:
            assert self.link.ending == before, "an ending changed"

    def _do(self, action: str) -> None:
        if action == "raise":
            self._possible.add(Cause.US)
            raise RuntimeError("broken on purpose")
        if action in ("close", "abort"):
            self._possible.add(Cause.US)
        if action in ("flood", "huge"):
            self._possible.add(Cause.STALLED)
        calls: dict[str, Callable[[], None]] = {
            "nothing": lambda: None,
            "send": lambda: self.link.send(b"answer ", b"of ours"),
            "flood": lambda: self.link.send(bytes(60_000)),
            "huge": lambda: self.link.send(bytes(MAX_OUT + 65_536)),
            "ping": self.link.ping,
            "close": lambda: self.link.close(4001, "enough"),
            "abort": self.link.abort,
        }
        calls[action]()

    def segment(self, frames: list[str], cuts: list[int]) -> None:
        """Frames that the peer sends, in one piece or several."""
        data = b"".join(map(self._frame, frames))
        at = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
        for start, stop in pairwise(at):
            with suppress(OSError):
                self.peer.send(data[start:stop])
            self.spin(1)

    def _frame(self, kind: str) -> bytes:
        self._number += 1
        said = b"%d" % self._number
        if self._peer_ended or self._peers_end.closed:
            return said
        if kind in ("text", "binary"):
            self._said.append(said)
            return self._peers_end.text(said)
        if kind == "ping":
            return self._peers_end.ping(said)
        self._peer_ended = True
        if kind == "close":
            self._possible.add(Cause.PEER)
            return self._peers_end.close(4000, "bye")
        self._possible.add(Cause.PROTOCOL)
        return BROKEN

    def leave(self, how: str) -> None:
        self._possible.add(Cause.LOST)
        self._peer_ended = True
        with suppress(OSError):
            if how == "half":
                self.peer.shutdown(socket.SHUT_WR)
            else:
                self.peer.close()
        self.spin()

    def read(self) -> None:
        """The peer takes what is there, and answers as it must."""
        with suppress(OSError):
            while data := self.peer.recv(65536):
                self._peers_end.feed(data)
                self.peer.send(self._peers_end.take_output())
        self.spin()

    def wait(self, seconds: float) -> None:
        self.loop.now += seconds
        self.spin()

    def spin(self, turns: int = 3) -> None:
        self.loop.spin(turns)
        assert self.loop.raised == []
        assert len(self.owner.closed) <= 1
        assert self.owner.told == self._said[: len(self.owner.told)]
        if self._ending is None:
            self._ending = self.link.ending
        assert self.link.ending == self._ending, "an ending changed"
        if self._ending is not None:
            assert self._ending.cause in self._possible, self._ending

    # A life

    def run(self, steps: list[tuple[Any, ...]]) -> None:
        self.link.open(self.owner)
        for name, *given in steps:
            if name == "act":
                with suppress(RuntimeError):
                    self.act(given[0])
                self.spin()
            else:
                getattr(self, name)(*given)

    def settle(self) -> None:
        """Everybody goes; then nothing of the link is left."""
        if self.link.ending is None:
            self.leave("whole")
        for _ in range(3):
            self.wait(CLOSE_WAIT_S + 0.1)
        (end,) = self.owner.closed
        if end.cause is Cause.PEER:
            assert (end.code, end.reason) == (4000, "bye")
            assert self.owner.told == self._said, "what came before the goodbye is told"
        assert self.forgotten == 1
        assert self.released == (0 if self._owned else 1)
        assert (self.sock.fileno() < 0) == self._owned, "the descriptor is given back"
        assert (self.loop.watched, self.loop.timers) == (0, 0)

    def close(self) -> None:
        self.sock.close()
        self.peer.close()
        self.loop.close()
