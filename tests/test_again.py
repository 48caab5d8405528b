"""What failed in real time is tried once more, alone; what else failed has failed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUSY = """
import os
import pytest

@pytest.mark.real_time
@pytest.mark.parametrize("word", ["mañana [a b]", "明日"])
def test_fails_beside_others(word):
    assert "alone" in os.environ

def test_computes():
    assert {computes}
"""

pytestmark = pytest.mark.slow


def run(folder: Path, *arguments: str, alone: bool = False) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "tests.again"]
    command += ["-p", "no:cacheprovider", "--rootdir", str(folder), *arguments]
    surroundings = {"PYTHONPATH": str(ROOT)} | ({"alone": "1"} if alone else {})
    return subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=60, check=False
    )


def test_what_fails_in_real_time_is_noted_and_runs_again(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(BUSY.format(computes=True))
    again = tmp_path / "output" / "again.txt"
    busy = run(tmp_path, f"--again={again}", "test_it.py")
    assert busy.returncode == 0, busy.stdout + busy.stderr
    assert "2 failed, 1 passed" in busy.stdout
    assert len(again.read_text().splitlines()) == 2
    quiet = run(tmp_path, f"@{again}", alone=True)
    assert (quiet.returncode, "2 passed" in quiet.stdout) == (0, True), quiet.stdout + quiet.stderr
    assert run(tmp_path, f"@{again}").returncode == pytest.ExitCode.TESTS_FAILED


def test_whatever_else_fails_has_failed(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(BUSY.format(computes=False))
    again = tmp_path / "output" / "again.txt"
    assert run(tmp_path, f"--again={again}", "test_it.py").returncode == pytest.ExitCode.TESTS_FAILED
    assert not again.exists()


LEAKS = """
import pytest

@pytest.fixture(scope="module")
def kept():
    kept = []
    yield kept
    assert kept == []

def test_computes(kept):
    kept.append(1)

@pytest.mark.real_time
def test_last(kept):
    pass
"""
FIRST_FAILS = """
import pytest

@pytest.mark.real_time
def test_fails():
    assert False

def test_computes():
    assert False
"""


@pytest.mark.parametrize(
    ("text", "options"),
    [(LEAKS, ()), (FIRST_FAILS, ("-x",)), ("import nothing_of_that_name", ("--continue-on-collection-errors",))],
)
def test_what_may_be_the_fault_of_another_or_was_not_all_that_ran_has_failed(
    tmp_path: Path, text: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "test_it.py").write_text(text)
    (tmp_path / "test_other.py").write_text("def test_it(): pass")
    again = tmp_path / "output" / "again.txt"
    done = run(tmp_path, f"--again={again}", *options, "test_it.py", "test_other.py")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    assert not again.exists()


def test_a_run_that_could_not_begin_has_failed(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("import nothing_of_that_name")
    again = tmp_path / "output" / "again.txt"
    assert run(tmp_path, f"--again={again}", "test_it.py").returncode not in (0, pytest.ExitCode.TESTS_FAILED)
    assert not again.exists()
