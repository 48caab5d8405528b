"""What the relay costs in instructions, for noisy machines: `python -m benchmarks.instructions` (see README.md)."""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .contenders import NAMES, ROOT, Contender, Field
from .length import AT, WINDOW
from .process import Process, free_port
from .run import Run, Shape, Stage

VALGRIND = ["valgrind", "--tool=callgrind", "--quiet"]
# V8 writes code of its own, which valgrind must not take for what stood there before.
FOR_ALL = ["--trace-children=yes", "--smc-check=all-non-file"]
START_S = 150.0
TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)


def relay(contender: Contender, calls: int, warm_up_s: float, seconds: float, chunk_ms: int, stage: Stage) -> float:
    """Thousands of instructions outside the kernel for one second of one call."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [*VALGRIND, *FOR_ALL, f"--callgrind-out-file={folder}/out.%p", *contender.command]
        slow = replace(contender, command=command)
        process = Process(slow.command, slow.folder, {**slow.env, "PORT": str(port)}, port)
        run = Run(slow, Shape([calls], seconds, warm_up_s, chunk_ms), stage)
        try:
            process.wait(START_S)
            run.headers = slow.login(port)
            run.call(run.callers, port, calls)
            stage.reactor.run(warm_up_s)
            pids = process.family()
            for pid in pids:
                control("--zero", pid)
            stage.reactor.run(seconds)
            for pid in pids:
                control("--dump", pid)
            stage.reactor.run(3)
            counted = sum(_total(path) for pid in pids for path in Path(folder).glob(f"out.{pid}.1"))
        finally:
            for caller in run.callers:
                caller.hang_up()
            stage.reactor.run(0.5)
            process.stop()
    return counted / seconds / calls / 1000


def control(what: str, pid: int) -> None:
    """Of a process under callgrind; its answer may need the process to run, so it is not waited for."""
    subprocess.Popen(["callgrind_control", what, str(pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def length() -> list[float]:
    """Thousands of instructions of a turn, where `benchmarks.length` looks; it calls getppid around those turns."""
    with tempfile.TemporaryDirectory() as folder:
        marked = ["--dump-before=getppid", f"--callgrind-out-file={folder}/out"]
        command = [*VALGRIND, *marked, sys.executable, "-m", "benchmarks.length", "--rounds", "1"]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        # The first dump is of what was before; then turns that are looked at and others take turns.
        return [_total(Path(folder) / f"out.{2 + 2 * place}") / WINDOW / 1000 for place in range(len(AT))]


def _total(path: Path) -> int:
    found = TOTALS.search(path.read_text())
    return int(found[1]) if found else 0


def relays(names: Sequence[str], calls: int, warm_up_s: float, seconds: float, chunk_ms: int) -> None:
    field = Field(names, calls, chunk_ms)
    for name in field.names:
        with Stage() as stage:
            thousands = relay(field.contender(name, stage.url), calls, warm_up_s, seconds, chunk_ms, stage)
        print(f"{name}: {thousands:,.0f} thousand instructions for one second of one call", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("what", choices=("relays", "length"))
    parser.add_argument("--calls", type=int, default=4)
    parser.add_argument("--chunk-ms", type=int, default=100)
    parser.add_argument("--warm-up", type=float, default=30)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    options = parser.parse_args()
    if options.what == "relays":
        relays(options.only, options.calls, options.warm_up, options.seconds, options.chunk_ms)
        return
    for at, thousands in zip(AT, length(), strict=True):
        print(f"turn {at}: {thousands:,.0f} thousand instructions")


if __name__ == "__main__":
    main()
