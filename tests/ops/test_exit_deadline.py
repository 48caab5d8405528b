"""A process that has nothing left to do is over soon, whatever threads somebody has started in it."""

import subprocess
import sys
import time

CODE = """
import logging, threading, time
from voiceapp.ops.exit_deadline import end_within
logging.basicConfig()
if {hangs}: threading.Thread(target=time.sleep, args=(600,), name="somebodys").start()
end_within({seconds})
"""


def run(hangs: bool, seconds: float) -> subprocess.CompletedProcess[str]:
    code = CODE.format(hangs=hangs, seconds=seconds)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_threads_that_go_on_are_named_and_not_waited_for() -> None:
    ended = run(hangs=True, seconds=0.2)
    assert ended.returncode == 0
    assert "threads that go on: somebodys" in ended.stderr


def test_one_that_ends_by_itself_does_not_wait() -> None:
    began = time.monotonic()
    ended = run(hangs=False, seconds=50)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert time.monotonic() - began < 40
