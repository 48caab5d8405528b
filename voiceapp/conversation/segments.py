"""Where a text may be cut, whatever its script: between what people see as one character, and between words."""

from unicodedata import category, combining

# First and last code point. These do without spaces: each character ends what may be a word. Emoji stand alone.
_UNSPACED = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),
    (0x2600, 0x27BF),  # signs
    (0x2E80, 0x312F),  # Han, wide punctuation, kana, bopomofo
    (0x31A0, 0x9FFF),  # bopomofo, kana, Han
    (0xF900, 0xFAFF),  # Han
    (0xFF01, 0xFF9F),  # wide and narrow forms
    (0x1AFF0, 0x1B16F),  # kana
    (0x1F000, 0x1FAFF),  # emoji
    (0x20000, 0x3FFFF),  # Han
)
_JOINER = "\u200d"
# These join the character before them without being marks: Thai and Lao AM, narrow voicing marks, skin tones, tags.
_JOINS_BEFORE = (
    (0x0E33, 0x0E33),
    (0x0EB3, 0x0EB3),
    (0x200C, 0x200D),
    (0xFF9E, 0xFF9F),
    (0x1F3FB, 0x1F3FF),
    (0xE0020, 0xE007F),
)
# These join the one behind them: signs that stand around numbers, and letters written before a cluster.
_JOINS_BEHIND = (
    (0x0600, 0x0605),
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x0D4E, 0x0D4E),
    (0x1CF5, 0x1CF6),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x111C2, 0x111C3),
    (0x113D1, 0x113D1),
    (0x1193F, 0x1193F),
    (0x11941, 0x11941),
    (0x11A3A, 0x11A3A),
    (0x11A84, 0x11A89),
    (0x11D46, 0x11D46),
)
# And these do so across marks.
_STACKERS = ((0x1CF5, 0x1CF6), (0x11A3A, 0x11A3A))
_FLAG_LETTERS = ((0x1F1E6, 0x1F1FF),)
_JAMO_LEADING = ((0x1100, 0x115F), (0xA960, 0xA97C))
_JAMO_FOLLOWING = ((0x1160, 0x11FF), (0xD7B0, 0xD7FB))
_HANGUL = ((0xAC00, 0xD7A3), *_JAMO_LEADING)
_VIRAMA = 9
# Code points. Whatever a server sends, the search for a place ends: no word is longer, no character as people see it
# (a family has 11), and no letter has more marks (Unicode's annex 15, for streams).
MAX_WORD, MAX_CHARACTER, MAX_MARKS = 500, 100, 30


def floor_grapheme(text: str, at: int) -> int:
    """The nearest place at or before `at` that is between two characters as people see them.

    By the rules of Unicode's annex 29 for extended grapheme clusters; where these need tables that the standard library
    lacks, two characters are rather kept together than one split.
    """
    place = at = max(min(at, len(text)), 0)
    while at - place < MAX_CHARACTER and 0 < place < len(text) and _joined(text, place):
        place -= 1
    return place


def floor_word(text: str, at: int) -> int:
    """The nearest place at or before `at` where a word ends, or a character of a script that does without spaces.

    Where there is no such place, or only one very far away, it is cut between characters.
    """
    last = place = floor_grapheme(text, at)
    while place and not _between_words(text, place) and last - place <= MAX_WORD:
        place = floor_grapheme(text, place - 1)
    if last - place > MAX_WORD or (not place and not _ends_soon(text, at)):
        return last
    return place


def _ends_soon(text: str, at: int) -> bool:
    """Whether the word that stands at this place ends before the text does."""
    ends = range(at + 1, min(len(text), at + MAX_WORD))
    return any(_between_words(text, end) for end in ends if not _joined(text, end))


def _joined(text: str, at: int) -> bool:
    """Whether the characters on both sides of this place are one as people see it."""
    before, behind = text[at - 1], text[at]
    if behind.isascii() and before.isascii():
        return before == "\r" and behind == "\n"
    if _is_mark(behind):
        return True
    if before == _JOINER or _within(before, _JOINS_BEHIND):
        return True
    if _within(behind, _FLAG_LETTERS):
        return _flag_letters_before(text, at) % 2 == 1
    if _within(behind, _JAMO_FOLLOWING):
        return True
    if _within(before, _JAMO_LEADING) and _within(behind, _HANGUL):
        return True
    return category(behind) == "Lo" and _virama_before(text, at)


def _is_mark(character: str) -> bool:
    return category(character).startswith("M") or _within(character, _JOINS_BEFORE)


def _virama_before(text: str, at: int) -> bool:
    """Whether the letter that ends here is to be joined with the next, whatever other marks it has."""
    for mark in reversed(text[max(at - MAX_MARKS, 0) : at]):
        if _within(mark, _STACKERS):
            return True
        if not _is_mark(mark):
            return False
        if combining(mark) == _VIRAMA:
            return True
    return False


def _flag_letters_before(text: str, at: int) -> int:
    start = at
    while start and at - start < MAX_CHARACTER and _within(text[start - 1], _FLAG_LETTERS):
        start -= 1
    return at - start


def _between_words(text: str, at: int) -> bool:
    if at >= len(text) or text[at].isspace() or text[at - 1].isspace():
        return True
    base = at - 1
    while base and at - base <= MAX_MARKS and category(text[base])[0] in "MC":
        base -= 1
    return _within(text[at], _UNSPACED) or _within(text[base], _UNSPACED)


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in ranges)
