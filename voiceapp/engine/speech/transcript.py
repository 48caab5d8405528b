"""The words of a stretch of audio."""

import re
from dataclasses import dataclass

# Scripts that put no space between words.
WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True)
class Transcript:
    """The words of a stretch of audio; `text` is empty if nothing is said. `no_speech` is a probability."""

    text: str
    no_speech: float = 0.0


def join_texts(*texts: str) -> str:
    """The texts with a space between them, unless both scripts have none."""
    whole = ""
    for text in filter(None, (text.strip() for text in texts)):
        close = whole and WIDE.match(whole[-1]) and WIDE.match(text[0])
        whole += text if close or not whole else f" {text}"
    return whole


def merged(parts: "list[Transcript]") -> Transcript:
    """The transcript of a long stretch, from those of its parts."""
    spoken = [part for part in parts if part.text]
    if not spoken:
        return Transcript("", min((part.no_speech for part in parts), default=1.0))
    return Transcript(join_texts(*(part.text for part in spoken)), min(part.no_speech for part in spoken))
