"""What the relay costs, side by side with the least a relay can be: `python -m benchmarks.relay` (see README.md)."""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .load import RealtimeCaller, VoiceAppCaller
from .mock import Board, Mock
from .run import Contender, Result, Run, Shape

ROOT = Path(__file__).parent.parent
PEER = Path(__file__).parent / "peer"
OURS, BEFORE, THEIRS = "VoiceApp", "VoiceApp before", "Node ws"
TITLES = (
    "", "CPU ms per call-second", "to Node", "up p50", "p99", "down p50", "p99",
    "lost", "out of order", "damaged", "threads", "kB per call", "load cores",
)  # fmt: skip


def contenders(mock_port: int, shape: Shape, before: Path | None) -> list[Contender]:
    url = f"ws://127.0.0.1:{mock_port}/v1/realtime"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("VOICEAPP_", "OPENAI_"))}
    others = [] if before is None else [_ours(BEFORE, before, url, env, shape)]
    return [_ours(OURS, ROOT, url, env, shape), *others, *_theirs(url, env)]


def _ours(name: str, checkout: Path, url: str, env: Mapping[str, str], shape: Shape) -> Contender:
    settings = {
        "VOICEAPP_HOST": "127.0.0.1",
        "VOICEAPP_PROFILE": "openai",
        "VOICEAPP_UPSTREAM_URL": url,
        "VOICEAPP_UPSTREAM_KEY": "x",
        # So that the callers speak first.
        "VOICEAPP_INSTRUCTIONS": "Be brief.",
        "VOICEAPP_CHUNK_MS": str(shape.chunk_ms),
        "VOICEAPP_MAX_CALLS": str(max(90, shape.calls + 10)),
    }
    if name == BEFORE:
        # In older checkouts a call takes a thread.
        settings["VOICEAPP_THREADS"] = str(max(100, shape.calls + 20))
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    return Contender(name, command, checkout, {**env, **settings}, VoiceAppCaller)


def _theirs(url: str, env: Mapping[str, str]) -> list[Contender]:
    node = shutil.which("node")
    if node is None or not (PEER / "node_modules" / "ws").is_dir():
        print("No Node row: it needs node, and `npm ci` in benchmarks/peer.")
        return []
    settings = {"UPSTREAM_URL": url, "UPSTREAM_KEY": "x"}
    return [Contender(THEIRS, [node, "relay.js"], PEER, {**env, **settings}, RealtimeCaller)]


async def measure(shape: Shape, rounds: int, before: Path | None) -> dict[str, list[Result]]:
    """Round by round, so that a noisy minute hits every contender."""
    board = Board()
    server = await asyncio.get_running_loop().create_server(lambda: Mock(board), "127.0.0.1", 0, backlog=1000)
    mock_port = server.sockets[0].getsockname()[1]
    results: dict[str, list[Result]] = {}
    every = contenders(mock_port, shape, before)
    for turn in range(1, rounds + 1):
        for contender in every:
            print(f"round {turn} of {rounds}: {contender.name}", flush=True)
            results.setdefault(contender.name, []).append(await Run(contender, shape, board, mock_port).result())
    server.close()
    return results


def table(results: Mapping[str, Sequence[Result]]) -> str:
    """Medians of the rounds; of losses and the like, the worst."""
    node = Result.median(results[THEIRS]).cpu if THEIRS in results else None
    rows = [TITLES, *(_row(name, runs, node) for name, runs in results.items())]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _row(name: str, runs: Sequence[Result], node: float | None) -> tuple[str, ...]:
    default, worst = Result.median(runs), Result.worst(runs)
    delays = (default.up_p50, default.up_p99, default.down_p50, default.down_p99)
    wrongs = (worst.lost, worst.misplaced, worst.damaged, worst.threads)
    return (
        name,
        f"{default.cpu:.2f}",
        f"{default.cpu / node:.2f}" if node else "-",
        *(f"{delay:.2f}" for delay in delays),
        *(f"{wrong:.0f}" for wrong in wrongs),
        f"{default.memory:.0f}",
        f"{default.load:.2f}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relay", description=__doc__)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=15, help="measured in each round")
    parser.add_argument("--warm-up", type=float, default=5, help="seconds of calls before that")
    parser.add_argument("--chunk-ms", type=int, default=100)
    parser.add_argument("--before", type=Path, help="another checkout of VoiceApp, measured in the same run")
    options = parser.parse_args()
    shape = Shape(options.calls, options.seconds, options.warm_up, options.chunk_ms)
    results = asyncio.run(measure(shape, options.rounds, options.before))
    print(f"\n{shape.calls} calls, chunks of {shape.chunk_ms} ms; delays in ms beyond those of direct calls\n")
    print(table(results))


if __name__ == "__main__":
    main()
