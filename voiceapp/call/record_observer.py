"""Tells that a call's record is another by now: it is live, more was used, or more was said."""

from collections.abc import Callable

from ..conversation import effects
from .observers import Observer

# What changes the words of an entry for good.
_SAID = (effects.TextFinished, effects.TextHeard, effects.EntryRemoved)


class RecordObserver(Observer):
    """`share`: what is said is part of the record."""

    __slots__ = ("_changed", "told_of")

    def __init__(self, changed: Callable[[], None], *, share: bool) -> None:
        self._changed = changed
        self.told_of = (effects.Used, *_SAID) if share else (effects.Used,)

    def ready(self, now: float) -> None:
        self._changed()

    def effect(self, effect: effects.Effect, now: float) -> None:
        self._changed()
