"""Text that is still coming, cut into sentences as soon as each is whole."""

import re
from collections.abc import Iterable, Iterator

END = re.compile(r"[.!?…][\"')\]”’]*(\s+)|[。！？][」』）]*\s*|\n+")
ABBREVIATIONS = frozenset(
    {"dr", "mr", "mrs", "ms", "prof", "st", "vs", "etc", "no", "e.g", "i.e", "approx", "fig", "p.m", "a.m"}
)
LEAST, LEAST_WIDE, MOST = 12, 5, 220
"""Letters. A shorter sentence is spoken with the next one; a longer one is cut at a comma."""


def sentences(deltas: Iterable[str]) -> Iterator[str]:
    """Each with the white space that follows it, so that together they are the text."""
    waiting = ""
    for delta in deltas:
        waiting += delta
        while (place := first_end(waiting)) is not None:
            yield waiting[:place]
            waiting = waiting[place:]
    if waiting:
        yield waiting


def first_end(text: str) -> int | None:
    """Where the first sentence ends, if it does."""
    for end in END.finditer(text):
        least = LEAST_WIDE if end.group()[0] in "。！？" else LEAST
        if end.end() >= least and not abbreviated(text[: end.start()]):
            return end.end()
    if len(text) > MOST and (place := text.rfind(", ", LEAST, MOST)) > 0:
        return place + 2
    return None


def abbreviated(text: str) -> bool:
    """Is the full stop after this text only that of an abbreviation or an initial?"""
    word = text.rsplit(maxsplit=1)[-1].lower().lstrip("(\"'“‘") if text.strip() else ""
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i")
