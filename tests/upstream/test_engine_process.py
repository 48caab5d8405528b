"""The embedded engine's process: started when needed, started again when it died, gone when we go."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.page_client import PageClient
from tests.servers import Gunicorn, answers, children_of, gunicorn, werkzeug
from tests.waiting import eventually
from voiceapp.ops.metric_files import FOLDER, PREFIX

pytestmark = pytest.mark.models


def engines(app: int) -> list[int]:
    """Engine processes among the descendants of a process."""
    family = [app]
    for pid in family:
        family += children_of(pid)
    return [pid for pid in family if b"voiceapp.engine" in command_of(pid)]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with gunicorn({"OPENAI_API_KEY": ""}, tmp_path_factory.mktemp("app") / "gunicorn.log") as server:
        yield server
        left = engines(server.process.pid)
        assert server.stop() == 0
        assert eventually(lambda: not any(map(alive, left))), "an engine is left"


def begin(page: PageClient) -> None:
    assert page.call("start", {}) == {"ok": True}
    page.expect("ready", timeout=60)


def test_nothing_runs_before_the_first_call_and_one_engine_serves_all(app: Gunicorn) -> None:
    assert engines(app.process.pid) == []
    with PageClient(app.url) as one, PageClient(app.url) as other:
        begin(one)
        begin(other)
        notices = [notice for (notice,) in one.named("notice")]
        assert {notice["code"] for notice in notices} == {"engine_starting"}
        assert [notice["progress"]["done"] for notice in notices[1:]] == [0, 1, 2, 3]
        assert other.named("notice") == []
        assert len(engines(app.process.pid)) == 1


def test_it_speaks_first_and_says_what_it_is(app: Gunicorn) -> None:
    with PageClient(app.url) as page:
        begin(page)
        _, said = page.expect("transcript", lambda _, data: data.get("final"), timeout=30)
        assert "without a language model" in said["text"]
        page.expect("audio", lambda n, item, sound: sound == "", timeout=30)


def test_with_another_voice_in_mid_call_it_still_knows_what_was_said(app: Gunicorn) -> None:
    with PageClient(app.url) as page:
        assert page.call("start", {"greet": False}) == {"ok": True}
        page.expect("ready", timeout=60)
        page.emit("text", {"text": "My name is Ada."})
        page.expect("transcript", lambda _, data: "Nice to meet you, Ada" in data.get("text", ""), timeout=30)
        item = page.expect("audio", lambda n, item, sound: sound == "", timeout=30)[1]
        page.emit("heard", {"item": item, "heard_ms": 60_000})
        page.expect("turn", lambda n, data: n > 2 and data["state"] == "listening")
        page.emit("configure", {"voice": "oak"})
        assert page.expect("renewed", timeout=30)[0]["voice"] == "oak"
        page.emit("text", {"text": "What is my name?"})
        page.expect("transcript", lambda _, data: data.get("text") == "Your name is Ada.", timeout=30)


def test_when_it_dies_the_call_goes_on_with_another_that_knows_what_was_said(app: Gunicorn) -> None:
    with PageClient(app.url) as page:
        assert page.call("start", {"greet": False}) == {"ok": True}
        page.expect("ready", timeout=60)
        page.emit("text", {"text": "My name is Ada."})
        page.expect("transcript", lambda _, data: "Nice to meet you, Ada" in data.get("text", ""), timeout=30)
        os.kill(engines(app.process.pid)[0], signal.SIGKILL)
        assert page.expect("renewed", timeout=60)[0]["why"] == "lost"
        page.emit("text", {"text": "What is my name?"})
        page.expect("transcript", lambda _, data: data.get("text") == "Your name is Ada.", timeout=30)
        assert page.named("ended") == []


def test_it_knows_no_key_of_the_operators(app: Gunicorn) -> None:
    with PageClient(app.url) as page:
        begin(page)
    environment = Path(f"/proc/{engines(app.process.pid)[0]}/environ").read_text()
    assert "OPENAI_API_KEY" not in environment


@contextmanager
def asleep(server: Gunicorn, pid: int) -> Iterator[None]:
    """A stopped worker accepts nobody, so the other one does, once it has come up."""
    os.kill(pid, signal.SIGSTOP)
    try:
        assert eventually(lambda: answers(f"{server.url}/healthz"))
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def end(page: PageClient) -> None:
    page.emit("stop", {})
    page.wait(lambda: page.named("ended")[-1:] == [[{"reason": "stopped"}]])


def test_workers_share_one_that_outlives_its_starter_is_started_again_and_goes_with_the_server(tmp_path: Path) -> None:
    # Who is killed takes nothing away, such as the folder in which workers add up their numbers.
    numbers = tmp_path / f"{PREFIX}killed"
    numbers.mkdir()
    settings = {"WEB_CONCURRENCY": "2", "VOICEAPP_ENGINE_CALLS": "2", FOLDER: str(numbers)}
    with gunicorn(settings, tmp_path / "gunicorn.log") as server, ExitStack() as stack:

        def page() -> PageClient:
            return stack.enter_context(PageClient(server.url))

        # Its room counts for all workers, and one too many is told that it is busy.
        starter, other = server.worker_pids()
        with asleep(server, other):
            begin(first := page())
        with asleep(server, starter):
            begin(second := page())
            (engine,) = engines(server.process.pid)
            late = page()
            assert late.call("start", {}) == {"ok": True}
            assert late.expect("ended", timeout=30) == [{"reason": "busy"}]
            assert late.named("notice")[-1][0]["message"] == "All lines are busy. Try again in a moment."
        end(first)
        assert late.call("start", {}) == {"ok": True}
        late.wait(lambda: bool(late.named("ready")), timeout=30)
        end(second)

        os.kill(starter, signal.SIGKILL)
        late.emit("text", {"text": "What is two plus two?"})
        late.expect("transcript", lambda _, data: data.get("text") == "2 plus 2 is 4.", timeout=30)
        assert eventually(lambda: len(server.worker_pids()) == 2 and starter not in server.worker_pids())
        with asleep(server, other):
            begin(third := page())
        assert alive(engine), "it went with the worker that started it"
        assert engines(server.process.pid) == [], "a worker started another one"
        end(late), end(third)

        os.kill(engine, signal.SIGKILL)
        assert eventually(lambda: not alive(engine))
        begin(page())
        (engine,) = engines(server.process.pid)
        for pid in (server.process.pid, *server.worker_pids()):
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: not alive(engine)), "it outlives the server"


def test_without_its_packages_the_page_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The same interpreter without the engine's packages, as a slim deployment has it.
    without = "import runpy, sys; sys.modules.update(ctranslate2=None, onnxruntime=None); del sys.argv[1:3]; "
    run = "runpy.run_module('voiceapp.engine', run_name='__main__')"
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{without}{run}" "$@"\n')
    bare.chmod(0o755)
    monkeypatch.setattr("voiceapp.upstream.engine_process.sys.executable", str(bare))
    with werkzeug({}) as url, PageClient(url) as page:
        page.call("start", {})
        assert page.expect("ended", timeout=30) == [{"reason": "engine_missing"}]
        assert "requirements-engine.txt" in page.named("notice")[-1][0]["message"]
