"""A plain client for tests of the engine, on websocket-client: independent of both ends under test."""

import base64
import json
import time
from array import array
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import websocket

# A second of what the detectors of tests take for speech, and of what they do not.
LOUD, QUIET = array("h", [12000] * (24 * 1024)).tobytes(), bytes(48 * 1024)


class Client:
    """Sends and receives Realtime events on one connection."""

    def __init__(
        self, url: str, key: str | None = None, timeout: float = 10, extra: tuple[str, ...] = (), **options: Any
    ) -> None:
        header = [f"Authorization: Bearer {key}"] if key else []
        header += extra
        # It would look at each byte of UTF-8 in Python before it decodes the whole, which sees the same.
        of_socket = {name: options.pop(name, None) for name in ("sslopt", "sockopt")}
        self.socket = websocket.WebSocket(**of_socket, skip_utf8_validation=True)
        try:
            self.socket.connect(url, timeout=timeout, header=header, **options)
        except BaseException:
            self.socket.shutdown()
            raise
        self.seen: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.socket.close()
        # After the other side's close, close() leaves the TCP socket open.
        self.socket.shutdown()

    def send(self, kind: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **fields}))

    def append(self, pcm: bytes, chunk_ms: int = 40) -> None:
        size = 48 * chunk_ms
        for start in range(0, len(pcm), size):
            self.send("input_audio_buffer.append", audio=base64.b64encode(pcm[start : start + size]).decode())

    def receive(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.socket.recv())
        self.seen.append(event)
        return event

    def until(self, kind: str) -> dict[str, Any]:
        while True:
            event = self.receive()
            if event["type"] == kind:
                return event

    def closed(self) -> tuple[int, str]:
        """Reads to the end and gives the close code and reason."""
        while True:
            opcode, data = self.socket.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(data[:2], "big"), data[2:].decode()
            self.seen.append(json.loads(data))

    @property
    def kinds(self) -> list[str]:
        return [event["type"] for event in self.seen]

    def sound_of(self, item: str) -> bytes:
        deltas = [e["delta"] for e in self.seen if e["type"] == "response.output_audio.delta" and e["item_id"] == item]
        return b"".join(base64.b64decode(delta) for delta in deltas)


def ask(client: Client, text: str) -> None:
    part = {"type": "input_text", "text": text}
    client.send("conversation.item.create", item={"type": "message", "role": "user", "content": [part]})
    client.send("response.create")


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()
