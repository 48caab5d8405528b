"""Callers come and go for minutes, some of them rude; what the server holds must come back: `make soak`."""

import os
import random
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import websocket

from tests.conftest import SCENARIOS, upstream_settings
from tests.hostile.attacker import PING, Line, Watch, connect, frame, text
from tests.page_client import PageClient, chunk, of_answer
from tests.servers import Gunicorn, gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

CALLERS = 16
SETTLE_S = 4.0
MAX_MB = 10.0


@dataclass(frozen=True)
class Holding:
    """What the server holds while nobody calls."""

    threads: int
    files: int
    memory_kb: int

    @classmethod
    def of(cls, server: Gunicorn) -> "Holding":
        watch = Watch(server)
        return cls(watch.threads(), watch.files(), watch.memory_kb())

    def __str__(self) -> str:
        return f"{self.threads} threads, {self.files} files, {self.memory_kb / 1024:.1f} MB"


def polite(server: Gunicorn) -> None:
    with PageClient(server.url) as page:
        page.start()
        for n in range(1, 21):
            page.emit("audio", n, chunk(n))
        page.expect("usage", of_answer)
        page.emit("stop", {})
        page.expect("ended")


def vanishing(server: Gunicorn) -> None:
    page = PageClient(server.url)
    page.start()
    page.emit("audio", 1, chunk(1))
    page.vanish()


def rude(server: Gunicorn) -> None:
    with Line(server) as line:
        line.start()
        line.send(
            random.choice([text("42["), frame(PING) * 2000, frame(0x81, b"", size=1 << 40), text('42["x"]') * 500])
        )
        line.closed_within(5)


def slow(server: Gunicorn) -> None:
    with connect(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: ")
        time.sleep(0.2)


class Crowd:
    """Callers that go on until they are told to stop."""

    def __init__(self, server: Gunicorn) -> None:
        self._server = server
        self._stop = threading.Event()
        self.calls = self.failures = 0
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def _call(self) -> None:
        while not self._stop.is_set():
            kind = random.choices([polite, vanishing, rude, slow], [6, 2, 2, 1])[0]
            try:
                kind(self._server)
            except (AssertionError, OSError, websocket.WebSocketException) as error:
                self.failures += 1
                print(f"{kind.__name__}: {str(error)[:200]}", flush=True)
            self.calls += 1
            time.sleep(random.uniform(0, 0.3))

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)


def run(server: Gunicorn, seconds: float) -> tuple[int, int]:
    crowd = Crowd(server)
    time.sleep(seconds)
    crowd.stop()
    time.sleep(SETTLE_S)
    return crowd.calls, crowd.failures


def main() -> int:
    seconds = float(os.environ.get("SOAK_SECONDS", "600"))
    first = min(60.0, seconds / 4)
    with tempfile.TemporaryDirectory() as folder, ScriptedServer(SCENARIOS / "hello.toml") as upstream:
        log = Path(folder) / "gunicorn.log"
        with gunicorn(upstream_settings(upstream), log) as server:
            calls, failures = run(server, first)
            base = Holding.of(server)
            print(f"after {first:.0f} s and {calls} calls: {base}", flush=True)
            more, more_failures = run(server, seconds - first)
            end = Holding.of(server)
            print(
                f"after {seconds:.0f} s and {calls + more} calls, {failures + more_failures} failed: {end}", flush=True
            )
        with suppress(OSError):
            print(f"tracebacks in the log: {log.read_text().count('Traceback')}")
    good = (
        end.threads <= base.threads + 3
        and end.files <= base.files + 3
        and end.memory_kb <= base.memory_kb + MAX_MB * 1024
        and (failures + more_failures) <= (calls + more) * 0.01
    )
    print("held" if good else "NOT held")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
