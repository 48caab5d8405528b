"""How fast something may come: a bucket that refills with time."""

from time import monotonic

# From one browser. A page sends some 30 events a second: 25 chunks, a few reports, now and then a command.
EVENTS_A_SECOND, EVENTS_AT_ONCE = 50.0, 100.0
# Frames of any kind; a flood of them is no mistake, so its socket is closed.
FRAMES_A_SECOND, FRAMES_AT_ONCE = 200.0, 600.0
# Sound in ms: real time with room for a clock that runs fast, and 2 s that waited in a stalled line.
SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE = 1050.0, 2000.0
# A chunk counts as at least so much sound; smaller ones would be a flood of events.
LEAST_CHUNK_MS = 20.0


class Bucket:
    """Holds `at_once`, refills by `a_second`. Full at the beginning."""

    __slots__ = ("_a_second", "_at", "_at_once", "_level")

    def __init__(self, a_second: float, at_once: float) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._level = at_once
        self._at = monotonic()

    def take(self, amount: float) -> bool:
        """Take `amount` if it is there."""
        now = monotonic()
        level = self._level + (now - self._at) * self._a_second
        self._at = now
        if level > self._at_once:
            level = self._at_once
        if amount > level:
            self._level = level
            return False
        self._level = level - amount
        return True
