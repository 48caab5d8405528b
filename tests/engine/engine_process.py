"""The engine in a process of its own, where some packages are not there."""

import json
import os
import subprocess
import sys

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
