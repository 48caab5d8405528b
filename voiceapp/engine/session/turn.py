"""One turn of the user, from its first sound until its words are known."""

from dataclasses import dataclass
from itertools import takewhile

from ..speech.transcript import WIDE, Transcript, join_texts
from .end_of_turn import Judgement

# Where two partial transcripts part, the characters just before are often half a word.
UNSURE_CHARACTERS = 2


@dataclass
class Turn:
    """`ticket` names the transcription that was asked for last; `transcript` is its result."""

    item: str
    start: int
    ticket: int | None = None
    # The position up to which that transcription reaches.
    requested_to: int | None = None
    transcript: Transcript | None = None
    # Of the pause that goes on: where it was found, how likely the turn is over by its sound, and what was told of it.
    paused_at: int | None = None
    probability: float | None = None
    judgement: Judgement | None = None
    # The text up to `settled_to`, which no later recognition changes.
    settled: str = ""
    # What was sent of the text so far.
    sent: str = ""
    # The last transcript of the turn while the user spoke.
    _partial: str = ""
    # The position up to which it reaches.
    partial_at: int = 0
    settled_to: int | None = None
    committed: bool = False
    wants_answer: bool = False
    seconds: int = 0

    @property
    def text(self) -> str:
        return join_texts(self.settled, self.transcript.text if self.transcript else "")

    @property
    def rest(self) -> str:
        """What was not sent as a delta yet; nothing if what was sent has turned out wrong."""
        return self.text.removeprefix(self.sent) if self.text.startswith(self.sent) else ""

    def settle(self) -> str:
        """Keeps the text so far for good; returns what is new in it."""
        delta = self.rest
        self.sent += delta
        self.settled, self.settled_to = self.text, self.requested_to
        self.transcript = None
        return delta

    def add_partial(self, transcript: Transcript) -> str:
        """Returns what is new in the words that two transcripts in a row agree on: the last words of unfinished speech
        are often wrong."""
        text = join_texts(self.settled, transcript.text)
        agreed = agreed_start(self._partial, text)
        self._partial = text
        if len(agreed) <= len(self.sent) or not agreed.startswith(self.sent):
            return ""
        delta = agreed[len(self.sent) :]
        self.sent = agreed
        return delta


def agreed_start(one: str, other: str) -> str:
    """The words both texts begin with; or the characters but for the last few, in a script without spaces."""
    if WIDE.search(one):
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
        agreed = "".join(letter for letter, _ in alike)
        return agreed if agreed == other else agreed[:-UNSURE_CHARACTERS]
    pairs = zip(one.split(" "), other.split(" "), strict=False)
    return " ".join(left for left, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
