"""The far end of a link to an upstream, played by the test on the link's own loop."""

import json
import socket
from contextlib import suppress
from typing import Any

from tests.clock import StandingLoop
from voiceapp.net import websocket
from voiceapp.net.link import Link

LONGEST = 1 << 20


class FarEnd:
    """A real socket pair. It reads, and answers pings, unless it is `mute`.

    `heard`: the events it was sent; `pings`: the times at which it was asked whether it lives; `closed`: the code of
    the goodbye, None where none came.
    """

    def __init__(self, loop: StandingLoop) -> None:
        ours, self._sock = socket.socketpair()
        self._sock.setblocking(False)
        self._loop = loop
        self._end = websocket.Endpoint(websocket.Role.SERVER, max_message=LONGEST)
        self.heard: list[dict[str, Any]] = []
        self.pings: list[float] = []
        self.closed: int | None = None
        self.mute = False
        endpoint = websocket.Endpoint(websocket.Role.CLIENT, max_message=LONGEST)
        self.link = Link(loop, ours, endpoint, bytearray(1 << 16), max_out=LONGEST, forget=lambda _: None)
        loop.add_reader(self._sock, self._read)

    def say(self, kind: str, **fields: Any) -> None:
        """Send an event, and have it taken."""
        self._sock.send(self._end.text(json.dumps({"type": kind, **fields}).encode()))
        self._loop.spin()

    def leave(self, code: int = 1000) -> None:
        """Say goodbye."""
        self._sock.send(self._end.close(code, ""))
        self._loop.spin()

    def close(self) -> None:
        """Give the sockets back."""
        self._loop.remove_reader(self._sock)
        self.link.abort()
        self._sock.close()
        self._loop.spin()

    def _read(self) -> None:
        data = self._sock.recv(65536)
        if not data:
            self._loop.remove_reader(self._sock)
            return
        for event in self._end.feed(data):
            self._take(event)
        answer = self._end.take_output()
        if not self.mute:
            with suppress(OSError):
                self._sock.send(answer)

    def _take(self, event: websocket.Event) -> None:
        if type(event) is websocket.Text:
            self.heard.append(json.loads(event.payload))
        elif type(event) is websocket.Ping:
            self.pings.append(self._loop.time())
        elif type(event) is websocket.Closed:
            self.closed = event.code
