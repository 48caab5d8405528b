"""The voices by name, and what they can pronounce."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """How a voice differs from the recorded one: factors on its pitch and on its formants."""

    pitch: float = 1.0
    formants: float = 1.0


HEART, OAK = Voice(), Voice(pitch=0.6, formants=0.86)
VOICES = {
    "heart": HEART,
    "oak": OAK,
    # The provider's names, so that a session written for it works unchanged.
    **dict.fromkeys(("alloy", "coral", "marin", "sage", "shimmer"), HEART),
    **dict.fromkeys(("ash", "ballad", "cedar", "echo", "verse"), OAK),
}
DEFAULT_VOICE = "heart"

UNPRONOUNCEABLE = {
    "en": re.compile(r"[^\W\d_A-Za-zÀ-ÖØ-öø-ÿ]"),
    "ja": re.compile(r"[^\W\d_A-Za-zÀ-ÖØ-öø-ÿＡ-Ｚａ-ｚ぀-ヿ㐀-鿿々〆ヶｦ-ﾟ]"),
}


def can_pronounce(text: str, language: str = "en") -> bool:
    """Can the voice of this language pronounce it? English knows the Latin alphabet, Japanese its own letters too."""
    return not UNPRONOUNCEABLE[language].search(text)
