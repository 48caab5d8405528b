"""How long a text takes to say. The page shows captions by the same numbers (static/js/text/speech-rate.js)."""

from bisect import bisect_right
from unicodedata import category

# Letters of an alphabet, spaces and punctuation: milliseconds each.
DEFAULT_MS = 60
# First and last code point, and milliseconds for each character between; sorted.
RATES = (
    (0x0030, 0x0039, 200),  # digits
    (0x0590, 0x08FF, 90),  # Hebrew, Arabic: few vowels are written
    (0x0900, 0x109F, 110),  # India's, Thai, Lao, Tibetan, Burmese
    (0x1780, 0x17FF, 110),  # Khmer
    (0x2600, 0x27BF, 0),  # signs that nobody reads aloud
    (0x2E80, 0x2FDF, 200),  # Han
    (0x3000, 0x312F, 150),  # wide punctuation, kana, bopomofo
    (0x3400, 0x9FFF, 200),  # Han
    (0xAC00, 0xD7A3, 150),  # Hangul
    (0xF900, 0xFAFF, 200),  # Han
    (0xFB1D, 0xFDFF, 90),  # Hebrew, Arabic
    (0xFE70, 0xFEFC, 90),  # Arabic
    (0xFF01, 0xFF9D, 150),  # wide Latin and digits, narrow kana
    (0xFF9E, 0xFF9F, 0),  # voicing marks of narrow kana
    (0xFFA0, 0xFFEE, 150),  # narrow Hangul, wide signs
    (0x1F000, 0x1FAFF, 0),  # emoji
    (0x20000, 0x3FFFF, 200),  # Han
)
_FIRSTS = tuple(first for first, _, _ in RATES)
# Marks belong to their letter, and nobody hears a control character.
_UNHEARD = frozenset({"Mn", "Mc", "Me", "Cc", "Cf"})


def speech_ms(text: str) -> int:
    return sum(map(character_ms, text))


def spoken_in(text: str, ms: float) -> int:
    """How many characters of `text` are said in its first `ms`."""
    for count, character in enumerate(text):
        ms -= character_ms(character)
        if ms < 0:
            return count
    return len(text)


def character_ms(character: str) -> int:
    point = ord(character)
    if point > 0x7F and category(character) in _UNHEARD:
        return 0
    found = bisect_right(_FIRSTS, point) - 1
    return RATES[found][2] if found >= 0 and point <= RATES[found][1] else DEFAULT_MS
