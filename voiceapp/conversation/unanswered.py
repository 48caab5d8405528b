"""Questions whose answer gave way to what was said after them, before anything of it was heard."""

from enum import Enum

# Of more the oldest is taken for answered: a server writes each down within seconds.
MAX_TURNS = 20


class _Said(Enum):
    BEGUN = "its end is still to come"
    WORDED = "likewise, though its words are known"
    TAKEN = "the server has it"
    NOTHING = "it was noise"


class Unanswered:
    """Of one call. Whatever takes the place of a question may turn out to be noise: then that question is asked again.

    Each spoken turn is told of when it begins and ends, and once more when its words are known.
    """

    __slots__ = ("_asked", "turns")

    def __init__(self) -> None:
        # Without an answer so far, in spoken order; and whether there is a question before them.
        self.turns: dict[str, _Said] = {}
        self._asked = False

    @property
    def open(self) -> bool:
        """Whether there is a question before something whose end is still to come."""
        begun = [said for said in self.turns.values() if said in (_Said.BEGUN, _Said.WORDED)]
        return bool(begun) and (self._asked or _Said.WORDED in begun)

    def began(self, turn: str, *, waiting: bool) -> None:
        """The person speaks; `waiting`: for an answer of which nothing was heard yet. The server may name it later."""
        if not self.turns:
            self._asked = waiting
        self.turns.setdefault(turn, _Said.BEGUN)
        if len(self.turns) > MAX_TURNS:
            del self.turns[next(iter(self.turns))]

    def taken(self, turn: str) -> None:
        """The server has it, and calls it so."""
        if turn not in self.turns:
            self.turns = {each or turn: said for each, said in self.turns.items()}
        said = self.turns.get(turn)
        if said is _Said.BEGUN:
            self.turns[turn] = _Said.TAKEN
        elif said is _Said.WORDED:
            self._is_question(turn)

    def worded(self, turn: str) -> bool:
        """It is a question of its own, with those before it. Whether its answer has to be asked for."""
        if self.turns.get(turn) in (_Said.BEGUN, _Said.WORDED):
            self.turns[turn] = _Said.WORDED
        elif turn in self.turns:
            self._is_question(turn)
        return self._owed()

    def _is_question(self, turn: str) -> None:
        """It has its own answer, unless something later takes the place of that."""
        later = [*self.turns][[*self.turns].index(turn) + 1 :]
        self.turns, self._asked = {each: self.turns[each] for each in later}, bool(later)

    def nothing_said(self, turn: str) -> bool:
        """It was noise. Whether an answer has to be asked for that it took the place of."""
        if turn in self.turns:
            self.turns[turn] = _Said.NOTHING
        return self._owed()

    def give_up(self) -> bool:
        """Nothing more is heard of what has no end. Whether an answer has to be asked for that it took the place of."""
        for turn, said in self.turns.items():
            self._asked |= said is _Said.WORDED
            self.turns[turn] = said if said is _Said.TAKEN else _Said.NOTHING
        if not self._asked:
            return self._owed()
        # Whatever the words of the others are, it is an answer to them, too.
        self.clear()
        return True

    def _owed(self) -> bool:
        if any(said is not _Said.NOTHING for said in self.turns.values()):
            return False
        owed = self._asked
        self.clear()
        return owed

    def clear(self) -> None:
        """They were answered, or nobody waits for that."""
        self.turns, self._asked = {}, False
