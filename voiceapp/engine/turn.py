"""One turn of the user, from the first sound of it until what it says is known."""

import re
from dataclasses import dataclass

DANGLING = """
a an and as at because but by for from if in is like my of on or so than that the their then to um uh was well were when
where which while who with your
"""
"""Words after which an English sentence goes on."""


@dataclass(frozen=True)
class Heard:
    """What a stretch of sound says; `text` is empty when that is nothing."""

    text: str
    no_speech: float = 0.0


@dataclass
class Turn:
    """`ticket` names the recognition that was asked for last; `heard` is its answer."""

    item: str
    start: int
    ticket: int | None = None
    asked_to: int | None = None
    """The position up to which that question reached."""
    heard: Heard | None = None
    settled: str = ""
    """The text up to `settled_to`, which no later recognition changes."""
    settled_to: int | None = None
    committed: bool = False
    wants_answer: bool = False
    seconds: int = 0

    @property
    def text(self) -> str:
        return f"{self.settled} {self.heard.text if self.heard else ''}".strip()

    @property
    def rest(self) -> str:
        """What has not been sent as a delta yet."""
        return self.text[len(self.settled) :]

    def settle(self) -> str:
        """Keeps the text so far for good; gives what is new in it."""
        delta = self.rest
        self.settled, self.settled_to = self.text, self.asked_to
        self.heard = None
        return delta


def unfinished(text: str) -> bool:
    """Does it sound as if more is to come?"""
    words = re.findall(r"[a-z']+", text.lower())
    return bool(words) and (words[-1] in DANGLING.split() or text.rstrip().endswith((",", "...", "…", "-")))
