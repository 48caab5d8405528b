"""The pipe that tells of the server's end, however it came."""

import os
import signal
import subprocess
import sys

SERVER = """
import os, signal
from voiceapp.ops import lifeline
assert lifeline.read_end() is None
lifeline.create()
lifeline.create()
if os.fork() == 0:
    # A worker, which has a child of its own, as a subprocess would be.
    if os.fork() == 0:
        print("waiting", flush=True)
        os.read(lifeline.read_end(), 1)
        print("gone", flush=True)
        os._exit(0)
    signal.pause()
signal.pause()
"""


def test_it_ends_with_the_first_process_even_by_sigkill_and_with_no_other() -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, process_group=0) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "waiting\n"
        server.kill()
        assert server.stdout.readline() == "gone\n"
        # Never the command `kill -KILL -PID`: some of its versions read the first digit alone, and -1 is everybody.
        os.killpg(server.pid, signal.SIGKILL)
    assert server.returncode == -signal.SIGKILL
