"""Turns English number words into digits: recognisers write both “17” and “seventeen”."""

import re
from types import MappingProxyType

NAMED = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
UNITS = MappingProxyType({word: value for value, word in enumerate(NAMED.split())})
NAMED_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = MappingProxyType({word: value * 10 for value, word in enumerate(NAMED_TENS.split(), 2)})
SCALES = MappingProxyType({"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12})
SMALL = MappingProxyType(UNITS | TENS)
# A hyphen between letters, as in twenty-five; any other is a minus sign.
HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|(?<![\w.])\.\d+|[a-z']+|[^\sa-z\d]")
GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def digits(text: str) -> str:
    """The text in lower case, each run of number words as one number, with one space between words."""
    words = [plain(word) for word in WORD.findall(HYPHEN.sub(" ", text.lower()))]
    made: list[str] = []
    place = 0
    while place < len(words):
        value, end = number_at(words, place)
        made.append(words[place] if value is None else value)
        place = max(end, place + 1)
    return " ".join(made)


def plain(word: str) -> str:
    if GROUPED.fullmatch(word):
        return word.replace(",", "")
    return f"0{word}" if word[0] == "." and len(word) > 1 else word.rstrip(",") or ","


def number_at(words: list[str], place: int) -> tuple[str | None, int]:
    """The number that starts at this place, and where it ends; None if there is none."""
    a_scale = words[place] in ("a", "an") and place + 1 < len(words) and words[place + 1] in SCALES
    whole, end = whole_at(words, place + 1, 1) if a_scale else whole_at(words, place)
    if whole is None:
        return None, place
    if end + 1 < len(words) and words[end] == "point" and words[end + 1] in UNITS:
        return decimal(words, whole, end + 1)
    return str(whole), end


def decimal(words: list[str], whole: int, place: int) -> tuple[str, int]:
    end = place
    while end < len(words) and UNITS.get(words[end], 10) < 10:
        end += 1
    return f"{whole}." + "".join(str(UNITS[word]) for word in words[place:end]), end


def whole_at(words: list[str], place: int, group: int | None = None) -> tuple[int | None, int]:
    """The whole number at this place. Each scale must be smaller than the one before, so numbers stay short."""
    total, end, last, scale = 0, place, 10**12, 10**15
    while end < len(words):
        word = words[end]
        if word in SMALL and fits(SMALL[word], last):
            group, last = (group or 0) + SMALL[word], SMALL[word]
        elif word == "hundred" and group is not None and 0 < group < 100:
            group, last = group * 100, 100
        elif word in SCALES and group and 100 < SCALES[word] < scale:
            group, total, last, scale = 0, total + group * SCALES[word], SCALES[word], SCALES[word]
        elif not (word == "and" and last >= 100 and group is not None and continues(words, end)):
            break
        end += 1
    return (None, place) if group is None and total == 0 else (total + (group or 0), end)


def fits(value: int, last: int) -> bool:
    """“twenty five” is one number, “five twenty” and “five six” are two."""
    return last >= 100 or (last >= 20 and value < 10)


def continues(words: list[str], place: int) -> bool:
    return place + 1 < len(words) and words[place + 1] in SMALL
