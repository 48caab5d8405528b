"""The files of the numbers: whole from the start, so that a full disk costs the numbers and never a call."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import ROOT, Gunicorn, answers, environment, gunicorn
from tests.surroundings import fill, mounting, small_disk
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.ops import metric_files

# Every label that our own code can give, through prometheus-client as a worker loads it.
WORKER = """
import os
from voiceapp.ops import metric_files
metric_files.share(2)
metric_files.reserve(os.getpid())
from voiceapp.ops import metrics
from tests.fault_codes import fault_codes
for code in fault_codes():
    metrics.noticed("none", code, fatal=False)
    metrics.refused("", code)
    metrics.ENDED.labels(code).inc()
for stage in ("wait", "created", "first_byte", "done"):
    metrics.answered({stage: 1.0})
for side in ("browser", "upstream"):
    metrics.QUEUED.labels(side).set(1)
    for direction in ("in", "out"):
        metrics.BYTES.labels(side, direction).inc()
from prometheus_client.mmap_dict import MmapedDict
from pathlib import Path
for path in sorted(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).iterdir()):
    print(path.name, path.stat().st_size, MmapedDict(str(path), read_mode=True)._used)
metric_files.remove()
"""


def test_a_workers_files_are_those_that_were_made_and_never_grow(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment({}), capture_output=True, text=True, check=True
    )
    found = {name.rpartition("_")[0]: (int(size), int(used)) for name, size, used in map(str.split, _lines(done))}
    assert set(found) == set(metric_files.KINDS)
    for size, used in found.values():
        assert size == metric_files.BYTES
        assert used < metric_files.BYTES * 3 / 4


def test_one_worker_needs_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metric_files.FOLDER, "/somewhere/of/the/operators")
    metric_files.share(1)
    metric_files.reserve(1)
    assert metric_files.FOLDER not in os.environ


def test_a_reload_keeps_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(metric_files.FOLDER, "")
    metric_files.share(2)
    folder = os.environ[metric_files.FOLDER]
    metric_files.share(2)
    assert os.environ[metric_files.FOLDER] == folder
    metric_files.remove()
    assert not Path(folder).exists()


def test_where_nothing_can_be_written_the_numbers_stay_in_the_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(metric_files.FOLDER, str(tmp_path / "gone"))
    metric_files.reserve(7)
    assert metric_files.FOLDER not in os.environ
    assert caplog.text.count("no room for the files of /metrics") == 1


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where a small disk can be mounted."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def talk(server: Gunicorn) -> None:
    with PageClient(server.url) as page:
        page.start()
        page.emit("text", {"text": "Hello"})
        page.expect("transcript", lambda _, data: data.get("text") == "You wrote to me.")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_with_a_disk_that_is_full_from_the_start_calls_go_on(
    workers: str, upstream: Callable[..., ScriptedServer], disk: Path, tmp_path: Path
) -> None:
    within = mounting(f"{small_disk(disk)}; {fill(disk)}")
    settings = upstream_settings(upstream(), WEB_CONCURRENCY=workers, TMPDIR=str(disk))
    with gunicorn(settings, tmp_path / "log", within=within) as server:
        pids = server.worker_pids()
        for _ in range(4):
            talk(server)
        assert server.worker_pids() == pids
        assert answers(server.url + "/metrics")
        assert server.log.read_text().count("no room for the files") == (2 if workers == "2" else 0)


def test_a_disk_that_fills_up_kills_no_worker_and_a_new_one_starts(
    upstream: Callable[..., ScriptedServer], disk: Path, tmp_path: Path
) -> None:
    settings = upstream_settings(upstream(), WEB_CONCURRENCY="2", TMPDIR=str(disk))
    with gunicorn(settings, tmp_path / "log", within=mounting(small_disk(disk))) as server:
        pids = server.worker_pids()
        # To the brim, seen from within.
        subprocess.run(["sh", "-c", fill(disk, f"/proc/{server.process.pid}/root")], check=True)
        for _ in range(4):
            talk(server)
        assert server.worker_pids() == pids
        os.kill(pids[0], signal.SIGKILL)
        deadline = time.monotonic() + 20
        while len(set(server.worker_pids()) - {pids[0]}) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        after = server.worker_pids()
        for _ in range(6):
            talk(server)
        assert server.worker_pids() == after


def _lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    return done.stdout.splitlines()
