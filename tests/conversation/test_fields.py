"""Fields of a server's event, whatever they hold."""

from typing import Any

import pytest

from voiceapp.conversation import fields

ODD: list[Any] = [None, "", "x", 1, -1, 1.5, True, [], {}, {"a": 1}, float("inf"), 10**13]


@pytest.mark.parametrize("value", ODD)
def test_nothing_that_is_odd_is_taken_for_what_was_asked(value: Any) -> None:
    message = {"it": value}
    assert fields.optional(message, "it") == (value if isinstance(value, str) else "")
    assert fields.part(message, "it") == (value if isinstance(value, dict) else {})
    assert fields.count(message, "it") in (0, value)
    assert type(fields.count(message, "it")) is int
    assert 0 <= fields.amount(message, "it") <= fields.MAX_PRICE


def test_what_is_missing_is_empty_and_a_text_that_must_be_there_is_asked_for_by_name() -> None:
    assert (fields.optional({}, "it"), fields.word({}, "it"), fields.count({}, "it"), fields.amount({}, "it")) == (
        "", "", 0, 0.0,
    )  # fmt: skip
    for message in ({}, {"it": ""}, {"it": 7}):
        with pytest.raises(ValueError, match="it is missing or not a string"):
            fields.text(message, "it")
    assert fields.text({"it": "a"}, "it") == "a"


def test_a_code_may_be_a_number_and_a_count_a_whole_float() -> None:
    assert fields.word({"code": 404}, "code") == "404"
    assert fields.word({"code": True}, "code") == ""
    assert (fields.count({"n": 3.0}, "n"), fields.count({"n": 3.5}, "n"), fields.amount({"n": 3.5}, "n")) == (3, 0, 3.5)


@pytest.mark.parametrize(("value", "odd"), [(None, False), (0, False), (7, False), (-1, True), ("7", True), ([], True)])
def test_what_is_there_and_no_count_is_odd(value: Any, odd: bool) -> None:
    assert fields.is_odd({"n": value}, "n") is odd
