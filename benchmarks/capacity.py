"""How many calls a core carries, and what memory a call takes: `python -m benchmarks.capacity` (see README.md)."""

import argparse

from .contenders import NAMES, OURS, Field, pin_load
from .run import Result, Run, Shape, Stage

P99_MS = 50.0
WARM_UP_S, SECONDS = 8.0, 6.0
CHUNK_MS = 100
# Steps of the search: up by a quarter, then halves.
GROWTH, NEAR = 1.25, 0.03


def held(name: str, calls: int, workers: int = 1) -> Result | None:
    """What a fresh process does with so many calls; None: it cannot begin them. One worker has a core for itself."""
    with Stage() as stage:
        contender = Field([name], calls, CHUNK_MS).contender(name, stage.url, WEB_CONCURRENCY=str(workers))
        if workers == 1:
            contender = contender.pinned()
        try:
            (result,) = Run(contender, Shape([calls], SECONDS, WARM_UP_S, CHUNK_MS), stage).results()
        except ConnectionError as error:
            print(f"{name}, {calls} calls: {error}", flush=True)
            return None
    p99 = max(result.up_p99, result.down_p99)
    cores = result.cpu * calls / 1000
    print(f"{name}, {calls} calls: added p99 {p99:.1f} ms, {cores:.2f} cores, load {result.load:.2f}", flush=True)
    return result


def is_well(result: Result | None) -> bool:
    """In time, and whole."""
    if result is None:
        return False
    whole = not (result.lost or result.doubled or result.misplaced or result.damaged)
    return whole and max(result.up_p99, result.down_p99) <= P99_MS


def search(name: str, first: int) -> int:
    """The greatest number of calls that is known to go well."""
    well, ill = 0, first
    while is_well(held(name, ill)):
        well, ill = ill, int(ill * GROWTH)
    while ill - well > NEAR * ill:
        middle = (well + ill) // 2
        well, ill = (middle, ill) if is_well(held(name, middle)) else (well, middle)
    return well


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("--first", type=int, default=1500, help="calls to begin the search with")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=[OURS], help="whose capacity is searched")
    parser.add_argument(
        "--workers", type=int, default=1, help="more than one: no search, just `--first` calls, on all cores"
    )
    options = parser.parse_args()
    if options.workers > 1:
        held(OURS, options.first, options.workers)
        return
    pin_load()
    for name in options.only:
        print(f"{name}: {search(name, options.first)} calls on one core with an added p99 of at most {P99_MS:.0f} ms")


if __name__ == "__main__":
    main()
