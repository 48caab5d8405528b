"""The voices by name."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Voice:
    """How a voice differs from the recorded one: factors for its pitch and its formants."""

    pitch: float = 1.0
    formants: float = 1.0


HEART, OAK = Voice(), Voice(pitch=0.6, formants=0.86)
VOICES = MappingProxyType(
    {
        "heart": HEART,
        "oak": OAK,
        # The provider's names, so that a session written for it works unchanged.
        **dict.fromkeys(("alloy", "coral", "marin", "sage", "shimmer"), HEART),
        **dict.fromkeys(("ash", "ballad", "cedar", "echo", "verse"), OAK),
    }
)
DEFAULT_VOICE = "heart"
