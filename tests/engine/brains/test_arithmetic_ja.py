"""Sums in Japanese, once their numerals are digits."""

import pytest

from voiceapp.engine.brains.arithmetic_ja import calculate, formula


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("12に30を足すと？", "答えは42だよ。"),
        ("100から58を引くと？", "答えは42だよ。"),
        ("84を2で割ると？", "答えは42だよ。"),
        ("2分の1たす1は？", "答えは1.5だよ。"),
        ("2割る3", "答えは約0.6667だよ。"),
        ("2から5を引くと？", "答えはマイナス3だよ。"),
        ("1割る0は？", "ゼロで割ることはできないから、その計算には答えがないよ。"),
    ],
)
def test_sums(said: str, told: str) -> None:
    assert calculate(said) == told


@pytest.mark.parametrize("said", ["こんにちは", "24/7で働く", "2026-03-01に生まれた", "42", ""])
def test_what_is_no_sum(said: str) -> None:
    assert calculate(said) is None


@pytest.mark.parametrize(("said", "formula_of_it"), [("12かける7は？", "12 * 7"), ("80の15%は？", None), ("42", None)])
def test_a_sum_as_a_calculator_takes_it(said: str, formula_of_it: str | None) -> None:
    assert formula(said) == formula_of_it
