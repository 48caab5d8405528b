"""Hundreds of cuts, over many seeds: the long form of tests/resume/test_cuts.py, a part of `make soak`."""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.conftest import start_app, upstream_settings
from tests.resume import oracle
from tests.resume.walk import Walk, walks
from voiceapp.engine.scripted.server import ScriptedServer

# So that pages may have their own instructions, by which the test finds their upstream.
SETTINGS = {"VOICEAPP_EDIT_INSTRUCTIONS": "yes"}


def shown(walk: Walk) -> str:
    away = sorted(walk.page.record.away_s)
    kinds = ", ".join(f"{walk.done.count(moment)} {moment}" for moment in sorted(set(walk.done)))
    return (
        f"seed {walk.seed}: {walk.cuts} cuts, {oracle.whole_answers(walk)} of {len(walk.answers)} answers whole, "
        f"{len(walk.page.record.taken)} events up, {walk.page.screen.number} down, "
        f"away {away[len(away) // 2]:.2f} s, at most {away[-1]:.1f}; {kinds}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.resume.soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=random.randrange(10**6), help="the first seed")
    parser.add_argument("--cuts", type=int, default=32, help="of each seed")
    parser.add_argument("--driver", choices=("gunicorn", "gthread", "werkzeug"), default="gunicorn")
    options = parser.parse_args()
    began, failed = time.monotonic(), 0
    with ExitStack() as stack:
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "gunicorn.log"
        engine = stack.enter_context(ScriptedServer())
        url = start_app(options.driver, upstream_settings(engine, **SETTINGS), stack, log)
        seeds = range(options.first, options.first + options.seeds)
        done = asyncio.run(walks(engine, int(url.rpartition(":")[2]), seeds, options.cuts))
        for walk in done:
            try:
                oracle.check(walk)
            except AssertionError as error:
                failed += 1
                print(error)
            print(shown(walk))
        tracebacks = log.read_text().count("Traceback") if log.exists() else 0
    cuts = sum(walk.cuts for walk in done)
    print(
        f"{cuts} cuts in {time.monotonic() - began:.0f} s; {failed} seeds failed; tracebacks in the log: {tracebacks}"
    )
    return 1 if failed or tracebacks else 0


if __name__ == "__main__":
    sys.exit(main())
