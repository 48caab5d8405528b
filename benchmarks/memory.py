"""What memory a call takes: `python -m benchmarks.memory` (see README.md)."""

import argparse

from .contenders import NAMES, OURS, Field
from .mock import CYCLE_S, DELTA_MS, DELTAS
from .process import Process, free_port
from .run import Run, Shape, Stage

CHUNK_MS = 100
STARTED_S, UPWARDS_S = 2.0, 10.0
# Until all was heard that was said, and the server was told so.
HEARD_S = DELTAS * DELTA_MS / 1000 + 2


def measure(name: str, calls: int) -> None:
    with Stage() as stage:
        contender = Field([name], calls, CHUNK_MS).contender(name, stage.url)
        port = free_port()
        run = Run(contender, Shape([calls], 0, 0, CHUNK_MS), stage)
        process = Process(contender.command, contender.folder, {**contender.env, "PORT": str(port)}, port)
        try:
            process.wait()
            run.headers = contender.login(port)
            run.call(run.callers, port, 1)
            run.callers.pop().hang_up()
            stage.reactor.run(1)
            stage.board.silence()
            idle_kb, threads = process.memory_kb(), process.threads()
            print(f"{name}: {idle_kb / 1024:.0f} MB and {threads} threads without a call; with {calls}, kB a call:")
            run.call(run.callers, port, calls, speaks=False)

            def tell(title: str, seconds: float) -> None:
                stage.reactor.run(seconds)
                print(f"  {title:36}{(process.memory_kb() - idle_kb) / calls:7.1f}", flush=True)

            tell("started, and nobody said anything", STARTED_S)
            for caller in run.callers:
                caller.start_speaking()
            for title, seconds, talks in (
                ("sound goes up, nothing comes down", UPWARDS_S, False),
                ("all talk", 2 * CYCLE_S, True),
                ("all was heard, sound goes up", HEARD_S, False),
            ):
                (stage.board.resume if talks else stage.board.silence)()
                tell(title, seconds)
            print(f"  threads {process.threads()}")
        finally:
            for caller in run.callers:
                caller.hang_up()
            stage.reactor.run(0.5)
            process.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=[OURS])
    options = parser.parse_args()
    for name in options.only:
        measure(name, options.calls)


if __name__ == "__main__":
    main()
