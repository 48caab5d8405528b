"""A page without a browser: speaks docs/wire.md over a real WebSocket."""

import base64
import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import websocket

from tests.wire_check import check_told, validator


def chunk(n: int, ms: int = 40) -> str:
    """Sound that tells which chunk it is."""
    return base64.b64encode(n.to_bytes(2, "little") * 24 * ms).decode()


def of_answer(_: int, usage: Any) -> bool:
    """Whether a `usage` is that of an answer, and not of a transcription alone."""
    return bool(usage["total"]["output_tokens"])


class PageClient:
    """Connects to a running app; keeps every event that came, as (name, arguments), and holds them to the schema."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, **options: Any) -> None:
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        # The client looks at each byte of UTF-8 in Python before it decodes the whole, which sees the same.
        options = {"timeout": 10, "skip_utf8_validation": True, **options}
        self.socket = websocket.create_connection(address, header=dict(headers or {}), **options)
        self.events: list[tuple[str, list[Any]]] = []
        self.acks: dict[int, Any] = {}
        self.closed = threading.Event()
        self._news = threading.Condition()
        self._next_ack = 0
        self.opening = json.loads(self.socket.recv()[1:])
        self.socket.send("40")
        assert self.socket.recv().startswith("40")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "PageClient":
        return self

    def __exit__(self, error: object, *_: object) -> None:
        self.close()
        if error is None:
            check_told(self.events)

    def close(self) -> None:
        """Say goodbye as a browser does, and wait for the server's answer."""
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self.socket.send_close()
        self._reader.join(5)
        self.socket.shutdown()

    def vanish(self) -> None:
        """Leave without a word."""
        self.socket.sock.shutdown(socket.SHUT_RDWR)
        self._reader.join(5)
        self.socket.shutdown()

    def emit(self, event: str, *args: Any) -> None:
        self.send_packet("2" + json.dumps([event, *args], separators=(",", ":")))

    def send_packet(self, packet: str) -> None:
        self.socket.send("4" + packet)

    def talk(self, chunks: int, first: int = 1) -> None:
        for n in range(first, first + chunks):
            self.emit("audio", n, chunk(n))

    def confirm(self, n: int) -> None:
        """Wait until chunk `n` was taken: one that comes again is confirmed at once."""
        self.emit("audio", n, chunk(n))
        self.expect("ack", lambda taken: taken >= n)

    def call(self, event: str, *args: Any) -> Any:
        """Emit, and wait for the acknowledgement."""
        number, self._next_ack = self._next_ack, self._next_ack + 1
        self.send_packet(f"2{number}" + json.dumps([event, *args], separators=(",", ":")))
        self.wait(lambda: number in self.acks)
        validator("Answer").validate(self.acks[number])
        return self.acks[number]

    def start(self, **fields: Any) -> dict[str, Any]:
        """Start a call and wait until it is live; what `ready` carried."""
        answer = self.call("start", fields)
        assert answer == {"ok": True}, answer
        return self.expect("ready")[0]

    def expect(self, event: str, where: Callable[..., bool] = lambda *_: True, timeout: float = 10) -> list[Any]:
        """The arguments of the first such event, come or still to come."""
        self.wait(lambda: any(name == event and where(*args) for name, args in self._so_far()), timeout, event)
        return next(args for name, args in self._so_far() if name == event and where(*args))

    def named(self, event: str) -> list[list[Any]]:
        return [args for name, args in self._so_far() if name == event]

    @property
    def notices(self) -> list[str]:
        """The codes of all that came so far."""
        return [notice["code"] for (notice,) in self.named("notice")]

    def wait(self, holds: Callable[[], bool], timeout: float = 10, what: str = "an event") -> None:
        deadline = time.monotonic() + timeout
        with self._news:
            while not holds():
                assert self._news.wait(deadline - time.monotonic()), f"no {what}; came: {[n for n, _ in self.events]}"

    def _so_far(self) -> list[tuple[str, list[Any]]]:
        return list(self.events)

    def _read(self) -> None:
        try:
            while message := self.socket.recv():
                self._take(message)
        except (websocket.WebSocketException, OSError, AttributeError):
            pass
        self.closed.set()
        with self._news:
            self._news.notify_all()

    def _take(self, message: str) -> None:
        if message == "2":
            self.socket.send("3")
        elif message.startswith("43"):
            start = message.index("[")
            self._keep(lambda: self.acks.update({int(message[2:start]): json.loads(message[start:])[0]}))
        elif message.startswith("42"):
            name, *args = json.loads(message[2:])
            self._keep(lambda: self.events.append((name, args)))

    def _keep(self, store: Callable[[], None]) -> None:
        with self._news:
            store()
            self._news.notify_all()
