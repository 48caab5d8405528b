"""What the relay costs, beside its peers and the least there can be: `python -m benchmarks.relay` (see README.md)."""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import report
from .contenders import NAMES, Field, pin_load
from .run import Result, Run, Shape, Stage


def measure(field: Field, shape: Shape, rounds: int, pinned: bool) -> report.Runs:
    """Round by round, so that a noisy minute hits every contender."""
    runs: report.Runs = []
    for turn in range(1, rounds + 1):
        for name in field.names:
            print(f"round {turn} of {rounds}: {name}", flush=True)
            runs += [report.entry(name, shape.chunk_ms, turn, each) for each in one(field, shape, name, pinned)]
    return runs


def one(field: Field, shape: Shape, name: str, pinned: bool) -> Sequence[Result]:
    """A round of one contender."""
    with Stage() as stage:
        contender = field.contender(name, stage.url)
        return Run(contender.pinned() if pinned else contender, shape, stage).results()


@contextmanager
def company(wanted: bool) -> Iterator[None]:
    """Another process that is always busy."""
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if wanted else None
    try:
        yield
    finally:
        if busy:
            busy.kill()
            busy.wait()


def numbers(text: str) -> list[int]:
    return [int(each) for each in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay", description=__doc__)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--ladder", type=numbers, metavar="40,100,300", help="so many calls, one step after the other")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15, help="measured in each step of each round")
    parser.add_argument("--warm-up", type=float, default=20, help="seconds of calls before the first")
    parser.add_argument("--chunk-ms", type=int, default=100)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, help="some of the contenders")
    parser.add_argument("--busy", action="store_true", help="beside another process that is always busy")
    parser.add_argument("--pinned", action="store_true", help="the relay on one core, and the load on another")
    parser.add_argument("--watch-gc", action="store_true", help="tell the longer pauses of Python's garbage collector")
    parser.add_argument("--before", type=Path, help="another checkout of VoiceApp, measured in the same run")
    parser.add_argument("--json", type=Path, help="a file to which what was measured is added")
    options = parser.parse_args()
    shape = Shape(options.ladder or [options.calls], options.seconds, options.warm_up, options.chunk_ms)
    field = Field(options.only, max(shape.steps), options.chunk_ms, options.before, options.watch_gc)
    if options.pinned:
        pin_load()
    with company(options.busy):
        runs = measure(field, shape, options.rounds, options.pinned)
    print(f"\n{report.latest(runs)}\n")
    print(report.table(report.save(options.json, runs) if options.json else runs))
    print("\nDelays in ms beyond those of direct calls")


if __name__ == "__main__":
    main()
