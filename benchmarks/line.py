"""A WebSocket over asyncio, for either end of the load: the handshake, then text messages."""

import asyncio
import os
from base64 import b64encode

from voiceapp.net import websocket

MAX_MESSAGE = 1 << 20


class Line(asyncio.Protocol):
    """Subclasses say what `opened` and `text` do; `lost` is for those who mind."""

    transport: asyncio.Transport

    def __init__(self, role: websocket.Role) -> None:
        self.endpoint = websocket.Endpoint(role, max_message=MAX_MESSAGE)
        self.head = b""
        self.is_open = False

    def opened(self) -> None: ...

    def text(self, payload: bytes) -> None: ...

    def lost(self) -> None: ...

    def greet(self, head: bytes) -> None:
        """Take the other side's half of the handshake."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not self.is_open:
            data = self._shake(data)
        for event in self.endpoint.feed(data):
            if type(event) is websocket.Text:
                self.text(event.payload)
        output = self.endpoint.take_output()
        if output:
            self.transport.write(output)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost()

    def send(self, *parts: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(self.endpoint.text(*parts))

    def hang_up(self) -> None:
        self.transport.write(self.endpoint.close())
        self.transport.close()

    def _shake(self, data: bytes) -> bytes:
        self.head += data
        head, end, rest = self.head.partition(b"\r\n\r\n")
        if not end:
            return b""
        self.greet(head)
        self.is_open = True
        self.opened()
        return rest


class ClientLine(Line):
    """Asks for `path`."""

    def __init__(self, path: str) -> None:
        super().__init__(websocket.Role.CLIENT)
        self.path = path

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        key = b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def greet(self, head: bytes) -> None:
        if b" 101 " not in head.partition(b"\r\n")[0]:
            raise ConnectionError(f"{self.path} was refused: {head[:100].decode(errors='replace')}")


class ServerLine(Line):
    """Answers any path."""

    def __init__(self) -> None:
        super().__init__(websocket.Role.SERVER)

    def greet(self, head: bytes) -> None:
        headers = (line.partition(b":") for line in head.split(b"\r\n"))
        key = next(value for name, _, value in headers if name.lower() == b"sec-websocket-key")
        self.transport.write(websocket.upgrade_response(key.strip().decode()))
