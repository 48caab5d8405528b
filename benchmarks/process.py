"""A relay as its own process: started as its users start it, and asked what it costs (Linux: from /proc)."""

import asyncio
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

START_S, STOP_S = 20.0, 10.0
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024
# Places in /proc/<pid>/stat behind the name, which may hold spaces (man 5 proc).
PARENT, THREADS, PAGES = 1, 17, 21


class Process:
    """A command and all its children."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str], port: int) -> None:
        self.port = port
        self._log = tempfile.TemporaryFile("a+")  # noqa: SIM115
        self.child = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=self._log)

    def wait(self, seconds: float = START_S) -> None:
        """Return as soon as the port answers."""
        deadline = time.monotonic() + seconds
        while not self._answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise ConnectionError(f"the relay at port {self.port} did not come up:\n{self.log()[-2000:]}")
            time.sleep(0.1)

    async def listening(self) -> None:
        await asyncio.to_thread(self.wait)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self) -> str:
        """What it wrote to its standard error."""
        self._log.seek(0)
        return self._log.read()

    def stop(self) -> None:
        self.child.terminate()
        try:
            self.child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def cpu_ms(self) -> float:
        """User and system time, of threads that ended too."""
        return sum(_cpu_ns(pid) for pid in self.family()) / 1e6

    def threads(self) -> int:
        return sum(int(stat[THREADS]) for stat in self._stats())

    def memory_kb(self) -> float:
        return sum(int(stat[PAGES]) for stat in self._stats()) * PAGE_KB

    def family(self) -> list[int]:
        """The process and all below it."""
        every = {pid: stat for pid in _processes() if (stat := _stat(pid))}
        family = [self.child.pid]
        for parent in family:
            family += [pid for pid, stat in every.items() if int(stat[PARENT]) == parent]
        return family

    def _stats(self) -> list[list[str]]:
        return [stat for pid in self.family() if (stat := _stat(pid))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def busy_s() -> float:
    """Seconds for which any process ran, on all cores together (man 5 proc: /proc/stat)."""
    user, nice, system, _, _, irq, softirq = map(int, Path("/proc/stat").read_text().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _cpu_ns(pid: int) -> int:
    """Of a whole process: its clock is named by its number (clock_getcpuclockid(3)), and finer than /proc's ticks."""
    try:
        return time.clock_gettime_ns(~pid << 3 | 2)
    except OSError:
        return 0
