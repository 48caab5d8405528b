"""Sums as people say them and as a recogniser writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.engine.brains.arithmetic import answer, formula


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("What is 17 plus 25?", "17 plus 25 is 42."),
        ("seventeen plus twenty five", "17 plus 25 is 42."),
        ("Multiply twelve by eight.", "12 times 8 is 96."),
        ("What's 100 divided by 8?", "100 divided by 8 is 12.5."),
        ("10 minus 4 minus 3", "10 minus 4 minus 3 is 3."),
        ("2 plus 3 times 4", "2 plus 3 times 4 is 14."),
        ("subtract 5 from 20", "20 minus 5 is 15."),
        ("What is 15 percent of 200?", "15 percent of 200 is 30."),
        ("15% of 200", "15 percent of 200 is 30."),
        ("the square root of sixteen", "The square root of 16 is 4."),
        ("the square root of two", "The square root of 2 is about 1.4142."),
        ("7 squared", "7 to the power of 2 is 49."),
        ("2 to the power of 10", "2 to the power of 10 is 1,024."),
        ("one divided by three", "1 divided by 3 is about 0.3333."),
        ("5 divided by 0", "Nothing can be divided by zero."),
        ("9 to the power of 999", "That number is too big for me."),
        ("12 x 12", "12 times 12 is 144."),
        ("3 + 4", "3 plus 4 is 7."),
        ("Add three and four.", "3 plus 4 is 7."),
        ("-5 + 3", "Minus 5 plus 3 is minus 2."),
        ("minus five plus three", "Minus 5 plus 3 is minus 2."),
        ("2-1+5", "2 minus 1 plus 5 is 6."),
        ("100-20*2", "100 minus 20 times 2 is 60."),
        ("What is (3 + 4) * 2?", "(3 plus 4) times 2 is 14."),
        ("2 + 3 × 4 ÷ 6", "2 plus 3 times 4 divided by 6 is 4."),
        ("２＋３－１", "2 plus 3 minus 1 is 4."),
        ("2 * -3", "2 times minus 3 is minus 6."),
        ("-2 squared", "Minus 2 to the power of 2 is minus 4."),
        ("2 to the power of minus 2", "2 to the power of minus 2 is 0.25."),
        ("2**3**2", "2 to the power of 3 to the power of 2 is 512."),
        ("100 + 10%", "100 plus 10 percent is 110."),
        ("twenty-five minus five", "25 minus 5 is 20."),
        ("half of ninety", "90 divided by 2 is 45."),
        ("2^1000000000000", "That number is too big for me."),
        ("10^50 * 10^50", "That number is too big for me."),
        ("1" * 8000 + " + 1", "That number is too big for me."),
        ("1+" * 2000 + "1", "That sum is too long for me."),
        ("(" * 100 + "1+1", "That sum is too long for me."),
        ("1 / (2 - 2)", "Nothing can be divided by zero."),
        ("0 ^ -1", "Nothing can be divided by zero."),
        ("the square root of -4", "That has no real answer."),
        ("1/100000", "1 divided by 100000 is 1 times 10 to the power of minus 5."),
        ("What is 24/7?", "24 divided by 7 is about 3.4286."),
    ],
)
def test_sums(said: str, told: str) -> None:
    assert answer(said) == told


@pytest.mark.parametrize(
    "said",
    ["Hello.", "I am 42.", "five apples", "", "plus", "My number is 5, 6, 7.", "1" * 8000, "5 plus", "unless two"],
)
def test_what_is_no_sum(said: str) -> None:
    assert answer(said) is None


WORDS = "one two 3 4.5 plus minus times divided by squared of the power to root - / ( ^ %"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_no_words_break_it(words: list[str]) -> None:
    told = answer(" ".join(words))
    assert told is None or told


@pytest.mark.parametrize(
    ("said", "formula_of_it"),
    [
        ("How much is twelve times seven?", "12 * 7"),
        ("What is 2 to the power of 10 minus (3 + 4)?", "2 ** 10 - ( 3 + 4 )"),
        ("What is 15 percent of 80?", None),
        ("the square root of 9", None),
        ("one divided by zero", None),
        ("Hello.", None),
    ],
)
def test_a_sum_as_a_calculator_takes_it(said: str, formula_of_it: str | None) -> None:
    assert formula(said) == formula_of_it
