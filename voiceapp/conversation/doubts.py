"""What the person says into an answer, as long as nobody knows whether they mean to interrupt it."""

from dataclasses import dataclass

# Of more the oldest is taken for nothing: a server writes each down within seconds.
MAX_LATE = 20


@dataclass(slots=True)
class Doubt:
    """One turn. `taken`: the server has heard its end. `committed`: it is an item.

    `late`: its words were waited for long enough. The answer goes on, and they may interrupt it yet.
    """

    taken: bool = False
    committed: bool = False
    late: bool = False


class Doubts:
    """Of one call, in spoken order; by the items' ids, of which the latest may be empty until its end."""

    __slots__ = ("_dismissed", "turns")

    def __init__(self) -> None:
        self.turns: dict[str, Doubt] = {}
        # Whose words came before their end, and were nothing.
        self._dismissed: list[str] = []

    def __contains__(self, turn: str) -> bool:
        return turn in self.turns

    @property
    def open(self) -> list[str]:
        """For whose sake the answer is held."""
        return [turn for turn, doubt in self.turns.items() if not doubt.late]

    @property
    def any_taken(self) -> bool:
        return any(doubt.taken for doubt in self.turns.values() if not doubt.late)

    @property
    def speaking(self) -> bool:
        """Whether the end of the latest is still to come."""
        turns = self.open
        return bool(turns) and not self.turns[turns[-1]].taken

    def speaking_after(self, turn: str) -> str | None:
        """What the person began to say after it and still says."""
        later = [*self.turns][[*self.turns].index(turn) + 1 :]
        return later[-1] if later and self.speaking else None

    def began(self, turn: str) -> None:
        self.turns[turn] = Doubt()

    def taken(self, turn: str, *, committed: bool) -> bool:
        """The server has heard its end, and may name it only now; whether it is one of these, or was."""
        if turn not in self.turns and "" in self.turns:
            self.turns = {each or turn: doubt for each, doubt in self.turns.items()}
        doubt = self.turns.get(turn)
        if doubt is not None:
            doubt.taken, doubt.committed = True, doubt.committed or committed
        return self.knows(turn)

    def knows(self, turn: str) -> bool:
        """Whether it was said into an answer, and is no question as far as is known."""
        return turn in self.turns or turn in self._dismissed

    def is_dismissed(self, turn: str) -> bool:
        """Whether it is known that nothing was meant with it."""
        return turn in self._dismissed

    def settle(self, turn: str) -> Doubt:
        """By now it is known."""
        return self.turns.pop(turn)

    def dismiss(self, turn: str) -> None:
        """Nothing was meant with it."""
        if not self.settle(turn).committed:
            self._dismissed = [*self._dismissed, turn][-MAX_LATE:]

    def give_up(self) -> None:
        """No more of them is waited for."""
        for doubt in self.turns.values():
            doubt.late = True
        for turn in [*self.turns][:-MAX_LATE]:
            del self.turns[turn]

    def clear(self) -> None:
        """Something else was said, which is answered with all before it."""
        self.turns.clear()
