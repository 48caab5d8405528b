"""What the person said that only its sound tells yet: no word of it is written down, and its answer is not whole."""

from collections.abc import Callable
from dataclasses import dataclass

# Of more the oldest is taken for answered: a server writes each down within seconds.
MAX_OPEN = 20
# A server may say once more that a turn was taken.
MAX_CLOSED = 50


@dataclass(slots=True)
class _Turn:
    """`begin`: where its sound begins, in bytes of all sound of the call. `taken`: the person has ended it.

    `again`: an earlier session has heard it.
    """

    begin: int
    item: str = ""
    taken: bool = False
    again: bool = False


class OpenTurns:
    """Of one call, in spoken order; should the session be lost, the next one needs their sound."""

    __slots__ = ("_closed", "_end", "_turns")

    def __init__(self) -> None:
        self._turns: list[_Turn] = []
        self._closed: list[str] = []
        # Where the latest turn ended: what comes before is part of no later one.
        self._end = 0

    def __bool__(self) -> bool:
        return bool(self._turns)

    @property
    def items(self) -> list[str]:
        """What the server calls them, as far as it has."""
        return [turn.item for turn in self._turns]

    @property
    def begin(self) -> int | None:
        """Where the sound of the first of them begins; None where there is none."""
        return self._turns[0].begin if self._turns else None

    def behind_last(self, at: int, before: int) -> int:
        """Where sound begins that was heard from `at` on: so much `before`, but behind the turn that was last."""
        return max(at - before, self._end, 0)

    def began(self, item: str, at: int, before: int) -> bool:
        """The person was heard at `at`; up to `before` bytes of sound ahead of that are theirs, too.

        Whether it is what an earlier session had heard.
        """
        if item in self._closed:
            return False
        turn = self._find(item)
        if turn is None:
            self._open(_Turn(self.behind_last(at, before), item))
            return False
        if not turn.item:
            turn.item, turn.taken = item, False
        return turn.again

    def taken(self, item: str, at: int, before: int) -> None:
        """The person has ended a turn at `at`; of some servers this is the first word of it."""
        if item in self._closed:
            return
        turn = self._find(item)
        if turn is None:
            turn = self._open(_Turn(self.behind_last(at, before)))
        turn.item, turn.taken = item, True
        self._end = max(self._end, at)

    def close(self, item: str) -> None:
        """It is written down, or was nothing."""
        self._keep(lambda turn: turn.item != item)
        self._remember([item])

    def answered(self) -> None:
        """An answer is whole, or waited for no longer: what was said before it needs no other."""
        self._keep(lambda turn: not turn.taken)

    def give_up(self) -> None:
        """What goes on is taken for nothing."""
        self._keep(lambda turn: turn.taken)

    def _keep(self, kept: Callable[[_Turn], bool]) -> None:
        self._remember([turn.item for turn in self._turns if turn.item and not kept(turn)])
        self._turns = [turn for turn in self._turns if kept(turn)]

    def _remember(self, closed: list[str]) -> None:
        self._closed = [*self._closed, *closed][-MAX_CLOSED:]

    def say_again(self) -> list[str]:
        """Their sound goes to another session, which hears it as one; the items that the last one knew them by."""
        items = [turn.item for turn in self._turns if turn.item]
        if self._turns:
            self._turns = [_Turn(self._turns[0].begin, taken=self._turns[-1].taken, again=True)]
        return items

    def _find(self, item: str) -> _Turn | None:
        """Of one without a name it is the latest, unless that has ended; one that gets a name is the oldest without."""
        if not item:
            latest = self._turns[-1] if self._turns else None
            return latest if latest is not None and not latest.taken else None
        named = next((turn for turn in self._turns if turn.item == item), None)
        return named or next((turn for turn in self._turns if not turn.item), None)

    def _open(self, turn: _Turn) -> _Turn:
        self._turns.append(turn)
        if len(self._turns) > MAX_OPEN:
            del self._turns[0]
        return turn
