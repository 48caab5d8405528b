"""Cuts text that is still arriving into sentences, each as soon as it is complete."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

END = re.compile(r"[.!?…][\"')\]”’]*(\s+)|[。！？][」』）]*\s*|\n+")
ABBREVIATIONS = frozenset(
    {"dr", "mr", "mrs", "ms", "prof", "st", "vs", "etc", "no", "e.g", "i.e", "approx", "fig", "p.m", "a.m"}
)
# In characters. A shorter sentence is spoken with the next one. A longer one is split, at a comma or a space if it has
# one, so that no caller has the voice for long. A wide character takes three times as long to say.
MIN_LENGTH, MIN_WIDE_LENGTH, MAX_LENGTH, MAX_WIDE_LENGTH = 12, 5, 220, 70
WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
COMMA, SPACE = re.compile(r"[,;:] |[、，；]"), re.compile(r"\s")
# They stand between and behind characters that are shown as one.
JOINING = "\u200d\ufe0f"


def sentences(deltas: Iterable[str]) -> Iterator[str]:
    """Yields each sentence with the white space behind it; together they are the text."""
    waiting = ""
    for delta in deltas:
        waiting += delta
        while (place := first_end(waiting)) is not None:
            yield waiting[:place]
            waiting = waiting[place:]
    if waiting:
        yield waiting


def first_end(text: str) -> int | None:
    """Where the first sentence ends; None if it is not complete yet."""
    longest = MAX_WIDE_LENGTH if WIDE.search(text, 0, MAX_WIDE_LENGTH) else MAX_LENGTH
    for end in END.finditer(text, 0, longest):
        shortest = MIN_WIDE_LENGTH if end.group()[0] in "。！？" else MIN_LENGTH
        if end.end() >= shortest and not abbreviated(text[: end.start()]):
            return end.end()
    return split_place(text, longest) if len(text) > longest else None


def split_place(text: str, longest: int) -> int:
    """Where to split a text that does not end: behind the last comma or space, else between two characters."""
    for mark in (COMMA, SPACE):
        places = [found.end() for found in mark.finditer(text, MIN_LENGTH, longest)]
        if places:
            return places[-1]
    place = longest
    while place > longest // 2 and is_inside(text, place):
        place -= 1
    return place


def is_inside(text: str, place: int) -> bool:
    """Whether a character that is shown as one lies across this place."""
    return unicodedata.combining(text[place]) > 0 or text[place] in JOINING or text[place - 1] in JOINING


def abbreviated(text: str) -> bool:
    """Whether the full stop behind this text only ends an abbreviation or an initial."""
    word = text.rsplit(maxsplit=1)[-1].lower().lstrip("(\"'“‘") if text.strip() else ""
    return word in ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i")
