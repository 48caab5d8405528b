"""What a call has used so far, summed over its responses."""

from dataclasses import asdict

from .events import Usage


class Meter:
    """Adds up the usage of responses."""

    def __init__(self) -> None:
        self.total = Usage()

    def add(self, turn: Usage) -> dict[str, dict[str, int]]:
        """The page's `usage` event after this turn: the turn's tokens and the call's."""
        before, now = asdict(self.total), asdict(turn)
        self.total = Usage(**{name: before[name] + now[name] for name in before})
        return {"turn": now, "total": asdict(self.total)}
