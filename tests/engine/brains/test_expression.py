"""Expressions: against Python's own arithmetic, and within their bounds."""

import contextlib
import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.engine.brains import expression
from voiceapp.engine.brains.expression import (
    DividedByZeroError,
    NoAnswerError,
    TooBigError,
    TooLongError,
    figure,
    first_sum,
)

TOKEN = re.compile(r"\d+(?:\.\d+)?|\S")
NUMBERS = st.one_of(
    st.integers(0, 99).map(str), st.decimals(0, 99, places=2, allow_nan=False).map(lambda number: f"{number:f}")
)


def joined(sign: str) -> Callable[[tuple[str, str]], str]:
    return lambda sides: f"{sides[0]}{sign}{sides[1]}"


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        *(pairs.map(joined(sign)) for sign in (" + ", "-", "*", " / ")),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        st.tuples(inner.map(lambda text: f"({text})") | NUMBERS, st.integers(-3, 3).map(str)).map(joined("^")),
    )


EXPRESSIONS = st.recursive(NUMBERS, grown, max_leaves=12)


def by_python(text: str) -> Fraction:
    written = re.sub(r"\d+(?:\.\d+)?", lambda number: f"Fraction('{number.group()}')", text).replace("^", "**")
    value = eval(written, {"Fraction": Fraction})
    assert isinstance(value, Fraction)
    return value


@given(EXPRESSIONS)
def test_it_computes_what_python_computes(text: str) -> None:
    tokens = TOKEN.findall(text)
    try:
        mine = first_sum(tokens)
    except DividedByZeroError:
        with pytest.raises(ZeroDivisionError):
            by_python(text)
    except TooBigError:
        # Some number on the way was out of bounds; the result need not be.
        assert len(tokens) > 3
    except TooLongError:
        assert len(tokens) > expression.MAX_DEPTH
    else:
        if mine is not None and mine.tokens == tuple(tokens):
            assert mine.value == by_python(text)
        else:
            assert mine is None
            assert not set("+*/^") & set(text)


@given(st.lists(st.sampled_from(["1", "7.5", "0", *"+-*/^()%√", "x"]), max_size=120))
def test_no_order_of_tokens_breaks_it(tokens: list[str]) -> None:
    try:
        sum_found = first_sum(tokens)
    except NoAnswerError:
        return
    assert sum_found is None or abs(sum_found.value) < 10**expression.MAX_DIGITS


class Counted(list[str]):
    """Tokens that count how often they are looked at."""

    looks = 0

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        Counted.looks += 1
        return super().__getitem__(place)


@pytest.mark.parametrize("pattern", ["1", "1+x", "((x", "1+(", "-", "1-x(", "(1)x", "√x", "1%"])
def test_twice_the_tokens_take_twice_the_looks(pattern: str) -> None:
    def looks(times: int) -> int:
        Counted.looks = 0
        with contextlib.suppress(NoAnswerError):
            first_sum(Counted([*list(pattern) * times, "+"]))
        return Counted.looks

    assert looks(2000) <= 2 * looks(1000) + 100


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(1234567), "1,234,567"),
        (Fraction(5, 2), "2.5"),
        (Fraction(1, 3), "~0.3333"),
        (Fraction(-2, 3), "-~0.6667"),
        (Fraction(99999999, 10**8), "~1"),
        (Fraction(10) ** 20, "1e20"),
        (Fraction(1, 10**7), "1e-7"),
        (Fraction(123456789) ** 3, "~1.88e24"),
        (Fraction(0), "0"),
    ],
)
def test_how_numbers_are_shown(value: Fraction, shown: str) -> None:
    made = figure(value, group=",")
    ten = f"e{made.ten}" if made.ten else ""
    assert f"{'-' if made.negative else ''}{'' if made.exact else '~'}{made.digits}{ten}" == shown
