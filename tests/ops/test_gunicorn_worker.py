"""Our worker under gunicorn's master: its settings and signals mean what they mean."""

import os
import signal
import socket
import ssl
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from gunicorn.util import make_fail_app

from tests.conftest import SCENARIOS, upstream_settings
from tests.hostile.attacker import Line, get
from tests.page_client import PageClient
from tests.servers import Gunicorn, answers, free_port, gunicorn
from tests.waiting import eventually
from voiceapp import create_app
from voiceapp.config.settings import Settings
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.net.http_connection import Request
from voiceapp.net.http_server import HttpServer
from voiceapp.ops.gunicorn_worker import Worker, bridge_of
from voiceapp.web.services import services

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def hello() -> Any:
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        yield server


def replaced(server: Gunicorn, before: list[int]) -> bool:
    return eventually(lambda: bool(server.worker_pids()) and not set(before) & set(server.worker_pids()))


def test_an_app_is_served_on_the_bridge_its_calls_live_on() -> None:
    app = create_app(Settings.from_env({}))
    assert bridge_of(app) is services(app).bridge


def test_gunicorn_is_told_that_it_lives_before_anybody_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    worker = Worker.__new__(Worker)
    worker.cfg = SimpleNamespace(threads=1, keepalive=5, is_ssl=False)
    worker.wsgi, worker.sockets, worker.alive, worker.ppid = create_app(Settings.from_env({})), [], True, os.getppid()
    monkeypatch.setattr(Worker, "notify", lambda _: order.append("lives"))
    monkeypatch.setattr(HttpServer, "listen", lambda *_: order.append("answers"))
    monkeypatch.setattr(Worker, "_sleep", lambda self: setattr(self, "alive", not eventually(lambda: len(order) > 1)))
    worker.run()
    assert order == ["lives", "answers"]


def test_what_gunicorn_gives_for_a_module_that_cannot_be_imported_is_served_too() -> None:
    assert not bridge_of(make_fail_app("no module")).running


def test_after_max_requests_callers_are_told_and_another_worker_serves(hello: ScriptedServer, tmp_path: Path) -> None:
    with gunicorn(upstream_settings(hello), tmp_path / "log", "--max-requests", "8") as server:
        before = server.worker_pids()
        with Line(server) as line:
            line.start()
            while not line.named("going_away"):
                get(server, "/healthz")
                line.take(0.05)
        assert replaced(server, before)
        assert eventually(lambda: answers(server.url + "/healthz"))


@pytest.mark.parametrize("worker", ["voiceapp.ops.gunicorn_worker.Worker", "gthread"])
def test_a_call_goes_over_a_unix_socket(hello: ScriptedServer, tmp_path: Path, worker: str) -> None:
    port, path = free_port(), str(tmp_path / "socket")
    options = ("-k", worker, "--bind", f"unix:{path}", "--bind", f"127.0.0.1:{port}")
    with (
        gunicorn(upstream_settings(hello, PORT=str(port)), tmp_path / "log", *options),
        socket.socket(socket.AF_UNIX) as line,
    ):
        line.connect(path)
        with PageClient("http://localhost", socket=line) as page:
            page.start()
        assert page.closed.wait(5)


def test_a_call_goes_over_tls_and_the_access_log_has_requests_and_upgrades(
    hello: ScriptedServer, tmp_path: Path
) -> None:
    authority, certificate = trustme.CA(), tmp_path / "certificate"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    authority.cert_pem.write_to_path(tmp_path / "ca")
    log = tmp_path / "log"
    server = Gunicorn(upstream_settings(hello), log, "--certfile", str(certificate), "--access-logfile", "-")
    try:
        with PageClient(tls_when_up(server), sslopt={"ca_certs": str(tmp_path / "ca")}) as page:
            page.start()
            for n in range(1, 50):
                page.emit("audio", n, "A" * 2560)
        assert page.closed.wait(5)
        trusting = ssl.create_default_context(cafile=tmp_path / "ca")
        with urllib.request.urlopen(f"https://localhost:{server.port}/healthz", context=trusting) as answer:
            assert answer.status == 200
        assert eventually(lambda: '"GET /healthz HTTP/1.1" 200' in log.read_text())
        assert eventually(lambda: 'transport=websocket HTTP/1.1" 101' in log.read_text())
    finally:
        assert server.stop() == 0


def tls_when_up(server: Gunicorn) -> str:
    """Its address, once it takes connections."""

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", server.port)) == 0

    assert eventually(listens, 30)
    return f"https://localhost:{server.port}"


def test_a_changed_file_and_hup_bring_new_workers_and_int_ends_all(hello: ScriptedServer, tmp_path: Path) -> None:
    watched = tmp_path / "watched.py"
    watched.write_text("")
    options = ("--reload", "--reload-engine", "poll", "--reload-extra-file", str(watched))
    with gunicorn(upstream_settings(hello), tmp_path / "log", *options) as server:
        before = server.worker_pids()
        time.sleep(1.5)
        watched.write_text("# changed")
        assert replaced(server, before), "not after a change"
        assert eventually(lambda: answers(server.url + "/healthz"))
        before = server.worker_pids()
        server.process.send_signal(signal.SIGHUP)
        assert replaced(server, before), "not after HUP"
        with Line(server) as line:
            line.start()
            server.process.send_signal(signal.SIGINT)
            line.until(lambda: line.named("going_away"))
        assert server.process.wait(10) == 0


def test_a_worker_that_hangs_is_replaced_and_one_whose_master_died_goes(hello: ScriptedServer, tmp_path: Path) -> None:
    with gunicorn(upstream_settings(hello), tmp_path / "log", "--timeout", "4") as server:
        before = server.worker_pids()
        os.kill(before[0], signal.SIGSTOP)
        assert replaced(server, before)
        assert eventually(lambda: answers(server.url + "/healthz"))
        worker = server.worker_pids()[0]
        server.process.kill()
        server.process.wait(5)
        assert eventually(lambda: not Path(f"/proc/{worker}").exists())


@pytest.mark.parametrize(
    ("address", "headers", "scheme"),
    [
        ("127.0.0.1", [(b"x-forwarded-proto", b"https")], "https"),
        ("127.0.0.1", [(b"x-forwarded-proto", b"http")], "http"),
        ("203.0.113.9", [(b"x-forwarded-proto", b"https")], "http"),
        ("10.1.2.3", [(b"x-forwarded-proto", b"https")], "https"),
        ("::ffff:127.0.0.1", [(b"x-forwarded-proto", b"https")], "https"),
        ("", [(b"x-forwarded-proto", b"https")], "https"),
        ("127.0.0.1", [], "http"),
    ],
)
def test_only_gunicorns_own_proxies_are_believed(address: str, headers: list[tuple[bytes, bytes]], scheme: str) -> None:
    worker = Worker.__new__(Worker)
    worker.cfg = SimpleNamespace(
        forwarded_allow_ips=["127.0.0.1", "10.0.0.0/8"], secure_scheme_headers={"X-FORWARDED-PROTO": "https"}
    )
    assert worker._scheme(address, Request("GET", b"/", "1.1", headers, b"")) == scheme
