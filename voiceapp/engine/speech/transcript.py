"""What a stretch of sound says."""

import re
from dataclasses import dataclass

# Scripts that put no space between words.
WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


@dataclass(frozen=True)
class Transcript:
    """What a stretch of sound says; `text` is empty when that is nothing."""

    text: str
    no_speech: float = 0.0


def join_texts(*texts: str) -> str:
    """With a space between, but where a script has none."""
    whole = ""
    for text in filter(None, (text.strip() for text in texts)):
        close = whole and WIDE.match(whole[-1]) and WIDE.match(text[0])
        whole += text if close or not whole else f" {text}"
    return whole


def merged(parts: "list[Transcript]") -> Transcript:
    """What the parts of a long sound say."""
    spoken = [part for part in parts if part.text]
    if not spoken:
        return Transcript("", min((part.no_speech for part in parts), default=1.0))
    return Transcript(join_texts(*(part.text for part in spoken)), min(part.no_speech for part in spoken))
