"""Whoever watches a call is told in order, and only of what it asks for."""

from collections.abc import Mapping
from typing import Any

import pytest

from voiceapp.call.observers import Observer, Observers
from voiceapp.conversation import events as ev


class Listing(Observer):
    told_of = (ev.Interrupted,)

    def __init__(self, name: str, seen: list[str]) -> None:
        self._name = name
        self._seen = seen

    def event(self, event: ev.Event, now: float, message: Mapping[str, Any]) -> None:
        self._seen.append(f"{self._name} {type(event).__name__} {now}")


class Ending(Listing):
    def ended(self, reason: str, now: float) -> None:
        self._seen.append(f"{self._name} {reason}")


def test_they_are_told_in_their_order() -> None:
    seen: list[str] = []
    observers = Observers(Listing("one", seen), Ending("two", seen))
    observers.event(ev.Interrupted(), 1.0, {})
    observers.event(ev.Stopped(), 1.0, {})
    observers.ended("stopped", 2.0)
    assert seen == ["one Interrupted 1.0", "two Interrupted 1.0", "two stopped"]


class Broken(Observer):
    def ended(self, reason: str, now: float) -> None:
        raise RuntimeError("broken on purpose")


def test_whoever_fails_at_the_end_keeps_nobody_from_it() -> None:
    seen: list[str] = []
    with pytest.raises(RuntimeError):
        Observers(Broken(), Ending("one", seen), Broken(), Ending("two", seen)).ended("stopped", 1.0)
    assert seen == ["one stopped", "two stopped"]


def test_a_hook_that_nobody_overrides_does_nothing() -> None:
    observers = Observers(Listing("one", []))
    observers.handled(ev.Interrupted(), 1.0)
    observers.amended()


def test_there_may_be_none() -> None:
    Observers().event(ev.Interrupted(), 1.0, {})
