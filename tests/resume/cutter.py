"""A way between page and server that can be cut: reset, closed, torn in mid-frame, or fallen silent."""

import asyncio
import socket
import struct
from collections import deque
from dataclasses import dataclass
from typing import Literal

Kind = Literal["reset", "fin", "torn", "silence", "close"]
KINDS: tuple[Kind, ...] = ("reset", "fin", "torn", "silence", "close")
# Closing sends RST in place of FIN (socket(7)).
RESET = struct.pack("ii", 1, 0)


@dataclass
class Cut:
    """Once more than `down` bytes have gone to the page, or `up` from it, of these all but the last few are passed on.

    None: as many as one likes. `kind`: how the way ends then. `late_s`: what a silent way swallowed on its way up comes
    after so long, and then its end; None: never.
    """

    kind: Kind
    down: int | None = None
    up: int | None = None
    late_s: float | None = None


class Cutter:
    """Listens at `port`, in front of a server. `close` is a goodbye, which only a page can say: here it is a FIN."""

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self.cuts = 0
        self._server_port = server_port
        self._planned: deque[Cut] = deque()
        self._ways: set[Way] = set()
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: PageSide(self._open()), "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for way in list(self._ways):
            way.drop()

    def plan(self, *cuts: Cut) -> None:
        """Each of the next ways is cut in turn."""
        self._planned.extend(cuts)

    def cut(self, cut: Cut) -> None:
        """The way that there is; the next, if the page has just lost the one it had."""
        open_ways = [way for way in self._ways if not way.over]
        if not open_ways:
            self._planned.appendleft(cut)
        for way in open_ways:
            way.expect(cut)

    def _open(self) -> "Way":
        way = Way(self)
        self._ways.add(way)
        if self._planned:
            way.expect(self._planned.popleft())
        return way

    async def reach(self, way: "Way") -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: ServerSide(way), "127.0.0.1", self._server_port)
        except OSError:
            way.end("reset")

    def forget(self, way: "Way") -> None:
        self._ways.discard(way)


class Way:
    """One connection of the page's, and the one to the server that belongs to it."""

    def __init__(self, cutter: Cutter) -> None:
        self.cutter = cutter
        self.page: asyncio.Transport | None = None
        self.server: asyncio.Transport | None = None
        self.over = False
        self._cut: Cut | None = None
        self._waiting = b""
        self._swallowed = b""
        self._silent = False

    def expect(self, cut: Cut) -> None:
        """In place of the cut that was planned for it."""
        if not self.over:
            self._cut = cut
            if cut.down is None and cut.up is None:
                self.end(cut.kind)

    def entered(self, page: asyncio.Transport) -> None:
        self.page = page
        if self.over and not self._silent:
            _close(page, "reset")

    def opened(self, server: asyncio.Transport) -> None:
        self.server = server
        if self.over and not self._silent:
            _close(server, "reset")
        elif self._waiting:
            server.write(self._waiting)

    def go_down(self, data: bytes) -> None:
        if not self.over and self.page is not None:
            self.page.write(self._within("down", data))
            self._end_if_due()

    def go_up(self, data: bytes) -> None:
        if self._silent:
            self._swallowed += data
        elif not self.over:
            data = self._within("up", data)
            if self.server is None:
                self._waiting += data
            else:
                self.server.write(data)
            self._end_if_due()

    def _within(self, direction: Literal["up", "down"], data: bytes) -> bytes:
        """What of it the cut still lets through."""
        left = None if self._cut is None else getattr(self._cut, direction)
        if self._cut is None or left is None:
            return data
        setattr(self._cut, direction, left - len(data))
        return data[: max(0, left)]

    def _end_if_due(self) -> None:
        cut = self._cut
        if cut is not None and ((cut.down or 0) < 0 or (cut.up or 0) < 0):
            self.end(cut.kind)

    def end(self, kind: Kind) -> None:
        if self.over:
            return
        self.over = True
        self.cutter.cuts += 1
        if kind == "silence":
            self._fall_silent()
            return
        for side in (self.page, self.server):
            if side is not None:
                _close(side, kind)
        self.cutter.forget(self)

    def drop(self) -> None:
        """However it is: nothing of it stays open."""
        self.over = True
        for side in (self.page, self.server):
            if side is not None:
                _close(side, "reset")

    def _fall_silent(self) -> None:
        self._silent = True
        late_s = None if self._cut is None else self._cut.late_s
        if late_s is not None:
            asyncio.get_running_loop().call_later(late_s, self._come_late)

    def _come_late(self) -> None:
        if self.server is not None and not self.server.is_closing():
            self.server.write(self._swallowed)
            self.server.close()
        self.cutter.forget(self)

    def lost(self, side: "Side") -> None:
        """One of the two has left; of a silent way the other does not learn of it."""
        if self._silent:
            return
        if not self.over:
            self.over = True
            other = self.server if isinstance(side, PageSide) else self.page
            if other is not None:
                other.close()
        self.cutter.forget(self)


class Side(asyncio.Protocol):
    def __init__(self, way: Way) -> None:
        self.way = way

    def connection_lost(self, error: Exception | None) -> None:
        self.way.lost(self)


class PageSide(Side):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.way.entered(transport)
        if not self.way.over:
            self._connecting = asyncio.ensure_future(self.way.cutter.reach(self.way))

    def data_received(self, data: bytes) -> None:
        self.way.go_up(data)


class ServerSide(Side):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.way.opened(transport)

    def data_received(self, data: bytes) -> None:
        self.way.go_down(data)


def _close(transport: asyncio.Transport, kind: Kind) -> None:
    if kind == "reset" and not transport.is_closing():
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        transport.abort()
    else:
        transport.close()
