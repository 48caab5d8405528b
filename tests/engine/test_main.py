"""The process's first words: what is missing, and that nobody need listen."""

import socket
import subprocess
import sys
import time

import pytest

from .engine_process import last, run


@pytest.mark.parametrize("package", ["wsproto", "numpy"])
def test_a_missing_package_is_named_with_its_remedy(package: str) -> None:
    ended = run(absent=(package,))
    assert ended.returncode == 1
    assert last(ended)["event"] == "failed"
    assert f"the package {package}" in last(ended)["message"]
    assert "pip install -r requirements-engine.txt" in last(ended)["message"]


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
