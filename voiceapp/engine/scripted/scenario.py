"""A scenario of the scripted mode: what to do when. It is read from TOML and checked before anything runs."""

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

Step = dict[str, Any]

# Each action by name, with the type of its value; docs/testing.md says what they do.
ACTIONS: Mapping[str, type | tuple[type, ...]] = MappingProxyType(
    {
        "send": (str, dict),
        "wait_ms": (int, float),
        "say": dict,
        "hear": dict,
        "speech_started": dict,
        "speech_stopped": dict,
        "transcript": dict,
        "call": dict,
        "interrupt": (str, bool),
        "error": dict,
        "expire": bool,
        "close": int,
        "drop": str,
        "stall": bool,
        "text": str,
        "binary_bytes": int,
        "giant_bytes": int,
    }
)

EXTRAS = MappingProxyType({"close": frozenset({"reason"})})


@dataclass(frozen=True)
class Say:
    """A whole reply of the assistant. Text is sent word by word, `early` words before the first audio."""

    item: str | None = None
    response: str | None = None
    after: str | None = None
    text: str = "Hello there."
    ms: int = 1000
    chunk_ms: int = 100
    pace_ms: int = 0
    tone_hz: float = 440
    babble: bool = False
    modality: str = "audio"
    early: int = 2
    cut_ms: int | None = None
    midway: tuple[Step, ...] = ()
    status: str = "completed"
    details: Mapping[str, Any] | None = None
    usage: Mapping[str, Any] | None = None
    metadata: Mapping[str, str] | None = None
    rate_limits: bool = True


@dataclass(frozen=True)
class Hear:
    """A whole turn of the user; without `start_ms` it ends at the audio received so far."""

    item: str | None = None
    after: str | None = None
    transcript: str | None = None
    deltas: bool = False
    start_ms: int | None = None
    ms: int = 1500


@dataclass(frozen=True)
class Edge:
    """Where the user's speech starts or stops; without `at_ms` that is at the audio received so far."""

    item: str | None = None
    after: str | None = None
    at_ms: int | None = None


@dataclass(frozen=True)
class Transcript:
    """What the user said; or with `failed`, the code of the error that took its place."""

    item: str | None = None
    text: str = ""
    deltas: bool = False
    failed: str | None = None
    seconds: int = 1


@dataclass(frozen=True)
class Call:
    """A response that is one function call."""

    name: str
    arguments: str = "{}"
    item: str | None = None
    call_id: str | None = None
    response: str | None = None


SHAPES: Mapping[str, type] = MappingProxyType(
    {
        "say": Say,
        "hear": Hear,
        "speech_started": Edge,
        "speech_stopped": Edge,
        "transcript": Transcript,
        "call": Call,
    }
)
ERROR = frozenset({"type", "code", "message", "param", "event_id"})
DROPS = ("fin", "rst")
HANDSHAKE = frozenset({"status", "headers", "body", "delay_ms", "never", "only"})
TRIGGER = frozenset({"when", "nth", "every", "ms", "match", "connection", "do"})
TOP = frozenset({"title", "dialect", "defaults", "key", "model", "session_s", "handshake", "on"})


class ScenarioError(ValueError):
    """The scenario says something that this engine does not know."""


@dataclass(frozen=True)
class Handshake:
    """How the opening handshake fails; `only` names the connections it fails for, counted from 1."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    delay_ms: int = 0
    never: bool = False
    only: tuple[int, ...] = ()

    def concerns(self, connection: int) -> bool:
        return not self.only or connection in self.only


@dataclass(frozen=True)
class Trigger:
    """When to act: `when` is `connect`, `chunk`, `audio` (once `ms` of it came) or the type of a client event."""

    when: str
    steps: tuple[Step, ...]
    nth: int | None = None
    every: int | None = None
    ms: int | None = None
    match: Mapping[str, Any] = field(default_factory=dict)
    connection: int | None = None

    def counts(self, occurrence: int) -> bool:
        """Whether it acts on this occurrence, counted from 1."""
        if self.nth is not None:
            return occurrence == self.nth
        return self.every is None or occurrence % self.every == 0

    def matches(self, event: Mapping[str, Any]) -> bool:
        return all(value_at(event, path) == value for path, value in self.match.items())


@dataclass(frozen=True)
class Scenario:
    """A whole script; with `defaults`, the server answers what it leaves open as a well-behaved server would.

    `session_s`: how long each session lives; None: an hour, which no test waits for.
    """

    title: str = ""
    dialect: str = "ga"
    defaults: bool = True
    key: str | None = None
    model: str = "scripted"
    session_s: float | None = None
    handshake: Handshake | None = None
    triggers: tuple[Trigger, ...] = ()


def load(source: "Scenario | Mapping[str, Any] | Path | str | None") -> Scenario:
    """Reads a scenario from a file or a dictionary; None gives the well-behaved server. Raises `ScenarioError`."""
    if isinstance(source, Scenario):
        return source
    if source is None:
        return Scenario()
    if isinstance(source, Mapping):
        return parse(source)
    try:
        return parse(tomllib.loads(Path(source).read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ScenarioError) as wrong:
        raise ScenarioError(f"{Path(source).name}: {wrong}") from wrong


def parse(raw: Mapping[str, Any]) -> Scenario:
    refuse_unknown("the scenario", raw, TOP)
    rest = {name: raw[name] for name in TOP - {"handshake", "on"} if name in raw}
    if rest.get("dialect", "ga") not in ("ga", "beta"):
        raise ScenarioError(f"dialect is ga or beta, not {rest['dialect']!r}")
    triggers = tuple(trigger(f"on[{place}]", each) for place, each in enumerate(raw.get("on", []), 1))
    return Scenario(**rest, handshake=handshake(raw.get("handshake")), triggers=triggers)


def handshake(raw: Mapping[str, Any] | None) -> Handshake | None:
    if raw is None:
        return None
    refuse_unknown("handshake", raw, HANDSHAKE)
    return Handshake(**{**raw, "only": tuple(raw.get("only", ()))})


def trigger(place: str, raw: Mapping[str, Any]) -> Trigger:
    refuse_unknown(place, raw, TRIGGER)
    if "when" not in raw or not isinstance(raw.get("do"), list):
        raise ScenarioError(f"{place} needs `when`, and `do` as a list")
    if raw["when"] == "audio" and "ms" not in raw:
        raise ScenarioError(f'{place}: when = "audio" needs `ms`')
    rest = {name: raw[name] for name in TRIGGER - {"do"} if name in raw}
    return Trigger(**rest, steps=steps(place, raw["do"]))


def steps(place: str, raw: list[Any]) -> tuple[Step, ...]:
    for number, each in enumerate(raw, 1):
        check_step(f"{place}, step {number}", each)
    return tuple(raw)


def check_step(place: str, step: Any) -> None:
    named = [name for name in step if name in ACTIONS] if isinstance(step, dict) else []
    if len(named) != 1:
        raise ScenarioError(f"{place}: a step is one of {', '.join(ACTIONS)}; {step!r} is none")
    (name,) = named
    refuse_unknown(place, step, {name} | EXTRAS.get(name, frozenset()))
    if not isinstance(step[name], ACTIONS[name]):
        raise ScenarioError(f"{place}: {name} cannot be {step[name]!r}")
    if name in SHAPES:
        refuse_unknown(f"{place}, {name}", step[name], {each.name for each in fields(SHAPES[name])})
        steps(f"{place}, midway", step[name].get("midway", []))
    if name == "error":
        refuse_unknown(f"{place}, error", step[name], ERROR)
    if name == "drop" and step[name] not in DROPS:
        raise ScenarioError(f"{place}: drop is {' or '.join(DROPS)}, not {step[name]!r}")


def refuse_unknown(place: str, raw: Mapping[str, Any], names: Set[str]) -> None:
    strange = sorted(set(raw) - names)
    if strange:
        raise ScenarioError(f"{place}: {', '.join(strange)} unknown; it may have {', '.join(sorted(names))}")


def value_at(event: Any, path: str) -> Any:
    """The value at a dotted path; None if there is none."""
    for key in path.split("."):
        if not isinstance(event, Mapping):
            return None
        event = event.get(key)
    return event
