"""The guessing game: a number from 1 to 100."""

import random
import re
from dataclasses import dataclass

from .numbers import digits

MAX_NUMBER = 100


@dataclass
class GuessingGame:
    """One game. It is over once the number is guessed or the player gives up."""

    number: int
    _guesses: int = 0
    over: bool = False

    @classmethod
    def begin(cls, rng: random.Random) -> "GuessingGame":
        return cls(rng.randint(1, MAX_NUMBER))

    def answer(self, text: str) -> str | None:
        """The answer to a guess or to giving up; None if the text is neither."""
        if re.search(r"\b(give up|stop|quit|enough|no more)\b", text.lower()):
            self.over = True
            return f"All right. It was {self.number}."
        found = re.search(r"(?<!\d)\d{1,9}(?!\d)", digits(text))
        return self._compared(int(found.group())) if found else None

    def _compared(self, guess: int) -> str:
        self._guesses += 1
        if guess == self.number:
            self.over = True
            tries = "guess" if self._guesses == 1 else "guesses"
            return f"Yes, it is {guess}! You needed {self._guesses} {tries}."
        return f"{guess} is too {'low' if guess < self.number else 'high'}."
