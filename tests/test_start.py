"""Starting as the Procfile does: a wrong setting stops it and is named, a right one is told the address."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, environment, free_port, gunicorn

pytestmark = pytest.mark.real_time


def start(**settings: str) -> subprocess.CompletedProcess[str]:
    command = (ROOT / "Procfile").read_text().removeprefix("web: ").split()
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("VOICEAPP_CHUNK_MS", "5"), ("VOICEAPP_PROFILE", "openai"), ("VOICEAPP_COLOUR", "red")],
)
def test_a_wrong_setting_stops_the_start_in_one_line(name: str, value: str) -> None:
    done = start(**{name: value})
    named = "OPENAI_API_KEY" if value == "openai" else name
    assert done.returncode != 0
    assert done.stderr.strip().startswith(f"VoiceApp cannot start: {named} ")
    assert "Traceback" not in done.stderr


def test_a_tool_that_cannot_be_described_stops_it_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("from voiceapp.tools import tool\n\n@tool\ndef price() -> int: ...\n")
    done = start(VOICEAPP_TOOLS=str(tmp_path / "shop.py"), PORT=str(free_port()))
    assert done.returncode == 3
    assert f"VoiceApp cannot start: {tmp_path / 'shop.py'}, line 3: the tool price has no docstring" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with gunicorn({}, tmp_path / "log") as server:
        done = start(PORT=str(server.port), VOICEAPP_HOST="127.0.0.1")
    assert done.returncode != 0
    assert done.stderr.startswith(f"VoiceApp cannot start: port {server.port} is taken by another program. Set PORT ")
    assert done.stderr.count("\n") == 1


def test_two_workers_serve_one_port_and_its_address_is_printed(tmp_path: Path) -> None:
    with gunicorn({"WEB_CONCURRENCY": "2"}, tmp_path / "log") as server:
        assert len(server.worker_pids()) == 2
        assert server.log.read_text().count(f"VoiceApp is at {server.url}\n") == 1
