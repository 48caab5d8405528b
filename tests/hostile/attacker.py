"""What an attacker has: raw sockets, bytes that break the rules, and patience; and what the defender's side shows."""

import contextlib
import json
import socket
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.servers import Bridged, Gunicorn
from voiceapp.net import websocket

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
TEXT, BINARY, CLOSE, PING = 0x81, 0x82, 0x88, 0x89
Attackable = Gunicorn | Bridged


def connect(server: Attackable, timeout: float = 10, receive_buffer: int = 0) -> socket.socket:
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(timeout)
    try:
        sock.connect(("127.0.0.1", server.port))
    except OSError:
        sock.close()
        raise
    return sock


def request(path: str = "/", method: str = "GET", **headers: str) -> bytes:
    """A request's bytes; header names with `_` for `-`."""
    lines = [f"{method} {path} HTTP/1.1"]
    given = {"Host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines += [f"{name}: {value}" for name, value in given.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def upgrade(**headers: str) -> bytes:
    wanted = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": KEY,
    }
    return request("/socket.io/?EIO=4&transport=websocket", **{**wanted, **headers})


def answer(sock: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer; 0 where the line is closed without one."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return 0, {}, data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    while len(body) < int(headers.get("content-length", "0")):
        body += sock.recv(65536)
    return int(lines[0].split()[1]), headers, body


def ask(server: Attackable, data: bytes, timeout: float = 10) -> tuple[int, dict[str, str], bytes]:
    with connect(server, timeout) as sock:
        sock.sendall(data)
        return answer(sock)


def get(server: Attackable, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return ask(server, request(path, Connection="close", **headers))


def frame(first: int, payload: bytes = b"", *, mask: bool = True, size: int | None = None) -> bytes:
    """A frame, as wrong as one likes: `size` is what it claims to carry."""
    unverified_client = len(payload) if size is None else size
    bit = 0x80 if mask else 0
    if unverified_client < 126:
        head = bytes((first, bit | unverified_client))
    elif unverified_client < 1 << 16:
        head = struct.pack("!BBH", first, bit | 126, unverified_client)
    else:
        head = struct.pack("!BBQ", first, bit | 127, unverified_client)
    return head + (b"\0\0\0\0" if mask else b"") + payload


def text(message: str) -> bytes:
    return frame(TEXT, message.encode())


class Line:
    """An upgraded socket on which anything can be sent."""

    def __init__(self, server: Attackable, *, session: bool = True, receive_buffer: int = 0, **headers: str) -> None:
        self.sock = connect(server, receive_buffer=receive_buffer)
        self.sock.sendall(upgrade(**headers))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.sock.recv(1)
            assert byte, head
            head += byte
        self.status = int(head.split()[1])
        self.endpoint = websocket.Endpoint(websocket.Role.CLIENT, max_message=1 << 24)
        self.events: list[tuple[str, list[Any]]] = []
        self.code: int | None = None
        self.gone = False
        if session:
            self.send(text("40"))
            self.until(lambda: self.greeted)

    greeted = False
    chunks = 0

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        """As much as the server takes; it may hang up in between."""
        with contextlib.suppress(OSError):
            self.sock.sendall(data)

    def emit(self, event: str, *args: Any) -> None:
        self.send(text("42" + json.dumps([event, *args])))

    def start(self) -> None:
        self.emit("start", {})
        self.until(lambda: self.named("ready"))
        self.chunks = 0

    def echo_s(self) -> float:
        """How long the server takes to confirm a fifth of a second of sound, whose last chunk comes again; it must."""
        began = time.monotonic()
        for _ in range(5):
            self.chunks += 1
            self.emit("audio", self.chunks, "A" * 2560)
        self.emit("audio", self.chunks, "A" * 2560)
        self.until(lambda: [self.chunks] in self.named("ack"))
        return time.monotonic() - began

    def named(self, event: str) -> list[list[Any]]:
        return [args for name, args in self.events if name == event]

    def codes(self) -> set[str]:
        return {args[0]["code"] for args in self.named("notice")}

    def until(self, holds: Any, timeout: float = 5) -> None:
        deadline = time.monotonic() + timeout
        while not holds():
            left = deadline - time.monotonic()
            assert left > 0, (self.events[-5:], self.code, self.gone)
            self.take(left)

    def closed_within(self, seconds: float) -> int | None:
        """The close code, once the server has hung up; None where it gave no reason."""
        deadline = time.monotonic() + seconds
        while self.code is None and not self.gone:
            left = deadline - time.monotonic()
            assert left > 0, "still open"
            self.take(left)
        return self.code

    def take(self, timeout: float) -> None:
        self.sock.settimeout(timeout)
        try:
            data = self.sock.recv(1 << 20)
        except TimeoutError:
            return
        except OSError:
            data = b""
        self.gone = not data
        for event in self.endpoint.feed(data):
            if isinstance(event, websocket.Closed):
                self.code = event.code
            elif isinstance(event, websocket.Text):
                self._packet(event.payload.decode())

    def _packet(self, packet: str) -> None:
        if packet == "2":
            self.send(text("3"))
        elif packet.startswith("40"):
            self.greeted = True
        elif packet.startswith("42"):
            name, *args = json.loads(packet[2:])
            self.events.append((name, args))


def health_s(server: Attackable) -> float:
    """How long `/healthz` takes; it must answer."""
    began = time.monotonic()
    with urllib.request.urlopen(server.url + "/healthz", timeout=10) as response:
        assert response.status == 200
    return time.monotonic() - began


class Watch:
    """The server's memory and threads, and how quickly it answers, while something is done to it."""

    def __init__(self, server: Gunicorn) -> None:
        self.server = server
        self.before_kb, self.before_threads = self.memory_kb(), self.threads()

    def memory_kb(self) -> int:
        return sum(_status(pid, "VmRSS") for pid in self.server.worker_pids())

    def threads(self) -> int:
        return sum(_status(pid, "Threads") for pid in self.server.worker_pids())

    def files(self) -> int:
        return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in self.server.worker_pids())

    @property
    def grown_mb(self) -> float:
        return (self.memory_kb() - self.before_kb) / 1024

    @property
    def more_threads(self) -> int:
        return self.threads() - self.before_threads

    def health_s(self) -> float:
        return health_s(self.server)


def _status(pid: int, field: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    return 0


def fetch(
    url: str, headers: Mapping[str, str] | None = None, data: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Follows no redirect. `data`: of a form, which is posted."""
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(urllib.request.Request(url, data, dict(headers or {})), timeout=10) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@contextlib.contextmanager
def crowd(server: Attackable, count: int, **options: Any) -> Iterator[list[socket.socket]]:
    """Many connections of one attacker, all closed in the end."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(connect(server, **options)) for _ in range(count)]


@contextlib.contextmanager
def lines(server: Attackable, count: int, **options: Any) -> Iterator[list[Line]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Line(server, **options)) for _ in range(count)]


class Attacked:
    """A server under attack, and a call on it."""

    def __init__(self, server: Gunicorn, line: Line) -> None:
        self.server = server
        self.line = line
        self.watch = Watch(server)
        self._workers = server.worker_pids()

    def holds(self) -> None:
        """Bound: the call is answered within 1 s, health under 0.5 s, and no worker died."""
        assert self.line.echo_s() < 1
        assert self.watch.health_s() < 0.5
        assert self.server.worker_pids() == self._workers
        assert "Traceback" not in self.server.log.read_text()
