"""What was measured, as one JSON file to which every run may add, and as a table."""

import json
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from .contenders import NAMES, NODE, PEER, ROOT
from .run import MEASURED, Result

Runs = list[dict[str, Any]]
WORST = ("threads", "lost", "doubled", "misplaced", "damaged")
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("CPU ms per call-second", "cpu", ".3f"), ("to Node", "ratio", ".2f"),
    ("up p50", "up_p50", ".2f"), ("p99", "up_p99", ".2f"), ("down p50", "down_p50", ".2f"), ("p99", "down_p99", ".2f"),
    ("lost", "lost", ".0f"), ("doubled", "doubled", ".0f"), ("out of order", "misplaced", ".0f"),
    ("damaged", "damaged", ".0f"), ("threads", "threads", ".0f"), ("kB per call", "memory", ".0f"),
    ("load cores", "load", ".2f"), ("other cores", "other", ".2f"),
)  # fmt: skip


def entry(contender: str, chunk_ms: int, number: int, result: Result) -> dict[str, Any]:
    """One round of one contender."""
    return {"contender": contender, "chunk_ms": chunk_ms, "round": number, **asdict(result)}


def save(path: Path, runs: Runs) -> Runs:
    """Add to what the file has; all that it has then."""
    before: Runs = json.loads(path.read_text())["runs"] if path.exists() else []
    path.write_text(json.dumps({**surroundings(), "runs": before + runs}, indent=1) + "\n")
    return before + runs


def medians(runs: Runs) -> dict[tuple[int, int, str], dict[str, float]]:
    """By chunk, calls and contender: medians of the rounds, and of faults and threads the worst round's."""
    groups: dict[tuple[int, int, str], Runs] = {}
    for each in sorted(runs, key=lambda run: (run["chunk_ms"], run["calls"], NAMES.index(run["contender"]))):
        groups.setdefault((each["chunk_ms"], each["calls"], each["contender"]), []).append(each)
    return {key: {name: _of(name)(each[name] for each in group) for name in MEASURED} for key, group in groups.items()}


def _of(name: str) -> Callable[[Any], float]:
    return max if name in WORST else statistics.median


def table(runs: Runs) -> str:
    figures = medians(runs)
    rows: list[Sequence[str]] = [("chunks", "calls", "", *(title for title, _, _ in COLUMNS))]
    for (chunk_ms, calls, name), values in figures.items():
        node = figures.get((chunk_ms, calls, NODE))
        row = {**values, "ratio": values["cpu"] / node["cpu"] if node else float("nan")}
        rows.append((f"{chunk_ms} ms", str(calls), name, *(format(row[key], form) for _, key, form in COLUMNS)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def latest(runs: Runs) -> str:
    """Each round's largest delays, and when they fell."""
    lines = ["The largest delays of each round, in ms, and after how many seconds they arrived"]
    for run in runs:
        delays = ", ".join(f"{late['ms']:.1f} {late['side']} at {late['at_s']:.2f}" for late in run["largest"])
        lines.append(f"{run['contender']}, {run['calls']} calls, round {run['round']}: {delays}")
        pauses = (f"{each['ms']:.1f} (generation {each['generation']}) at {each['at_s']:.2f}" for each in run["pauses"])
        if run["pauses"]:
            lines.append(f"  its garbage collector: {', '.join(pauses)}")
    return "\n".join(lines)


def surroundings() -> dict[str, Any]:
    """Where and with what it was measured."""
    versions = {"Python": platform.python_version(), "Linux": platform.release(), **_packages(), **_node()}
    commit = _said("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "machine": _machine(),
        "versions": versions,
    }


def _machine() -> str:
    told = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.*)$", told, re.MULTILINE)
    return f"{told.count('processor	:')} × {model[1] if model else platform.machine()}"


def _packages() -> Mapping[str, str]:
    found = {name: metadata.version(name) for name in ("gunicorn", "numpy")}
    for each in metadata.distributions(name="aiohttp", path=[*map(str, PEER.glob(".venv/lib/*/site-packages"))]):
        found["aiohttp"] = each.version
    return found


def _node() -> Mapping[str, str]:
    package = PEER / "node_modules" / "ws" / "package.json"
    if not package.exists():
        return {}
    return {"Node": _said("node", "--version"), "ws": json.loads(package.read_text())["version"]}


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return ""
