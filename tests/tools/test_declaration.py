"""The decorator leaves a function as it is."""

from functools import partial
from typing import Any

import pytest

from voiceapp.tools import tool
from voiceapp.tools.declaration import MARK, MAX_TIMEOUT_S, TIMEOUT_S, Declaration


def test_the_function_can_still_be_called() -> None:
    @tool
    def double(number: int) -> int:
        return 2 * number

    assert double(4) == 8
    assert getattr(double, MARK) == Declaration(TIMEOUT_S, confirm=False)


def test_it_may_say_how_it_is_to_run() -> None:
    @tool(timeout=5, confirm=True)
    def order() -> None: ...

    assert getattr(order, MARK) == Declaration(5.0, confirm=True)


def test_it_may_say_in_words_what_a_call_does() -> None:
    says = {"en": ("The weather in {city}", "The weather"), "ja": "{city}の天気"}

    @tool(says=says, shows=False)
    def weather(city: str = "") -> None: ...

    declared: Declaration = getattr(weather, MARK)
    assert declared.says == (("en", "The weather in {city}"), ("en", "The weather"), ("ja", "{city}の天気"))
    assert not declared.shows


def test_one_sentence_is_for_any_language_and_has_a_bound() -> None:
    @tool(says="The weather")
    def weather() -> None: ...

    assert getattr(weather, MARK).says == (("", "The weather"),)
    with pytest.raises(ValueError, match="more than 200 characters"):
        tool(says="x" * 201)


class Bound:
    def method(self) -> None: ...


@pytest.mark.parametrize(
    "other", [5, int, len, "".join, Bound().method, partial(print, end=""), type("Callable", (), {"__call__": print})()]
)
def test_what_is_no_function_is_none(other: Any) -> None:
    with pytest.raises(TypeError, match="marks a function"):
        tool(other)


def test_a_time_out_is_a_number() -> None:
    with pytest.raises(TypeError, match="number of seconds"):
        tool(timeout="5")  # type: ignore[call-overload]


@pytest.mark.parametrize("timeout", [0, -1, MAX_TIMEOUT_S + 1])
def test_a_time_out_has_bounds(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout is"):
        tool(timeout=timeout)
