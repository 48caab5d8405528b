"""Observers of a call: they are told of its events and effects, and decide nothing."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
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


_OF_TYPES = ("event", "handled", "effect")
_HOOKS = tuple(name for name, each in vars(Observer).items() if callable(each) and name not in _OF_TYPES)


class Observers(Observer):
    """All observers of a call, in order. A hook costs nothing for those that do not override it."""

    def __init__(self, *observers: Observer) -> None:
        for name in _HOOKS:
            setattr(self, name, _in_turn([getattr(each, name) for each in observers if _overrides(each, name)]))
        for name in _OF_TYPES:
            setattr(self, name, _by_type(name, [each for each in observers if _overrides(each, name)]))
        # Whatever one of them meets at the end, the others are told of it.
        self.ended = _each([each.ended for each in observers])  # type: ignore[method-assign]


def _overrides(observer: Observer, name: str) -> bool:
    return getattr(type(observer), name) is not getattr(Observer, name)


def _by_type(name: str, observers: list[Observer]) -> Callable[..., None]:
    of_type: dict[type, list[Callable[..., None]]] = {}
    for each in observers:
        for kind in each.told_of:
            of_type.setdefault(kind, []).append(getattr(each, name))
    find = of_type.get

    def call(happened: object, *args: Any) -> None:
        for hook in find(type(happened), ()):
            hook(happened, *args)

    return call


def _in_turn(hooks: list[Callable[..., None]]) -> Callable[..., None]:
    if len(hooks) == 1:
        return hooks[0]

    def call(*args: Any, **more: Any) -> None:
        for hook in hooks:
            hook(*args, **more)

    return call


def _each(hooks: list[Callable[..., None]]) -> Callable[..., None]:
    def call(*args: Any) -> None:
        with ExitStack() as stack:
            for hook in reversed(hooks):
                stack.callback(hook, *args)

    return call
