"""The process: what it says when it cannot start, and that it needs no models for scripts."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from voiceapp.engine.serving.server import Address

BLOCK = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
sys.argv = ["engine", *{options!r}]
from voiceapp.engine.__main__ import run
sys.exit(run())
"""


def run(*options: str, absent: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    """The engine in a process where some packages are not there; its input has ended already."""
    code = BLOCK.format(absent=absent, options=["--stay-with-parent", *options])
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=os.environ | environment, timeout=30
    )


def last(ended: subprocess.CompletedProcess[str]) -> dict[str, str]:
    line: dict[str, str] = json.loads(ended.stdout.splitlines()[-1])
    return line


@pytest.mark.parametrize("package", ["wsproto", "numpy"])
def test_a_missing_package_is_named_with_its_remedy(package: str) -> None:
    ended = run(absent=(package,))
    assert ended.returncode == 1
    assert last(ended)["event"] == "failed"
    assert f"the package {package}" in last(ended)["message"]
    assert "pip install -r requirements-engine.txt" in last(ended)["message"]


def test_a_script_needs_none_of_the_models() -> None:
    ended = run("--mode", "scripted", absent=("numpy", "onnxruntime", "ctranslate2", "hibari"))
    assert (ended.returncode, last(ended)) == (0, {"event": "ready"})


def test_it_goes_on_when_nobody_reads_its_state_any_more() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "voiceapp.engine", "--mode", "scripted", "--port", str(port), "--stay-with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        deadline = time.monotonic() + 30
        while (unheard := nobody_at(port)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not unheard
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(30) == 0


def nobody_at(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_beyond_loopback_only_with_a_key() -> None:
    ended = run("--mode", "scripted", "--host", "0.0.0.0", VOICEAPP_ENGINE_KEY="")
    assert ended.returncode == 1
    assert "VOICEAPP_ENGINE_KEY is not set" in last(ended)["message"]


def test_a_wrong_scenario_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text("odd = 1")
    ended = run("--mode", "scripted", "--scenario", str(path))
    assert last(ended)["message"].startswith("odd.toml: the scenario: odd unknown")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("x.y", False),
    ],
)
def test_what_loopback_is(host: str, loopback: bool) -> None:
    assert Address(host).is_loopback is loopback
