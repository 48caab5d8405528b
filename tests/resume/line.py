"""One socket of a page over asyncio: Engine.IO and Socket.IO over a WebSocket, and a sense of when it is dead."""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from voiceapp.net import websocket

MAX_MESSAGE = 1 << 24
PATH = "/socket.io/?EIO=4&transport=websocket"


class PageLine(asyncio.Protocol):
    """`opened` is told once a session has begun, `told` every event, `lost` once, however it ends."""

    def __init__(
        self,
        opened: Callable[["PageLine"], None],
        told: Callable[["PageLine", str, list[Any]], None],
        lost: Callable[["PageLine"], None],
        headers: Mapping[str, str],
    ) -> None:
        self._opened, self._told, self._lost, self._headers = opened, told, lost, headers
        self._endpoint = websocket.Endpoint(websocket.Role.CLIENT, max_message=MAX_MESSAGE)
        self._head = b""
        self._upgraded = False
        self.over = False
        self.acknowledged: dict[int, Any] = {}
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self.heard_at = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = b64encode(os.urandom(16)).decode()
        headers = "".join(f"{name}: {value}\r\n" for name, value in self._headers.items())
        transport.write(
            f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{headers}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self.over:
            return
        self.heard_at = self._loop.time()
        if not self._upgraded:
            data = self._upgrade(data)
        for event in self._endpoint.feed(data):
            if isinstance(event, websocket.Text):
                self._packet(event.payload.decode())
            elif isinstance(event, websocket.Closed):
                self.end()
        self._write(self._endpoint.take_output())

    def _upgrade(self, data: bytes) -> bytes:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            return b""
        if b" 101 " not in head:
            self.end()
            return b""
        self._upgraded = True
        return rest

    def _packet(self, packet: str) -> None:
        if self.over:
            return
        if packet == "2":
            self._send("3")
        elif packet.startswith("0{"):
            self._send("40")
        elif packet.startswith("40"):
            self._opened(self)
        elif packet.startswith("43"):
            start = packet.index("[")
            self.acknowledged[int(packet[2:start])] = json.loads(packet[start:])[0]
        elif packet.startswith("42"):
            name, *args = json.loads(packet[2:])
            self._told(self, name, args)

    def emit(self, event: str, *args: Any, acknowledge: int | None = None) -> None:
        number = "" if acknowledge is None else str(acknowledge)
        self._send(f"42{number}" + json.dumps([event, *args], separators=(",", ":")))

    def _send(self, packet: str) -> None:
        if not self.over:
            self._write(self._endpoint.text(packet.encode()))

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def say_goodbye(self) -> None:
        self._write(self._endpoint.close(1000))
        self.end()

    def end(self) -> None:
        """Given up, by either side."""
        if self.over:
            return
        self.over = True
        if self._transport is not None:
            self._transport.close()
        self._lost(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.end()
