"""Evaluates a written sum exactly, within bounds that hold before anything is computed."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

OPERATORS = frozenset("+-*/^√")
# How many tokens a sum may have, how deep its brackets may nest, and how many digits a number in it may have.
MAX_TOKENS, MAX_DEPTH, MAX_DIGITS = 80, 16, 60
DECIMALS = 4


class NoAnswerError(Exception):
    """The sum has no answer, or none within our bounds."""


class DividedByZeroError(NoAnswerError):
    """The sum divides by zero."""


class NotRealError(NoAnswerError):
    """The sum takes the root of a negative number."""


class TooBigError(NoAnswerError):
    """A number in the sum has more than `MAX_DIGITS` digits."""


class TooLongError(NoAnswerError):
    """The sum has more than `MAX_TOKENS` tokens, or brackets deeper than `MAX_DEPTH`."""


class _NoOperandError(Exception):
    """There is no number at this place."""


@dataclass(frozen=True)
class Sum:
    """A sum and its result."""

    tokens: tuple[str, ...]
    value: Fraction


def first_sum(tokens: list[str]) -> Sum | None:
    """The first sum among the tokens, or None; the other tokens may be anything.

    Raises `NoAnswerError`. It takes at most `MAX_TOKENS` steps for each token.
    """
    start = 0 if OPERATORS.intersection(tokens) else len(tokens)
    while start < len(tokens):
        parser = Parser(tokens, start)
        value = parser.value()
        if value is not None and parser.operators:
            return Sum(tuple(tokens[start : parser.at]), value)
        start = max(parser.at, start + 1)
    return None


class Parser:
    """Recursive descent from one token on, as far as it makes sense: sums of products of powers.

    Signs bind as on paper: `-2^2` is -4, `2^3^2` is 2^9, `a - b + c` goes from left to right. `%` is a hundredth, but
    of what it is added to or taken from where it is (100 + 10 % is 110). A bracket before the end need not be closed.
    """

    def __init__(self, tokens: list[str], at: int = 0) -> None:
        self._tokens = tokens
        self._from = at
        self._depth = 0
        self.at = at
        self.operators = 0

    def value(self) -> Fraction | None:
        """The value of the longest sum from here on; None if no number stands here."""
        try:
            return self._sum()
        except _NoOperandError:
            return None

    def _sum(self) -> Fraction:
        total = self._product()
        while (sign := self._next("+-")) is not None:
            before, start = total, self.at
            try:
                part = self._product()
            except _NoOperandError:
                self._step_back()
                break
            if self._is_percentage(start):
                part *= before
            total = _bounded((operator.add if sign == "+" else operator.sub)(before, part))
            self.operators += 1
        return total

    def _is_percentage(self, start: int) -> bool:
        return self.at == start + 2 and self._tokens[self.at - 1] == "%"

    def _product(self) -> Fraction:
        total = self._signed()
        while (sign := self._next("*/")) is not None or self._peek() == "(":
            try:
                part = self._signed()
            except _NoOperandError:
                if sign is not None:
                    self._step_back()
                break
            total = _bounded(_divided(total, part) if sign == "/" else total * part)
            self.operators += 1
        return total

    def _signed(self) -> Fraction:
        start = self.at
        sign = self._next("-+")
        if sign is None:
            return self._power()
        try:
            with_sign = self._inside(self._signed)
        except _NoOperandError:
            self.at = start
            raise
        return -with_sign if sign == "-" else with_sign

    def _power(self) -> Fraction:
        base = self._scaled()
        if self._next("^") is None:
            return base
        try:
            power = self._inside(self._signed)
        except _NoOperandError:
            self._step_back()
            return base
        self.operators += 1
        return power_of(base, power)

    def _scaled(self) -> Fraction:
        value = self._operand()
        while self._next("%") is not None:
            value /= 100
        return _bounded(value)

    def _operand(self) -> Fraction:
        start, token = self.at, self._peek()
        if token == "":
            raise _NoOperandError
        if token[0].isdecimal():
            self._step()
            return _number(token)
        try:
            if self._next("√") is not None:
                sign = -1 if self._next("-") is not None else 1
                value = power_of(sign * self._inside(self._operand), Fraction(1, 2))
                self.operators += 1
                return value
            if self._next("(") is not None:
                value = self._inside(self._sum)
                if self._next(")") is not None or self._peek() == "":
                    return value
        except _NoOperandError:
            pass
        self.at = start
        raise _NoOperandError

    def _inside(self, part: Callable[[], Fraction]) -> Fraction:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLongError
        try:
            return part()
        finally:
            self._depth -= 1

    # Tokens

    def _peek(self) -> str:
        return self._tokens[self.at] if self.at < len(self._tokens) else ""

    def _next(self, signs: str) -> str | None:
        token = self._peek()
        if token == "" or token not in signs:
            return None
        self._step()
        return token

    def _step(self) -> None:
        self.at += 1
        if self.at - self._from > MAX_TOKENS:
            raise TooLongError

    def _step_back(self) -> None:
        self.at -= 1


def _number(digits: str) -> Fraction:
    if len(digits) > MAX_DIGITS // 2:
        raise TooBigError
    return Fraction(digits)


def _bounded(value: Fraction) -> Fraction:
    if max(abs(value.numerator), value.denominator) >= 10**MAX_DIGITS:
        raise TooBigError
    return value


def _divided(top: Fraction, bottom: Fraction) -> Fraction:
    if bottom == 0:
        raise DividedByZeroError
    return top / bottom


def power_of(base: Fraction, power: Fraction) -> Fraction:
    """`base` to the power of `power`; estimates the digits of the result first. Raises `NoAnswerError`."""
    if base == 0 and power < 0:
        raise DividedByZeroError
    if base < 0 and power.denominator != 1:
        raise NotRealError
    if base in (0, 1) or power == 0:
        return Fraction(1) if power == 0 else base
    if base == -1:
        return base if power.numerator % 2 else -base
    digits = max(math.log10(abs(base.numerator)), math.log10(base.denominator)) * abs(power)
    if digits > MAX_DIGITS:
        raise TooBigError
    if power.denominator == 1:
        return _bounded(base**power.numerator)
    return _root(base) if power == Fraction(1, 2) else Fraction(float(base) ** float(power))


def _root(square: Fraction) -> Fraction:
    """The exact root where there is one, else the nearest float."""
    top, bottom = math.isqrt(square.numerator), math.isqrt(square.denominator)
    exact = Fraction(top, bottom)
    return exact if exact * exact == square else Fraction(math.sqrt(square))


@dataclass(frozen=True)
class Figure:
    """A number as it is shown: `digits`, times ten to the power of `ten` if that is not 0."""

    negative: bool
    digits: str
    ten: int
    exact: bool


def figure(value: Fraction, group: str = "") -> Figure:
    """The value rounded to four decimals, or to three figures if it is very large or small; `group` parts thousands."""
    size = abs(value)
    if size != 0 and (size >= 10**15 or size < Fraction(1, 10**DECIMALS)):
        digits, _, ten = f"{float(size):.2e}".partition("e")
        shown = digits.rstrip("0").rstrip(".")
        return Figure(value < 0, shown, int(ten), Fraction(shown) * Fraction(10) ** int(ten) == size)
    near = round(size, DECIMALS)
    whole, rest = divmod(near, 1)
    decimals = f"{int(rest * 10**DECIMALS):0{DECIMALS}d}".rstrip("0")
    shown = f"{int(whole):,}".replace(",", group) + (f".{decimals}" if decimals else "")
    return Figure(value < 0, shown, 0, near == size)
