"""What a field may hold: checked, said in words, and in a schema that refuses nothing which the check takes."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.wire import kinds
from voiceapp.wire.kinds import Kind

KINDS = {
    "whole": kinds.whole(-3, 7),
    "zero or whole": kinds.zero_or_whole(5, 9),
    "number": kinds.number(0.25, 1.5),
    "choice": kinds.choice("marin", "cedar", "ash"),
    "matching": kinds.matching("[a-z]+", 4, "up to 4 small letters"),
    "text": kinds.text(4),
    "characters": kinds.characters(4),
    "flag": kinds.FLAG,
    "item": kinds.ITEM,
}
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-12, 12),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["marin", "日本"]),
    st.lists(st.integers(), max_size=2),
)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("whole", [-3, 0, 7], [-4, 8, 1.0, True, "1", None]),
        ("zero or whole", [0, 5, 9], [1, 4, 10, False]),
        ("number", [0.25, 1, 1.5], [0.2, 1.6, True, float("nan"), "1"]),
        ("choice", ["marin", "ash"], ["Marin", "", None, ["marin"]]),
        ("matching", ["a", "abcd"], ["", "abcde", "aB", "a\n"]),
        ("text", ["a", "日x"], ["", "  ", "日本", 4]),
        ("characters", ["日本語だ", "  a   "], ["", "   ", "abcde"]),
        ("flag", [True, False], [0, 1, "yes", None]),
        ("item", ["a", "i" * 128], ["", "i" * 129, 7]),
    ],
)
def test_what_it_takes_and_what_not(name: str, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not KINDS[name].check(value)] == []
    assert [value for value in bad if KINDS[name].check(value)] == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@given(value=ANYTHING)
def test_the_schema_refuses_nothing_that_the_check_takes(kind: Kind, value: Any) -> None:
    if kind.check(value):
        jsonschema.validate(value, dict(kind.schema))


def test_each_says_in_words_what_it_must_be() -> None:
    assert KINDS["whole"].meaning == "a whole number from -3 to 7"
    assert KINDS["choice"].meaning == "marin, cedar or ash"
    assert KINDS["text"].meaning == "text of 1 to 4 bytes"
