"""How long a text takes to say: the same on both sides of the wire."""

import json
import re
from pathlib import Path

import pytest

from tests.conversation.scripts import ANSWERS
from voiceapp.conversation.speech_rate import DEFAULT_MS, RATES, character_ms, speech_ms, spoken_in

PAGE = Path(__file__).parents[2] / "voiceapp" / "static" / "js" / "text" / "speech-rate.js"


def test_the_page_has_the_same_numbers() -> None:
    script = re.sub(r"//.*", "", PAGE.read_text(encoding="utf-8"))
    rows = re.findall(r"\[0x(\w+), 0x(\w+), (\d+)\]", script)
    assert tuple((int(first, 16), int(last, 16), int(ms)) for first, last, ms in rows) == RATES
    assert json.loads(re.findall(r"DEFAULT_MS = (\d+)", script)[0]) == DEFAULT_MS


def test_the_ranges_stand_in_order() -> None:
    edges = [edge for first, last, _ in RATES for edge in (first, last)]
    assert edges == sorted(edges)


@pytest.mark.parametrize(
    ("character", "ms"),
    [("a", 60), (" ", 60), ("é", 60), ("5", 200), ("あ", 150), ("、", 150), ("漢", 200), ("한", 150),
     ("ก", 110), ("क", 110), ("ع", 90),
     ("\u3099", 0), ("ｶ", 150), ("ﾞ", 0), ("्", 0), ("👍", 0), ("\u200d", 0), ("𠮷", 200), ("\U0010fffd", 60)],
)  # fmt: skip
def test_each_script_has_its_pace(character: str, ms: int) -> None:
    assert character_ms(character) == ms


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_what_is_said_grows_with_the_time_to_the_whole(text: str) -> None:
    whole = speech_ms(text)
    counts = [spoken_in(text, ms) for ms in range(0, whole + 1, 10)]
    assert counts == sorted(counts)
    assert spoken_in(text, whole) == len(text)
    assert all(speech_ms(text[:count]) <= ms for count, ms in zip(counts, range(0, whole + 1, 10), strict=True))


def test_nothing_to_say_takes_no_time() -> None:
    assert (speech_ms(""), spoken_in("", 100), spoken_in("a", 0)) == (0, 0, 0)
