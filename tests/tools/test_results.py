"""What the model is told of a result."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.tools.shop import Colour, Line, Shop
from voiceapp.tools.results import MAX_BYTES, NotJsonError, text_of


@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("Sunny.", "Sunny."),
        (None, "null"),
        (True, "true"),
        (3.5, "3.5"),
        (float("nan"), '"NaN"'),
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        (Line(article="hat"), '{"article":"hat","count":1}'),
        (Shop("Kyoto"), '{"town":"Kyoto","open":true}'),
        ([Colour.RED, Decimal("9.50"), date(2026, 1, 2)], '["red","9.50","2026-01-02"]'),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), '"2026-01-02T03:04:00Z"'),
        ({1, }, "[1]"),
        (b"abc", '"YWJj"'),
        ("\ud83d", "?"),
    ],
)  # fmt: skip
def test_text_stays_text_and_all_else_is_json(result: Any, told: str) -> None:
    assert text_of(result) == told


@pytest.mark.parametrize("result", ["é" * 2_500_000, ["é" * 2_500_000], "a" * (MAX_BYTES + 1)])
def test_a_long_one_is_cut_between_characters_and_that_is_said(result: Any) -> None:
    told = text_of(result)
    assert MAX_BYTES - 4 <= len(told.encode()) <= MAX_BYTES
    assert told.endswith(" bytes)")
    assert "cut here" in told


def test_one_that_just_fits_is_whole() -> None:
    assert text_of("a" * MAX_BYTES) == "a" * MAX_BYTES


def circle() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


@pytest.mark.parametrize("result", [threading.Lock(), {"a": object()}, circle()])
def test_what_is_neither_is_refused(result: Any) -> None:
    with pytest.raises(NotJsonError):
        text_of(result)
