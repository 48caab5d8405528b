"""Observers of a call: they are told of its events and effects, and decide nothing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..conversation.event_reader import LeftOut
from ..conversation.faults import Fault
from ..upstream.session_options import Plan
from ..wire import down


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has begun: what it was asked to be, and the model that the server says it runs.

    `why`: it took the place of another; None of the first.
    """

    plan: Plan
    model: str
    why: down.Why | None = None


# How an observer tells the page something.
Tell = Callable[[down.Event], None]


class Observer:
    """Each hook does nothing unless it is overridden. `now`: the loop's time in seconds.

    Most of what happens is nothing to most observers: `told_of` are the types of events and effects that `event`,
    `handled` and `effect` are called for.
    """

    __slots__ = ()

    told_of: tuple[type, ...] = ()

    def began(self, now: float) -> None:
        """The call has its place."""

    def session(self, session: Session, now: float) -> None:
        """The call's first session has begun, or another that takes its place."""

    def ready(self, now: float) -> None:
        """The page was told that the call is live."""

    def event(self, event: Any, now: float, message: Mapping[str, Any]) -> None:
        """Something happened, and its effects are still to come. `message`: the server's own, where it was one."""

    def effect(self, effect: Any, now: float) -> None:
        """Something was done about it."""

    def handled(self, event: Any, now: float) -> None:
        """All was done about it."""

    def left_out(self, why: LeftOut) -> None:
        """Something that the server sent could not be read."""

    def noticed(self, fault: Fault, *, fatal: bool) -> None:
        """The page is told of a fault."""

    def ended(self, reason: str, now: float) -> None:
        """The call is over."""

    def amended(self) -> None:
        """After its end the server told what it used."""


class Observers(Observer):
    """All observers of a call, in order."""

    __slots__ = ("_effects", "_events", "_handled", "_observers")

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers
        kinds = tuple((type(each), each.told_of) for each in observers)
        self._events, self._effects, self._handled = (_places(kinds, hook) for hook in ("event", "effect", "handled"))

    def began(self, now: float) -> None:
        for each in self._observers:
            each.began(now)

    def session(self, session: Session, now: float) -> None:
        for each in self._observers:
            each.session(session, now)

    def ready(self, now: float) -> None:
        for each in self._observers:
            each.ready(now)

    def event(self, event: Any, now: float, message: Mapping[str, Any]) -> None:
        for place in self._events.get(type(event), ()):
            self._observers[place].event(event, now, message)

    def effect(self, effect: Any, now: float) -> None:
        for place in self._effects.get(type(effect), ()):
            self._observers[place].effect(effect, now)

    def handled(self, event: Any, now: float) -> None:
        for place in self._handled.get(type(event), ()):
            self._observers[place].handled(event, now)

    def left_out(self, why: LeftOut) -> None:
        for each in self._observers:
            each.left_out(why)

    def noticed(self, fault: Fault, *, fatal: bool) -> None:
        for each in self._observers:
            each.noticed(fault, fatal=fatal)

    def ended(self, reason: str, now: float) -> None:
        """Whatever one of them meets, the others are told of it."""
        with ExitStack() as stack:
            for each in reversed(self._observers):
                stack.callback(each.ended, reason, now)

    def amended(self) -> None:
        for each in self._observers:
            each.amended()


# For a type of event or effect: the places of those who are told of it.
_Places = Mapping[type, Sequence[int]]


@cache
def _places(kinds: tuple[tuple[type[Observer], tuple[type, ...]], ...], hook: str) -> _Places:
    """All calls share it: a table for each would be an eighth of what a call holds beside its sound."""
    places: dict[type, list[int]] = {}
    for place, (kind, told_of) in enumerate(kinds):
        if getattr(kind, hook) is not getattr(Observer, hook):
            for happened in told_of:
                places.setdefault(happened, []).append(place)
    return places
