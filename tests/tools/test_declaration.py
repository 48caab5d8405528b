"""The decorator leaves a function as it is."""

from collections.abc import Callable
from functools import lru_cache, partial, wraps
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


@pytest.mark.parametrize("other", [5, int, partial(print, end=""), type("Callable", (), {"__call__": print})()])
def test_what_is_no_function_is_none(other: Any) -> None:
    with pytest.raises(TypeError, match="marks a function"):
        tool(other)


def logged(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any) -> Any:
        return function(*args)

    return call


class Shop:
    def open(self, day: str) -> bool:
        """Whether it is open."""
        return day != "Sunday"

    @logged
    def near(self, city: str) -> str:
        """Where it is."""
        return city


@pytest.mark.parametrize("other", [len, "".join, Shop().open, Shop().near])
def test_what_cannot_be_marked_is_said_to_be_so(other: Any) -> None:
    with pytest.raises(TypeError, match="call it from a function"):
        tool(other)


def test_what_wraps_a_bound_method_can_be() -> None:
    for wrap in (logged, lru_cache):
        assert hasattr(tool(wrap(Shop().open)), MARK)


def test_a_time_out_is_a_number() -> None:
    with pytest.raises(TypeError, match="number of seconds"):
        tool(timeout="5")  # type: ignore[call-overload]


@pytest.mark.parametrize("timeout", [0, -1, MAX_TIMEOUT_S + 1])
def test_a_time_out_has_bounds(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout is"):
        tool(timeout=timeout)
