"""Sums in spoken English: found, computed exactly, and told."""

import operator
import re
from collections.abc import Callable
from fractions import Fraction

from voiceapp.engine.numbers import digits

N = r"(-? ?\d+(?:\.\d+)?)"
PHRASES: tuple[tuple[str, str], ...] = (
    (rf"(?:multiply|times) {N} (?:by|and|with) {N}", r"\1 * \2"),
    (rf"divide {N} (?:by|and) {N}", r"\1 / \2"),
    (rf"(?:subtract|take) {N} (?:away )?from {N}", r"\2 - \1"),
    (rf"add {N} (?:and|to|plus) {N}", r"\1 + \2"),
    (rf"(?:the )?sum of {N} and {N}", r"\1 + \2"),
    (rf"(?:the )?product of {N} and {N}", r"\1 * \2"),
    (rf"(?:the )?difference (?:between|of) {N} and {N}", r"\1 - \2"),
    (rf"(?:the )?square root of {N}", r"\1 ^ 0.5"),
    (rf"{N} (?:percent|per cent|%) of {N}", r"\1 / 100 * \2"),
    (rf"half of {N}", r"\1 / 2"),
    (rf"(?:double|twice) {N}", r"\1 * 2"),
    (rf"{N} squared", r"\1 ^ 2"),
    (rf"{N} cubed", r"\1 ^ 3"),
)
WORDS: tuple[tuple[str, str], ...] = (
    (r"multiplied by|times|×|(?<=\d )x(?= \d)", "*"),
    (r"divided by|over|÷", "/"),
    (r"(?:raised )?to the power(?: of)?", "^"),
    (r"plus", "+"),
    (r"minus|less|−", "-"),
)
SUM = re.compile(r"(?:^|(?<= ))-? ?\d+(?:\.\d+)?(?: [-+*/^] -? ?\d+(?:\.\d+)?)+(?= |$)")
TOKEN = re.compile(r"\d+(?:\.\d+)?|[-+*/^]")
SPOKEN = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "^": "to the power of"}
HIGHEST_POWER = 64


class NoAnswerError(Exception):
    """The sum has no answer; says why."""


def answer(text: str) -> str | None:
    """A sentence with the result of the sum in the text; None if there is no sum in it."""
    found = SUM.search(symbols(digits(text)))
    if found is None:
        return None
    tokens = TOKEN.findall(found.group())
    try:
        return f"{spoken(tokens)} is {shown(Parser(tokens).value())}."
    except NoAnswerError as reason:
        return str(reason)


def symbols(text: str) -> str:
    for phrase, formula in PHRASES:
        text = re.sub(phrase, formula, text)
    for word, sign in WORDS:
        text = re.sub(rf"(?:{word})", sign, text)
    return " ".join(text.split())


class Parser:
    """Sums, then products, then powers; minus signs bind to the number behind them."""

    def __init__(self, tokens: list[str]) -> None:
        self._left = list(tokens)

    def value(self) -> Fraction:
        return self._chain({"+": operator.add, "-": operator.sub}, self._product)

    def _product(self) -> Fraction:
        return self._chain({"*": operator.mul, "/": divided}, self._power)

    def _power(self) -> Fraction:
        base = self._number()
        if self._next_is("^"):
            return raised(base, self._power())
        return base

    def _number(self) -> Fraction:
        if self._next_is("-"):
            return -self._number()
        return Fraction(self._left.pop(0))

    def _chain(
        self, signs: dict[str, Callable[[Fraction, Fraction], Fraction]], inner: Callable[[], Fraction]
    ) -> Fraction:
        value = inner()
        while self._left and self._left[0] in signs:
            value = signs[self._left.pop(0)](value, inner())
        return value

    def _next_is(self, sign: str) -> bool:
        if self._left[:1] != [sign]:
            return False
        self._left.pop(0)
        return True


def divided(top: Fraction, bottom: Fraction) -> Fraction:
    if bottom == 0:
        raise NoAnswerError("Nothing can be divided by zero.")
    return top / bottom


def raised(base: Fraction, power: Fraction) -> Fraction:
    if abs(power) > HIGHEST_POWER or abs(base) > 10**6:
        raise NoAnswerError("That number is too big for me.")
    if base < 0 and power.denominator != 1:
        raise NoAnswerError("That has no real answer.")
    if base == 0 and power < 0:
        raise NoAnswerError("Nothing can be divided by zero.")
    return Fraction(base**power) if power.denominator == 1 else Fraction(float(base) ** float(power))


def shown(value: Fraction) -> str:
    if value.denominator == 1:
        return f"{int(value):,}" if abs(value) < 10**15 else f"about {float(value):.3g}"
    near = round(float(value), 4)
    text = f"{near:,.4f}".rstrip("0").rstrip(".")
    return text if Fraction(str(near)) == value else f"about {text}"


def spoken(tokens: list[str]) -> str:
    if tokens[1:] == ["^", "0.5"]:
        return f"The square root of {tokens[0]}"
    return " ".join(SPOKEN.get(token, token) for token in tokens)
