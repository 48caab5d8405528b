"""Japanese numerals turned into digits: recognisers write “２０”, “20” and “二十”."""

import re
import unicodedata

UNITS = {letter: value for value, letter in enumerate("〇一二三四五六七八九")} | {"零": 0}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}
# Two or more, or one alone: a single 一 in 一緒 is part of a word, so a letter that follows must not be another kanji.
NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万億兆]+(?:\.\d+)?")
COUNTED = re.compile(r"[一-鿿]")
COUNTERS = "足引掛割割倍乗個円年月日時分秒回番点歳本枚人つと"


def digits(text: str) -> str:
    """The text with narrow digits, and with each numeral that is one as digits."""
    narrow = unicodedata.normalize("NFKC", text)
    return NUMERAL.sub(lambda found: written(found, narrow), narrow.replace(",", ""))


def written(found: "re.Match[str]", text: str) -> str:
    numeral, after = found.group(), found.string[found.end() : found.end() + 1]
    if numeral[0].isdigit() and not any(letter in MYRIADS or letter in TENS for letter in numeral):
        return numeral
    if len(numeral) == 1 and COUNTED.match(after) and after not in COUNTERS:
        return numeral
    return str(value(numeral))


def value(numeral: str) -> int:
    total = group = 0
    number: int | None = None
    for letter in numeral:
        if letter.isdigit() or letter in UNITS:
            number = (number or 0) * 10 + (int(letter) if letter.isdigit() else UNITS[letter])
        elif letter in TENS:
            group += (1 if number is None else number) * TENS[letter]
            number = None
        elif letter in MYRIADS:
            total += (group + (number or 0) or 1) * MYRIADS[letter]
            group, number = 0, None
    return total + group + (number or 0)
