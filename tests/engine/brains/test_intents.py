"""How many phrasings the companion understands that its rules were not written from: `intents.toml`."""

import random
import tomllib
from datetime import datetime
from pathlib import Path

from voiceapp.engine.brains import arithmetic
from voiceapp.engine.brains.companion import RULES, Companion

PHRASES = tomllib.loads((Path(__file__).parent / "intents.toml").read_text(encoding="utf-8"))
NAMES = {"begin_game": "game", "dictate": "dictation", "introduced": "take_name"}
# Of the phrasings that were only counted; what was measured is in docs/engine.md.
LEAST = 0.8


def intent(text: str) -> str:
    companion = Companion(datetime.now, random.Random(1))
    for pattern, rule_answer in RULES:
        if (found := pattern.search(text)) and rule_answer(companion, text, found) is not None:
            name = rule_answer.__name__.strip("_")
            return NAMES.get(name, name)
    return "sum" if arithmetic.answer(text) else "none"


def missed(part: str) -> list[tuple[str, str, str]]:
    """What was wanted, what was understood, and of which words."""
    pairs = [(wanted, text) for wanted, texts in PHRASES[part].items() for text in texts]
    return [(wanted, got, text) for wanted, text in pairs if (got := intent(text)) != wanted]


def share(part: str) -> float:
    return 1 - len(missed(part)) / sum(len(texts) for texts in PHRASES[part].values())


def test_most_phrasings_are_understood() -> None:
    assert share("test") >= LEAST, missed("test")


def test_what_is_none_of_its_business_is_rarely_taken_for_something() -> None:
    assert len([text for wanted, _, text in missed("test") if wanted == "none"]) <= 1


def test_what_only_looks_like_a_rules_words_is_left_alone() -> None:
    assert missed("none") == []
