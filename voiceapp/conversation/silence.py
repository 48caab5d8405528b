"""Since when nobody has spoken, by the state of the call and not by its last event."""

from .turns import Turn

# So many responses may follow one another before what the assistant says to nobody counts as silence.
MAX_UNANSWERED = 8


class Silence:
    """`since`: when it began, by the caller's clock; None while somebody speaks, plays or is waited for."""

    __slots__ = ("_unanswered", "since")

    def __init__(self) -> None:
        self.since: float | None = None
        self._unanswered = 0

    def person_began(self) -> None:
        self._unanswered = 0

    def assistant_began(self) -> None:
        self._unanswered += 1

    def judge(self, turn: Turn, now: float, *, told: bool) -> None:
        """`told`: the page was told something, so something happened."""
        if self._unanswered >= MAX_UNANSWERED:
            self.since = now if self.since is None else self.since
        elif turn != "listening":
            self.since = None
        elif told or self.since is None:
            self.since = now
