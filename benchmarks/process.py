"""A relay as its own process: started as its users start it, and asked what it costs (Linux: from /proc)."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

START_S, STOP_S = 20.0, 10.0
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024
# Places in /proc/<pid>/stat behind the name, which may hold spaces (man 5 proc).
PARENT, USER, SYSTEM, THREADS, PAGES = 1, 11, 12, 17, 21


class Process:
    """A command and all its children."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str], port: int) -> None:
        self.port = port
        self.child = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL)

    async def listening(self) -> None:
        """Return as soon as the port answers."""
        deadline = asyncio.get_running_loop().time() + START_S
        while not self._answers():
            if self.child.poll() is not None or asyncio.get_running_loop().time() > deadline:
                raise ConnectionError(f"the relay at port {self.port} did not come up")
            await asyncio.sleep(0.1)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self.child.terminate()
        try:
            self.child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def cpu_ms(self) -> float:
        return sum(int(stat[USER]) + int(stat[SYSTEM]) for stat in self._stats()) * TICK_MS

    def threads(self) -> int:
        return sum(int(stat[THREADS]) for stat in self._stats())

    def memory_kb(self) -> float:
        return sum(int(stat[PAGES]) for stat in self._stats()) * PAGE_KB

    def _stats(self) -> list[list[str]]:
        """The state of the process and of all below it."""
        every = {pid: stat for pid in _processes() if (stat := _stat(pid))}
        family = [self.child.pid]
        for parent in family:
            family += [pid for pid, stat in every.items() if int(stat[PARENT]) == parent]
        return [every[pid] for pid in family if pid in every]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
