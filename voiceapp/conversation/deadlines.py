"""Whatever a call waits for has a deadline: it runs while that is waited for, by the time that is handed in."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Wait(Enum):
    RESPONSE = "the beginning of a response, and of one that runs the next sign"
    REST = "the same, after an error that may have been its end"
    TOOL = "the next word of a tool"
    SPEECH = "the end of the person's speech"
    PLAYBACK = "the last sound to be heard"
    FLUSHED = "how much was heard of what the page was told to drop"
    CHANGE = "whether a change is refused"


# Seconds. They are for a server that is slow but lives (one that does not is found out by its socket): a local one may
# load its model at the first question, or read a long talk anew. Giving up cancels nothing: an answer that is late is
# heard.
SECONDS: Mapping[Wait, float] = MappingProxyType(
    {
        Wait.RESPONSE: 60.0,
        Wait.REST: 10.0,
        # A search takes its time.
        Wait.TOOL: 120.0,
        # Nobody speaks so long without a pause, but a fan may sound like it.
        Wait.SPEECH: 180.0,
        # Beyond the time that the sound takes to play: a page stumbles now and then.
        Wait.PLAYBACK: 10.0,
        Wait.FLUSHED: 10.0,
        # Servers answer within a second; some say nothing where a change is made.
        Wait.CHANGE: 15.0,
    }
)


class Deadlines:
    """When each is over, in seconds of the caller's clock."""

    def __init__(self) -> None:
        self._waited: list[Wait] = []
        self._running: dict[Wait, tuple[float, int]] = {}

    @property
    def next(self) -> float | None:
        return min((due for due, _ in self._running.values()), default=None)

    def missing(self, wait: Wait) -> bool:
        return wait not in self._running

    def keep(self, waited: list[Wait], now: float, mark: int = 0, longer: float = 0.0) -> None:
        """Each runs from the first time that it is among those which are waited for, until it is not.

        `mark`: what is to be told with its passing. `longer`: how many seconds the playback may take.
        """
        if waited == self._waited:
            return
        self._waited = waited
        for wait in [wait for wait in self._running if wait not in waited]:
            del self._running[wait]
        for wait in waited:
            if wait not in self._running:
                due = now + SECONDS[wait] + (longer if wait is Wait.PLAYBACK else 0.0)
                self._running[wait] = (due, mark)

    def renew(self, wait: Wait) -> None:
        """There was a sign: it runs anew, if it is still waited for."""
        if self._running.pop(wait, None):
            self._waited = []

    def passed(self, now: float) -> list[tuple[Wait, int]]:
        """Those that are over, with their marks; each is told once."""
        over = [(wait, mark) for wait, (due, mark) in self._running.items() if due <= now]
        for wait, _ in over:
            self.renew(wait)
        return over
