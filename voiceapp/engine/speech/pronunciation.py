"""What a voice can pronounce, and which marks in a text are not to be read aloud."""

import re
from types import MappingProxyType

UNPRONOUNCEABLE = MappingProxyType(
    {
        "en": re.compile(r"[^\W\d_A-Za-zÀ-ÖØ-öø-ÿ]"),
        "ja": re.compile(r"[^\W\d_A-Za-zÀ-ÖØ-öø-ÿＡ-Ｚａ-ｚ぀-ヿ㐀-鿿々〆ヶｦ-ﾟ]"),
    }
)


def can_pronounce(text: str, language: str = "en") -> bool:
    """Whether the voice of this language can pronounce the text: Latin letters, and in Japanese its own scripts."""
    return not UNPRONOUNCEABLE[language].search(text)


MARKS, LINKS, ADDRESSES = re.compile(r"[*_`#>|~]+"), re.compile(r"\[([^\]]*)\]\([^)]*\)"), re.compile(r"https?://\S+")


def spoken_text(sentence: str) -> str:
    """The text without what is only for the eye: emphasis, headings, addresses. Numbers, times, dates, units and
    abbreviations stay: the voice reads them well."""
    plain = ADDRESSES.sub(" ", LINKS.sub(r"\1", MARKS.sub("", sentence)))
    plain = "".join(
        letter
        for letter in plain
        if letter.isascii() or letter.isalpha() or letter in "’‘“”—–…£€¥°½¼¾、。！？「」『』・〜％"
    )
    plain = " ".join(plain.split())
    return plain if any(letter.isalnum() for letter in plain) else ""
