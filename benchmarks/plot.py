"""Cost and delay over the number of calls, as SVG, from what `benchmarks.relay --json` kept.

`python -m benchmarks.plot FILE` writes docs/img/performance-*.svg (see README.md)
"""

import argparse
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .contenders import AIOHTTP, BEFORE, FLOOR, NODE, OURS, ROOT
from .report import Runs, medians

WIDTH, HEIGHT = 720, 380
LEFT, RIGHT, TOP, BOTTOM = 60, 120, 40, 50
# Seen on white and on black.
COLOURS = {OURS: "#d9480f", BEFORE: "#e8a06b", NODE: "#2b8a3e", AIOHTTP: "#4c6ef5", FLOOR: "#868e96"}
GREY = "#868e96"
LABEL_APART = 15
Lines = Mapping[str, Sequence[tuple[int, float]]]


@dataclass(frozen=True)
class Axis:
    """From values to places; `ticks` are marked."""

    ticks: Sequence[float]
    logarithmic: bool
    start: float
    end: float

    def place(self, value: float) -> float:
        low, high = self._scaled(self.ticks[0]), self._scaled(self.ticks[-1])
        return self.start + (self._scaled(max(value, self.ticks[0])) - low) / (high - low) * (self.end - self.start)

    def _scaled(self, value: float) -> float:
        return math.log(value) if self.logarithmic else value


def cost(values: Mapping[str, float]) -> float:
    return values["cpu"]


def delay(values: Mapping[str, float]) -> float:
    return max(values["up_p99"], values["down_p99"])


def lines(runs: Runs, chunk_ms: int, figure: Callable[[Mapping[str, float]], float]) -> Lines:
    found: dict[str, list[tuple[int, float]]] = {}
    for (chunks, calls, name), values in medians(runs).items():
        if chunks == chunk_ms:
            found.setdefault(name, []).append((calls, figure(values)))
    return found


def chart(title: str, drawn: Lines, logarithmic: bool) -> str:
    steps = sorted({calls for points in drawn.values() for calls, _ in points})
    highest = max(value for points in drawn.values() for _, value in points)
    across = Axis(steps, True, LEFT, WIDTH - RIGHT)
    up = Axis(_ticks(highest, logarithmic), logarithmic, HEIGHT - BOTTOM, TOP)
    parts = [_text(LEFT - 40, 20, title, "start"), _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "calls", "middle")]
    for tick in up.ticks:
        at = up.place(tick)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="{GREY}" stroke-opacity=".3"/>')
        parts.append(_text(LEFT - 8, at + 4, f"{tick:g}", "end"))
    parts += [_text(across.place(step), HEIGHT - BOTTOM + 18, f"{step:,}", "middle") for step in steps]
    labels = _apart({name: up.place(points[-1][1]) for name, points in drawn.items()})
    for name, points in drawn.items():
        places = [(across.place(calls), up.place(value)) for calls, value in points]
        way = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        parts.append(f'<path d="M{way}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[name]}"/>' for x, y in places]
        parts.append(_text(places[-1][0] + 10, labels[name] + 4, name, "start", COLOURS[name]))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="13">\n{body}\n</svg>\n'
    )


def _ticks(highest: float, logarithmic: bool) -> list[float]:
    if logarithmic:
        return [10.0**power for power in range(-1, max(1, math.ceil(math.log10(highest))) + 1)]
    step = next(each for each in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 1e9) if highest / each <= 8)
    return [round(number * step, 2) for number in range(math.ceil(highest / step) + 1)]


def _apart(places: Mapping[str, float]) -> dict[str, float]:
    """Labels that do not lie on each other."""
    found: dict[str, float] = {}
    last = -math.inf
    for name, place in sorted(places.items(), key=lambda each: each[1]):
        last = found[name] = max(place, last + LABEL_APART)
    return found


def _text(x: float, y: float, text: str, anchor: str, colour: str = GREY) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{text}</text>'


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plot", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--chunk-ms", type=int, default=100)
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "img")
    options = parser.parse_args()
    runs: Runs = json.loads(options.file.read_text())["runs"]
    charts = {
        "cost": ("CPU ms for one second of one call", cost, False),
        "delay": ("p99 added, the worse way, in ms", delay, True),
    }
    for name, (title, figure, logarithmic) in charts.items():
        drawn = lines(runs, options.chunk_ms, figure)
        (options.to / f"performance-{name}.svg").write_text(chart(title, drawn, logarithmic))


if __name__ == "__main__":
    main()
