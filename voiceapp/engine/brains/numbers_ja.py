"""Turns Japanese numerals into digits: recognisers write “２０”, “20” and “二十”."""

import re
import unicodedata
from fractions import Fraction
from types import MappingProxyType

UNITS = MappingProxyType({letter: value for value, letter in enumerate("〇一二三四五六七八九")} | {"零": 0})
TENS = MappingProxyType({"十": 10, "百": 100, "千": 1000})
MYRIADS = MappingProxyType({"万": 10**4, "億": 10**8, "兆": 10**12})
PART = re.compile(r"\d+(?:\.\d+)?|.")
GROUPED = re.compile(r"(?<=\d),(\d{3})(?!\d)")
NUMERAL = re.compile(r"(?:\d+\.\d+|[\d〇零一二三四五六七八九十百千万億兆])[\d〇零一二三四五六七八九十百千万億兆]*")
# In characters: nobody says a longer number.
LONGEST = 30
POINT = re.compile(r"(?<=\d)点(?=\d)")
# A single 一 in 一緒 is part of a word, so a letter that follows must not be another kanji, unless it counts something.
COUNTED = re.compile(r"[一-鿿]")
COUNTERS = "足引掛割割倍乗個円年月日時分秒回番点歳本枚人つと"


def digits(text: str) -> str:
    """The text with narrow digits, and with each numeral that means a number as digits."""
    narrow = GROUPED.sub(r"\1", unicodedata.normalize("NFKC", text))
    return POINT.sub(".", NUMERAL.sub(written, narrow))


def written(found: "re.Match[str]") -> str:
    numeral, after = found.group(), found.string[found.end() : found.end() + 1]
    if len(numeral) > LONGEST or not any(letter in TENS or letter in MYRIADS or letter in UNITS for letter in numeral):
        return numeral
    if len(numeral) == 1 and COUNTED.match(after) and after not in COUNTERS:
        return numeral
    return plain(value(numeral))


def plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):f}".rstrip("0")


def value(numeral: str) -> Fraction:
    """The number a numeral stands for. “3.5万” is 35000: a decimal may stand before a myriad."""
    total = group = Fraction(0)
    number: Fraction | None = None
    for part in PART.findall(numeral):
        if part[0].isdecimal():
            number = Fraction(part)
        elif part in UNITS:
            number = (number or 0) * 10 + Fraction(UNITS[part])
        elif part in TENS:
            group += (1 if number is None else number) * TENS[part]
            number = None
        else:
            total += (group + (number or 0) or 1) * MYRIADS[part]
            group, number = Fraction(0), None
    return total + group + (number or 0)
