"""Sums as people say them and as a recogniser writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.engine.arithmetic import answer
from voiceapp.engine.numbers import digits


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("seventeen", "17"),
        ("twenty-five", "25"),
        ("a hundred and three", "103"),
        ("one thousand two hundred", "1200"),
        ("three million", "3000000"),
        ("two point five", "2.5"),
        ("1,250", "1250"),
        ("five six", "5 6"),
        ("no number here", "no number here"),
        ("twelve and eight", "12 and 8"),
    ],
)
def test_number_words_become_digits(said: str, number: str) -> None:
    assert digits(said) == number


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
        ("What is 15 percent of 200?", "15 divided by 100 times 200 is 30."),
        ("15% of 200", "15 divided by 100 times 200 is 30."),
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
    ],
)
def test_sums(said: str, told: str) -> None:
    assert answer(said) == told


@pytest.mark.parametrize("said", ["Hello.", "I am 42.", "five apples", "", "plus", "My number is 5, 6, 7."])
def test_what_is_no_sum(said: str) -> None:
    assert answer(said) is None


WORDS = "one two 3 4.5 plus minus times divided by squared of the power to root - / ( ^ %"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_no_words_break_it(words: list[str]) -> None:
    told = answer(" ".join(words))
    assert told is None or told
