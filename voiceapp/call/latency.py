"""How long an answer took, by the events of its call; times are arguments, in seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..conversation import effects
from ..conversation import events as ev
from ..conversation.pcm16 import BYTES_PER_MS
from ..conversation.turn_detection import Detection, ServerVad
from ..ops import metrics
from ..wire import down
from .observers import Observer, Session, Tell


@dataclass(frozen=True, slots=True)
class Latency:
    """One answered turn, in seconds since it was taken.

    `wait` is what came before: from the end of the speech until the server took the turn; None where nobody can tell.
    """

    item: str
    wait: float | None
    created: float
    first_byte: float
    done: float

    @property
    def stages(self) -> dict[str, float | None]:
        return {"wait": self.wait, "created": self.created, "first_byte": self.first_byte, "done": self.done}

    def event(self) -> down.Latency:
        """As the page is told."""
        wait_ms = None if self.wait is None else _ms(self.wait)
        return down.Latency(self.item, wait_ms, _ms(self.created), _ms(self.first_byte), _ms(self.done))


@dataclass(slots=True)
class _Turn:
    """What is known so far of a turn the person has ended. `at`: when it was taken."""

    wait: float | None
    at: float | None = None
    response: str | None = None
    created: float = 0.0
    item: str = ""
    first_byte: float = 0.0


class LatencyTracker:
    """Of one upstream session. `sent_bytes`: all sound it was sent, as far as it matters: when a speech has ended."""

    __slots__ = ("_answered", "_asked", "_detection", "sent_bytes")

    def __init__(self, detection: Detection) -> None:
        self.sent_bytes = 0
        self._detection = detection
        self._asked: _Turn | None = None
        self._answered: _Turn | None = None

    def observe(self, event: ev.Event, now: float, message: Mapping[str, Any]) -> Latency | None:
        """Take an event before the conversation does, and its message; the latency where an answer ends with it."""
        match event:
            case ev.SpeechStopped():
                self._asked = _Turn(self._wait(message))
            case ev.TextTyped() | ev.Talked(down=False):
                self._asked = _Turn(0.0)
            case ev.Configured(detection) if detection is not None:
                self._detection = detection
            case ev.ResponseCreated(response) if self._asked is not None:
                self._asked.response, self._asked.created = response, now
            case ev.ResponseDone(response):
                return self._done(response, now)
        return None

    def handled(self) -> None:
        """All was done about it."""
        if self._asked is not None and self._asked.at is None:
            # The page was not told that this turn was taken: one was already waiting for its answer.
            self._asked = None

    def turned(self, state: str, now: float) -> None:
        """The page is told whose turn it is."""
        if state == "thinking" and self._asked is not None and self._asked.at is None:
            self._asked.at = now
        elif state in ("listening", "user"):
            self._asked = None

    def played(self, item: str, now: float) -> None:
        """Sound of `item` goes to the page."""
        if self._asked is not None:
            self._answered, self._asked = self._asked, None
            self._answered.item, self._answered.first_byte = item, now

    def _done(self, response: str, now: float) -> Latency | None:
        if self._asked is not None and self._asked.response == response:
            # It called a tool: the answer is still to come.
            self._asked.response = None
        turn = self._answered
        if turn is None or turn.response != response or turn.at is None:
            return None
        self._answered = None
        return Latency(turn.item, turn.wait, turn.created - turn.at, turn.first_byte - turn.at, now - turn.at)

    def _wait(self, message: Mapping[str, Any]) -> float | None:
        """`audio_end_ms` counts all sound of the session up to the end of the silence by which the server knew.

        A server that counts otherwise (from the end of the speech, or of this item alone) is further behind what it was
        sent than that silence is long. How long it waits where it judges by sense it may tell, as the embedded engine
        does: `silence_ms`.
        """
        end_ms, silence_ms = message.get("audio_end_ms"), message.get("silence_ms")
        if isinstance(self._detection, ServerVad):
            silence_ms = self._detection.silence_ms
        if type(end_ms) is not int or type(silence_ms) is not int:
            return None
        behind_ms = self.sent_bytes / BYTES_PER_MS - end_ms
        return (silence_ms + behind_ms) / 1000 if 0 <= behind_ms < silence_ms else None


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


class LatencyObserver(Observer):
    """Tells page and metrics. `sent`: bytes of sound that the session that goes on was sent."""

    __slots__ = ("_answered", "_sent", "_tell", "_tracker")

    told_of = (
        ev.SpeechStopped, ev.TextTyped, ev.Talked, ev.Configured, ev.ResponseCreated, ev.ResponseDone,
        effects.TurnChanged, effects.Play,
    )  # fmt: skip

    def __init__(self, detection: Detection, sent: Callable[[], int], tell: Tell) -> None:
        self._tracker = LatencyTracker(detection)
        self._sent = sent
        self._tell = tell
        self._answered: Latency | None = None

    def session(self, session: Session, now: float) -> None:
        self._tracker = LatencyTracker(session.plan.config.detection)

    def event(self, event: ev.Event, now: float, message: Mapping[str, Any]) -> None:
        if type(event) is ev.SpeechStopped:
            self._tracker.sent_bytes = self._sent()
        self._answered = self._tracker.observe(event, now, message)

    def effect(self, effect: effects.TurnChanged | effects.Play, now: float) -> None:
        if type(effect) is effects.TurnChanged:
            self._tracker.turned(effect.state, now)
        elif type(effect) is effects.Play:
            self._tracker.played(effect.item, now)

    def handled(self, event: ev.Event, now: float) -> None:
        self._tracker.handled()
        if self._answered is not None:
            metrics.answered(self._answered.stages)
            self._tell(self._answered.event())
            self._answered = None
