"""The voices by name, and what they can pronounce."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Timbre:
    """How a voice differs from the recorded one: factors on its pitch and on its formants."""

    pitch: float = 1.0
    formants: float = 1.0


HEART, OAK = Timbre(), Timbre(pitch=0.6, formants=0.86)
VOICES = {
    "heart": HEART,
    "oak": OAK,
    # The provider's names, so that a session written for it works unchanged.
    **dict.fromkeys(("alloy", "coral", "marin", "sage", "shimmer"), HEART),
    **dict.fromkeys(("ash", "ballad", "cedar", "echo", "verse"), OAK),
}
DEFAULT = "heart"

UNSPEAKABLE = re.compile(r"[^\W\d_A-Za-zÀ-ÖØ-öø-ÿ]")


def speakable(text: str) -> bool:
    """Can this voice pronounce it? It knows the Latin alphabet only."""
    return not UNSPEAKABLE.search(text)
