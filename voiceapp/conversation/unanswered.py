"""Questions whose answer gave way to what was said after them, before anything of it was heard."""

# Of more the oldest is taken for answered: a server writes each down within seconds.
MAX_TURNS = 20


class Unanswered:
    """Of one call. Whatever takes the place of a question may turn out to be noise: then that question is asked again.

    Each spoken turn is told of when it begins, and once more when its words are known.
    """

    def __init__(self) -> None:
        # Without an answer so far, in spoken order, and whether each is known to be noise; and whether there is a
        # question before them.
        self._turns: dict[str, bool] = {}
        self._asked = False

    def began(self, turn: str, *, waiting: bool) -> None:
        """The person speaks; `waiting`: for an answer of which nothing was heard yet. The server may name it later."""
        if not waiting:
            self.clear()
        elif not self._turns:
            self._asked = True
        self._turns.setdefault(turn, False)
        if len(self._turns) > MAX_TURNS:
            del self._turns[next(iter(self._turns))]

    def named(self, turn: str) -> None:
        """That is what the server calls the one without a name."""
        if turn not in self._turns:
            self._turns = {each or turn: noise for each, noise in self._turns.items()}

    def worded(self, turn: str) -> bool:
        """It is a question of its own, with those before it. Whether its answer has to be asked for."""
        if turn in self._turns:
            later = [*self._turns][[*self._turns].index(turn) + 1 :]
            self._turns, self._asked = {each: self._turns[each] for each in later}, bool(later)
        return self._owed()

    def nothing_said(self, turn: str) -> bool:
        """It was noise. Whether an answer has to be asked for that it took the place of."""
        if turn in self._turns:
            self._turns[turn] = True
        return self._owed()

    def give_up(self) -> bool:
        """Nothing more is heard of the latest. Whether an answer has to be asked for that it took the place of."""
        return bool(self._turns) and self.nothing_said(next(reversed(self._turns)))

    def _owed(self) -> bool:
        if not all(self._turns.values()):
            return False
        owed = self._asked
        self.clear()
        return owed

    def clear(self) -> None:
        """Nobody waits for an answer to them."""
        self._turns, self._asked = {}, False
