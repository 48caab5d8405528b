"""English number words, as digits."""

import pytest

from voiceapp.engine.brains.numbers import digits


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


@pytest.mark.parametrize("said", ["hundred " * 500, "a hundred " * 500, "million " * 500, "9" * 5000, "nine " * 2000])
def test_no_heap_of_number_words_makes_a_huge_number(said: str) -> None:
    assert max(len(word) for word in digits(f"one {said}").split()) <= max(20, len(said.split()[0]))
