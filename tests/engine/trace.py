"""A recorded order of events as text, replayed to a server: what is sent, what must come, and with which fields.

`>` sends an event, or does what the word after it says; `<` is the next event; lines of `+` in a row are events that
come in any mixture, each at least once unless it came before; `~` is an event that comes any time from here on. Behind
the type stand paths that must be there, with a value in JSON or with `$NAME`, which is the same wherever it stands.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "traces"
NOTHING = object()
Event = dict[str, Any]


@dataclass
class Line:
    """One line: its sign, its type or word, and what its fields must be."""

    sign: str
    kind: str
    fields: list[tuple[str, str | None]] = field(default_factory=list)


def lines(name: str) -> Iterator[Line]:
    for text in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        sign, _, rest = text.partition(" ")
        if sign == "include":
            yield from lines(rest)
        elif sign in (">", "forget"):
            yield Line(sign, rest)
        else:
            kind, *wanted = re.findall(r"\S+?=\"(?:[^\"\\]|\\.)*\"|\S+", rest)
            yield Line(
                sign, kind, [(path, value or None) for path, _, value in (each.partition("=") for each in wanted)]
            )


@dataclass
class Replay:
    """`send` takes an event, `receive` gives the next one, `do` takes the words that are no events."""

    send: Callable[[Event], None]
    receive: Callable[[], Event]
    do: dict[str, Callable[[], None]]
    names: dict[str, Any] = field(default_factory=dict)
    floating: dict[str, Line] = field(default_factory=dict)
    came: set[str] = field(default_factory=set)
    ahead: list[Event] = field(default_factory=list)

    def play(self, name: str) -> None:
        mixed: list[Line] = []
        for line in lines(name):
            if line.sign == "+":
                mixed.append(line)
                continue
            if mixed:
                self._mixture(mixed, to_the_end=line.sign != ">")
                mixed = []
            self._line(line)
        self._rest()

    def _line(self, line: Line) -> None:
        match line.sign:
            case "~":
                self.floating[line.kind] = line
            case "forget":
                for name in line.kind.split():
                    self.names.pop(name, None)
            case ">" if line.kind.startswith("{"):
                self.send(json.loads(re.sub(r"\$\w+", lambda found: self.names[found.group()], line.kind)))
            case ">":
                self.do[line.kind]()
            case "<":
                self.floating.pop(line.kind, None)
                self._check(line, self._next())

    def _mixture(self, mixed: list[Line], to_the_end: bool) -> None:
        wanted, seen = {line.kind: line for line in mixed}, set()
        while to_the_end or seen != set(wanted):
            event = self._next()
            if event["type"] not in wanted:
                self.ahead.append(event)
                break
            self._check(wanted[event["type"]], event)
            seen.add(event["type"])
        assert seen | self.came >= set(wanted), (seen, wanted)
        self.came |= seen

    def _next(self) -> Event:
        while True:
            event = self.ahead.pop() if self.ahead else self.receive()
            assert event["event_id"]
            if event["type"] not in self.floating:
                return event
            self._float(event)

    def _float(self, event: Event) -> None:
        self._check(self.floating[event["type"]], event)
        self.came.add(event["type"])

    def _rest(self) -> None:
        told = {kind for kind in self.floating if kind.endswith(("completed", "truncated"))}
        while missing := told - self.came:
            event = self.receive()
            assert event["type"] in self.floating, (missing, event)
            self._float(event)

    def _check(self, line: Line, event: Event) -> None:
        assert event["type"] == line.kind, (line.kind, event)
        for path, wanted in line.fields:
            value = at(event, path)
            assert value is not NOTHING, (line.kind, path, event)
            if wanted is not None and wanted.startswith("$"):
                assert self.names.setdefault(wanted, value) == value, (line.kind, path, value, self.names)
            elif wanted is not None:
                assert value == json.loads(wanted), (line.kind, path, value)


def at(event: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(event, dict) or key not in event:
            return NOTHING
        event = event[key]
    return event
