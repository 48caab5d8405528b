"""A text is cut between what people see as one character, and between words, in every script."""

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conversation.scripts import ANSWERS
from voiceapp.conversation.segments import floor_grapheme, floor_word

ONE_EACH = {
    "a voiced kana in two parts": "か\u3099",
    "a narrow voiced kana": "ｶﾞ",
    "a letter with marks": "e\u0301\u0323",
    "a Hindi conjunct": "क्षि",
    "a Thai syllable's marks": "ที่",
    "Thai AM": "นำ",
    "vowelled Arabic": "بَّ",
    "a family": "👩‍👩‍👧‍👦",
    "a skin tone": "👍🏽",
    "a flag": "🇯🇵",
    "a flag by tags": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a heart with its colour": "❤️",
    "Hangul in parts": "\u1112\u1161\u11ab",
    "a syllable and its end": "하\u11ab",
    "an Arabic year": "\u06011",
    "a Vedic sign and its letter": "\u1cf5क",
    "a keycap": "1️⃣",
    "an end of line": "\r\n",
}


@pytest.mark.parametrize("text", ONE_EACH.values(), ids=ONE_EACH)
def test_what_people_see_as_one_character_is_never_split(text: str) -> None:
    assert [floor_grapheme("x" + text, at) for at in range(1, len(text) + 1)] == [1] * len(text)
    assert floor_grapheme("x" + text + "x", len(text) + 1) == len(text) + 1


def test_two_flags_are_two_characters() -> None:
    assert [floor_grapheme("🇯🇵🇫🇷", at) for at in range(5)] == [0, 0, 2, 2, 4]


ODD = st.text(st.sampled_from([*"".join(ONE_EACH.values()), *"".join(ANSWERS.values()), "\u200d", "\u0600", "த", "்"]))


@given(ODD | st.text(st.characters(exclude_categories=("Cn", "Cs"))))
@example("\u1cf5\u0301\u0915")
@example("\U00011a3a\u0301\u0915")
def test_every_place_is_one_that_a_whole_implementation_knows(text: str) -> None:
    known = {0, *(found.end() for found in regex.finditer(r"\X", text))}
    for at in range(len(text) + 1):
        assert floor_grapheme(text, at) in known
        assert floor_word(text, at) in known
        assert floor_word(text, at) <= floor_grapheme(text, at) <= at


@pytest.mark.parametrize("at", [-1, 99])
def test_a_place_outside_is_the_nearest_inside(at: int) -> None:
    assert floor_grapheme("abc", at) == floor_word("abc", at) == (0 if at < 0 else 3)


WORDS = [
    ("one two three", 13, "one two three"),
    ("one two three", 7, "one two"),
    ("one two three", 6, "one "),
    ("one two three", 2, ""),
    ("one two", 99, "one two"),
    ("こんにちは、元気ですか", 5, "こんにちは"),
    ("GPTとは 何か、という話です", 11, "GPTとは 何か、とい"),
    ("GPTとChatGPTの違い", 8, "GPTと"),
    ("GPTとChatGPTの違い", 11, "GPTとChatGPT"),
    ("GPTとChatGPTの違い", 2, ""),
    ("好的，高度是3.5米。别担心", 7, "好的，高度是"),
    ("好的，高度是3.5米。别担心", 4, "好的，高"),
    ("네, 높이는 3.5미터입니다.", 9, "네, 높이는 "),
    ("जी, इसकी ऊँचाई है", 10, "जी, इसकी "),
    ("ค่ะสูงเมตรไม่ต้อง", 5, "ค่ะสู"),
    ("نعم، ارتفاعه أمتار", 8, "نعم، "),
    ("Great 👩‍👩‍👧‍👦👍🏽 done", 12, "Great "),
    ("Great 👩‍👩‍👧‍👦👍🏽 done", 14, "Great 👩‍👩‍👧‍👦"),
    ("Donaudampfschiff", 5, "Donau"),
    ("", 3, ""),
]


@pytest.mark.parametrize(("text", "at", "kept"), WORDS)
def test_a_cut_falls_between_words_where_a_script_has_them(text: str, at: int, kept: str) -> None:
    assert text[: floor_word(text, at)] == kept
