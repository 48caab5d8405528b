"""A test that hangs ends: it fails, or where it cannot be interrupted, the whole run ends and says where it stood."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Whoever is asked to stop, and does not; in which phase.
HANGS = """
import time
import pytest

def hang():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

@pytest.fixture
def tidied():
    yield
    if {phase!r} == "teardown":
        hang()

def test_it(tidied):
    if {phase!r} == "call":
        hang()
    if {phase!r} == "interruptible":
        time.sleep(60)
    raise AssertionError
"""


def run(folder: Path, phase: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(HANGS.format(phase=phase))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
    ]
    bounds = ["-o", "timeout=0.5", "-o", "faulthandler_timeout=2", str(folder / "test_it.py")]
    return subprocess.run([*command, *bounds], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["call", "teardown"])
def test_one_that_cannot_be_interrupted_ends_the_run_with_its_stack(tmp_path: Path, phase: str) -> None:
    done = run(tmp_path, phase)
    assert done.returncode == 1
    assert "Timeout (0:00:02)!" in done.stderr
    assert "in hang" in done.stderr
    assert "short test summary" not in done.stdout


@pytest.mark.slow
def test_one_that_hangs_fails(tmp_path: Path) -> None:
    done = run(tmp_path, "interruptible")
    assert done.returncode == 1
    assert "Timeout (>0.5s)" in done.stdout
    assert "1 failed" in done.stdout
