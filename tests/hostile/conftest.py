"""One hardened server that most attacks share, and a way to start others."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS, upstream_settings
from tests.hostile.attacker import Line, Watch, get
from tests.servers import Bridged, Gunicorn, bridged, gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

KEY_MARK = "sk-test-marked-key"
Serve = Callable[..., Gunicorn]
ServeHere = Callable[..., Bridged]


@pytest.fixture(scope="session")
def hello() -> Iterator[ScriptedServer]:
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        yield server


class Vanished:
    """A caller that falls silent while the other attacks go on, and how long its upstream outlives it."""

    def __init__(self, server: Bridged, upstream: ScriptedServer) -> None:
        self.took_s: float | None = None
        self._upstream = upstream
        self._line = Line(server)
        self._line.start()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        began = time.monotonic()
        while time.monotonic() - began < 30 and not self._upstream.connections[0].closed:
            time.sleep(0.05)
        self.took_s = time.monotonic() - began
        self._line.sock.close()


@pytest.fixture(scope="session")
def vanished() -> Iterator[Vanished]:
    with (
        ScriptedServer(SCENARIOS / "hello.toml") as upstream,
        # Else the call would wait for its page.
        bridged(upstream_settings(upstream, VOICEAPP_RESUME="no")) as server,
    ):
        caller = Vanished(server, upstream)
        yield caller
        caller.thread.join(30)


@pytest.fixture(scope="session")
def server(hello: ScriptedServer, vanished: Vanished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """The app with a marked key; at the end its log must not hold it."""
    log = tmp_path_factory.mktemp("hostile") / "gunicorn.log"
    with gunicorn(upstream_settings(hello), log) as server:
        get(server, "/")
        yield server
    assert KEY_MARK not in log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.fixture
def watch(server: Gunicorn) -> Watch:
    return Watch(server)


@pytest.fixture
def serve(hello: ScriptedServer, tmp_path: Path) -> Iterator[Serve]:
    """Start a server of one's own with these settings."""
    with ExitStack() as stack:

        def start(upstream: ScriptedServer = hello, **settings: str) -> Gunicorn:
            log = tmp_path / f"{len(list(tmp_path.iterdir()))}.log"
            return stack.enter_context(gunicorn(upstream_settings(upstream, **settings), log))

        yield start


@pytest.fixture
def serve_here(hello: ScriptedServer) -> Iterator[ServeHere]:
    """The same in this process, for what is no matter of a process's: its memory, threads, log or signals."""
    with ExitStack() as stack:
        yield lambda upstream=hello, **settings: stack.enter_context(bridged(upstream_settings(upstream, **settings)))
