"""The running app for tests: under gunicorn as the Procfile starts it, as its worker serves it but in this process, or
under Werkzeug with the stock driver.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from tests.clock import SkippingLoop, start_skipping
from voiceapp import create_app
from voiceapp.config.settings import Settings
from voiceapp.net.http_server import HttpServer
from voiceapp.web.services import services

ROOT = Path(__file__).parents[1]
# How often Werkzeug's server looks whether it is to stop.
STOP_POLL_S = 0.02
# Browsers refuse these of the ports a system hands out.
UNSAFE_PORTS = frozenset({1719, 1720, 1723, 2049, 3659, 4045, 5060, 5061, 6000, 6566, *range(6665, 6670), 6697, 10080})


def free_port() -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in UNSAFE_PORTS:
            return port


def environment(settings: Mapping[str, str], root: Path = ROOT) -> dict[str, str]:
    """A clean environment with these settings; nothing of the machine's own leaks in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(root), **settings}


class Gunicorn:
    """The app as it is deployed, in a process of its own."""

    def __init__(
        self,
        settings: Mapping[str, str],
        log: Path,
        *options: str,
        files: int = 0,
        within: Sequence[str] = (),
        python: str = sys.executable,
        root: Path = ROOT,
    ) -> None:
        """`within` is a command that runs the one behind it, in surroundings of its making; `root` is the app's."""
        self.port = int(settings.get("PORT", 0)) or free_port()
        host = settings.get("VOICEAPP_HOST", "127.0.0.1")
        self.url = f"http://{'[::1]' if ':' in host else '127.0.0.1'}:{self.port}"
        self.log = log
        command = [*within, python, "-m", "gunicorn", "-c", "gunicorn.conf.py", *options, "wsgi:app"]
        env = environment({"PORT": str(self.port), "VOICEAPP_HOST": "127.0.0.1", **settings}, root)
        with log.open("wb") as output:
            # With a hard limit on file descriptors, where one is given.
            command = [*(["prlimit", f"--nofile={files}:{files}"] if files else []), *command]
            self.process = subprocess.Popen(command, cwd=root, env=env, stdout=output, stderr=subprocess.STDOUT)

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + 30
        while not answers(self.url + "/healthz"):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def stop(self, timeout: float = 20) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def worker_pids(self) -> list[int]:
        return children_of(self.process.pid)


def children_of(pid: int) -> list[int]:
    """The processes that any thread of this one started; of one that is gone, none."""
    found: list[int] = []
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, each.read_text().split())
    return found


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def gunicorn(
    settings: Mapping[str, str],
    log: Path,
    *options: str,
    files: int = 0,
    within: Sequence[str] = (),
    python: str = sys.executable,
    root: Path = ROOT,
) -> Iterator[Gunicorn]:
    server = Gunicorn(settings, log, *options, files=files, within=within, python=python, root=root)
    try:
        server.wait_until_up()
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


class Bridged:
    """The app as a worker of gunicorn serves it, on its bridge, but in this process: a tenth of the work."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        made = Settings.from_env(settings)
        app = create_app(made)
        self.port = free_port()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.url = f"http://127.0.0.1:{self.port}"
        self._bridge = services(app).bridge
        self._bridge.start()
        server = HttpServer(self._bridge, app, threads=made.threads, keepalive_s=5)
        self._bridge.at_stop(server.stop)
        self._bridge.run(server.listen, [self.listener])

    def stop(self) -> None:
        """As a worker that is told to go: callers are told, and none stays."""
        self._bridge.stop()
        self.listener.close()


@contextlib.contextmanager
def bridged(settings: Mapping[str, str]) -> Iterator[Bridged]:
    server = Bridged(settings)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def werkzeug(settings: Mapping[str, str]) -> Iterator[str]:
    """The app under Flask's development server, in this process: its address."""
    with _listening(create_app(Settings.from_env(settings))) as url:
        yield url


@contextlib.contextmanager
def skipping(settings: Mapping[str, str]) -> Iterator[tuple[str, SkippingLoop]]:
    """The same, and its bridge's loop, whose time can be skipped."""
    app = create_app(Settings.from_env(settings))
    loop = start_skipping(services(app).bridge)
    with _listening(app) as url:
        yield url, loop


@contextlib.contextmanager
def _listening(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(STOP_POLL_S,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        services(app).bridge.stop()
        server.shutdown()
        thread.join(10)
        server.server_close()
