"""Whatever a call waits for has a deadline, which runs while the call waits; the time is handed in."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Wait(Enum):
    RESPONSE = "the beginning of a response, and of one that runs the next sign"
    AFTER_ERROR = "the same, after an error that may have been its end"
    TOOL = "the next word of a tool"
    PROGRESS = "the end of a tool that has said how far it is"
    GRANTED = "what a server does that may run a tool"
    VOICE = "whether a voice that is heard into an answer lasts"
    WORDS = "the words of what was said into an answer, or its end"
    SPEECH = "the end of the person's speech"
    PLAYBACK = "the last sound to be heard"
    FLUSHED = "how much was heard of what the page was told to drop"
    CHANGE = "whether a change is refused"

    # Each is itself: an enum's own hash is a function in Python, asked for at every look into a table.
    __hash__ = object.__hash__


# Seconds. They are for a server that is slow but lives (one that does not is found out by its socket): a local one may
# load its model at the first question, or read a long talk anew. Giving up cancels nothing: an answer that is late is
# heard.
SECONDS: Mapping[Wait, float] = MappingProxyType(
    {
        Wait.RESPONSE: 60.0,
        Wait.AFTER_ERROR: 10.0,
        # A search takes its time.
        Wait.TOOL: 120.0,
        # Of a tool that ends sooner the result is told at once.
        Wait.PROGRESS: 2.5,
        # A server that goes on by itself does so at once.
        Wait.GRANTED: 3.0,
        # Beyond the silence in which the server listens for more: 600 ms of voice, and what its word of the end may be
        # late. The page measures the voice itself, and is usually first.
        Wait.VOICE: 1.0,
        # Meanwhile the answer is held.
        Wait.WORDS: 2.0,
        # Nobody speaks so long without a pause, but a fan may sound like it.
        Wait.SPEECH: 180.0,
        # Beyond the time that the sound takes to play: a page stumbles now and then.
        Wait.PLAYBACK: 10.0,
        Wait.FLUSHED: 10.0,
        # Servers answer within a second; some say nothing where a change is made.
        Wait.CHANGE: 15.0,
    }
)


NO_LONGER: Mapping[Wait, float] = MappingProxyType({})

# In this order what is waited for is told.
WAITS = tuple(Wait)


class Deadlines:
    """When each is over, in seconds of the caller's clock. `next`: the first of them, or a moment before it.

    `signed`: something came of the response, which `extend` gives its whole time again. Cheap, as signs come many times
    a second.
    """

    __slots__ = ("_running", "_waited", "next", "signed")

    def __init__(self) -> None:
        self._waited: tuple[bool, ...] = ()
        self._running: dict[Wait, tuple[float, int]] = {}
        self.next: float | None = None
        self.signed = False

    def are_for(self, waited: tuple[bool, ...]) -> bool:
        """Whether these are waited for already, one by one as in `WAITS`: asked at every event, so nothing else is."""
        return waited == self._waited

    def missing(self, wait: Wait) -> bool:
        return wait not in self._running

    def keep(
        self, waited: tuple[bool, ...], now: float, mark: int = 0, longer: Mapping[Wait, float] = NO_LONGER
    ) -> None:
        """Each runs from the first time that it is among those which are waited for, until it is not.

        `mark`: what is to be told with its passing. `longer`: how many seconds some of them may take beyond the usual.
        """
        self._waited, running = waited, self._running
        for wait, so in zip(WAITS, waited, strict=True):
            if so == (wait in running):
                continue
            if so:
                running[wait] = (now + SECONDS[wait] + longer.get(wait, 0.0), mark)
            else:
                del running[wait]
        self._look()

    def extend(self, now: float, mark: int) -> None:
        """There was a sign of the response: if it is waited for, its deadline runs anew."""
        self.signed, wait = False, Wait.RESPONSE
        if wait in self._running:
            self._running[wait] = (now + SECONDS[wait], mark)

    def renew(self, wait: Wait) -> None:
        """It runs anew from when it is next looked at, if it is still waited for then."""
        if self._running.pop(wait, None):
            self._waited = ()
            self._look()

    def passed(self, now: float) -> list[tuple[Wait, int]]:
        """Those that are over, with their marks; each is told once."""
        over = [(wait, mark) for wait, (due, mark) in self._running.items() if due <= now]
        for wait, _ in over:
            self.renew(wait)
        self._look()
        return over

    def _look(self) -> None:
        self.next = min((due for due, _ in self._running.values()), default=None)
