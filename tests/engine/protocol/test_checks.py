"""Checks: what they accept, and the code and the place they name otherwise."""

from typing import Any

import pytest

from voiceapp.engine.protocol import checks
from voiceapp.engine.protocol.checks import Check, RefusedError

NUMBER, WORD = checks.number(0, 1), checks.choice("one", "two")
POINT = checks.record({"x": NUMBER, "y": checks.nullable(NUMBER)}, required=("x",))
SHAPE = checks.variants("type", {"point": checks.record({"type": checks.text, "at": POINT})})


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (NUMBER, 1),
        (NUMBER, 0.5),
        (WORD, "two"),
        (checks.text_up_to(3), "abc"),
        (checks.integer(1, 9), 9),
        (checks.either(WORD, NUMBER), 0.5),
        (checks.sequence(WORD), []),
        (POINT, {"x": 0, "y": None}),
        (SHAPE, {"type": "point", "at": {"x": 1}}),
        (checks.anything, object()),
    ],
)
def test_what_is_accepted(check: Check, value: Any) -> None:
    check(value, "place")


@pytest.mark.parametrize(
    ("check", "value", "code", "param"),
    [
        (NUMBER, True, "invalid_type", "place"),
        (NUMBER, 1.01, "invalid_value", "place"),
        (NUMBER, float("nan"), "invalid_value", "place"),
        (checks.integer(1, 9), 1.0, "invalid_type", "place"),
        (checks.choice(1), True, "invalid_value", "place"),
        (WORD, ["one"], "invalid_value", "place"),
        (checks.text_up_to(3), "abcd", "string_above_max_length", "place"),
        (checks.either(WORD, NUMBER), "three", "invalid_type", "place"),
        (checks.sequence(WORD), ["one", "three"], "invalid_value", "place[1]"),
        (POINT, {"y": 1}, "missing_required_parameter", "place.x"),
        (POINT, {"x": 1, "z": 1}, "unknown_parameter", "place.z"),
        (SHAPE, {}, "missing_required_parameter", "place.type"),
        (SHAPE, {"type": "line"}, "invalid_value", "place.type"),
        (SHAPE, {"type": "point", "at": {"x": 2}}, "invalid_value", "place.at.x"),
        (checks.flag, 1, "invalid_type", "place"),
        (checks.mapping, [], "invalid_type", "place"),
    ],
)
def test_what_is_refused(check: Check, value: Any, code: str, param: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check(value, "place")
    assert (refused.value.code, refused.value.param) == (code, param)


def test_at_the_top_a_field_is_named_without_a_path() -> None:
    with pytest.raises(RefusedError) as refused:
        POINT({"z": 1, "x": 1}, "")
    assert refused.value.param == "z"
