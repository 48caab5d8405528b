"""When a turn is over, by how its last words sound, what they are, and how long the silence is (docs/turns.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from ..speech.transcript import WIDE

# An English sentence goes on after these words, and a question after those that nothing can end with.
NEVER_LAST = (
    "a although an and as because but er every hmm i if into my or than the their uh um unless until when while your"
)
OPEN_WORDS = f"{NEVER_LAST} about at by for from in is like of on so that then to was well were where which who with"
# With its digits: "9 divided by 3" does not end with "by".
WORD = re.compile(r"[\w'’]+")
# A Japanese sentence goes on after these particles, forms and fillers …
OPEN_KANA = re.compile(
    r"(?:[てでがはをにのへと、,…]|から|けど|けれど|ので|のに|たら|なら|[えけげせてねべめれ]ば|ながら|とか|(?<![いかだたよる])な|"
    r"えー?と|えっと|ええと|えー|あー|あのー?|その|んー|まあ|もし|つまり|実は)$"
)
# … and after these it is complete, however it sounds: a question's pitch stays up, as that of a clause does.
CLOSED_KANA = re.compile(
    r"(?:です|ます|ました|ません|でした|でしょう|ましょう|しよう|ください|下さい|なさい|ありがとう|(?<![また])だ|かな)(?:か|ね|よ|よね|な)?$|[?？]$"
)
# Said on the way to an answer, too.
NOT_CLOSED = re.compile(r"^(?:ああ?|ええ?|うー?ん)?、?そうですね$")
FULL_STOPS = "。.！! \u3000"

# How sure the sound must be; less where the words are a question: its pitch stays up.
OVER, OVER_IF_ASKED = 0.5, 0.03
# How sure it is that a turn is over whose words cannot be the last, or are.
UNFINISHED, FINISHED = 0.1, 0.9


# How much longer words are waited for that are being recognised. Nobody is kept waiting: no answer begins without them.
READING_MS = 400


class Words(Enum):
    """What the words say of the end of a turn."""

    OPEN = auto()
    CLOSED = auto()
    ASKED = auto()
    NEITHER = auto()


@dataclass(frozen=True)
class Patience:
    """Milliseconds of silence that end a turn: a finished one, and one that is to go on.

    `by_words_alone`: that is to go on by its words, where nothing is known of its sound.
    """

    finished: int
    going_on: int
    by_words_alone: int


PATIENCE: Mapping[str, Patience] = MappingProxyType(
    {
        "low": Patience(1000, 3000, 8000),
        "medium": Patience(600, 1600, 4000),
        "auto": Patience(600, 1600, 4000),
        "high": Patience(400, 1000, 2000),
    }
)


@dataclass(frozen=True)
class Judgement:
    """`confidence`: 0 to 1, that the turn is over; None: nothing is known. It ends after so much silence.

    `reading_ms`: so much later, unless the words come before.
    """

    confidence: float | None
    silence_ms: int
    reading_ms: int = 0


def judge(eagerness: str, probability: float | None, text: str | None) -> Judgement:
    """`probability`: that it is over, by its sound; `text`: its words. None: not known, or not yet."""
    patience, words = PATIENCE[eagerness], Words.NEITHER if text is None else ending(text)
    reading_ms = READING_MS if text is None else 0
    if words is Words.OPEN:
        sure = UNFINISHED if probability is None else min(probability, UNFINISHED)
        return Judgement(sure, patience.by_words_alone if probability is None else patience.going_on)
    if words is Words.CLOSED:
        return Judgement(max(probability or 0.0, FINISHED), patience.finished)
    if words is Words.ASKED and probability is not None and probability > OVER_IF_ASKED:
        return Judgement(max(probability, OVER), patience.finished)
    over = probability is None or probability > OVER
    return Judgement(probability, patience.finished, reading_ms) if over else Judgement(probability, patience.going_on)


def ending(text: str) -> Words:
    """Whether the text sounds as if more will follow, or as if none could."""
    return japanese_ending(text) if WIDE.search(text) else english_ending(text)


def english_ending(text: str) -> Words:
    words, ended = WORD.findall(text.lower()), text.rstrip()
    if not words:
        return Words.NEITHER
    asked, may_go_on = ended.endswith("?"), words[-1] in OPEN_WORDS.split()
    if words[-1] in NEVER_LAST.split() or (may_go_on and not asked) or ended.endswith((",", "...", "…", "-")):
        return Words.OPEN
    return Words.ASKED if asked and not may_go_on else Words.NEITHER


def japanese_ending(text: str) -> Words:
    ended = text.rstrip(FULL_STOPS)
    if OPEN_KANA.search(ended):
        return Words.OPEN
    closed = CLOSED_KANA.search(ended) and not NOT_CLOSED.search(ended)
    return Words.CLOSED if closed else Words.NEITHER
