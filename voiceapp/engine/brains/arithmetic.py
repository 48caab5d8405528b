"""English sums, spoken or written: finds them, computes them exactly and puts the result into words."""

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from . import expression
from .expression import DividedByZeroError, NoAnswerError, NotRealError, TooBigError, TooLongError
from .numbers import digits

# It matches only where a number begins; else it would be tried again from every digit of a long one.
NUMBER = r"(?<![\d.])(-? ?\d+(?:\.\d+)?)"
PHRASES = tuple(
    (re.compile(phrase), formula)
    for phrase, formula in (
        (rf"\b(?:multiply|times) {NUMBER} (?:by|and|with) {NUMBER}", r"\1 * \2"),
        (rf"\bdivide {NUMBER} (?:by|and) {NUMBER}", r"\1 / \2"),
        (rf"\b(?:subtract|take) {NUMBER} (?:away )?from {NUMBER}", r"\2 - \1"),
        (rf"\badd {NUMBER} (?:and|to|plus) {NUMBER}", r"\1 + \2"),
        (rf"\bsum of {NUMBER} and {NUMBER}", r"\1 + \2"),
        (rf"\bproduct of {NUMBER} and {NUMBER}", r"\1 * \2"),
        (rf"\bdifference (?:between|of) {NUMBER} and {NUMBER}", r"\1 - \2"),
        (rf"{NUMBER} and {NUMBER} (?:together|make)\b", r"\1 + \2"),
        (rf"\bhalf of {NUMBER}", r"\1 / 2"),
        (rf"\ba third of {NUMBER}", r"\1 / 3"),
        (rf"\ba quarter of {NUMBER}", r"\1 / 4"),
        (rf"\b(?:double|twice) {NUMBER}", r"\1 * 2"),
        (r"\b(?:the )?square root of\b", "√"),
        (r"(?:%|\b(?:percent|per cent)\b)(?= of\b)", "% *"),
        (r"(?<=%) \* of\b", " *"),
        (r"\b(?:percent|per cent)\b", "%"),
        (r"\* \*", "^"),
        (r"\bsquared\b", "^ 2"),
        (r"\bcubed\b", "^ 3"),
        (r"\b(?:raised )?to the power(?: of)?\b", "^"),
        (r"\b(?:multiplied by|times)\b|×|(?<=[\d)] )x(?= [-√(\d])", "*"),
        (r"\b(?:divided by|over)\b|÷", "/"),
        (r"\bplus\b", "+"),
        (r"\b(?:minus|less|negative)\b|−", "-"),
    )
)
WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d]+|\S")
LETTER = re.compile(r"[^\W\d_]")
ASKING = re.compile(r"\b(?:what|how|calculate|compute|work out|solve|equals?|tell me)\b|=")
# What stands in no formula of a calculator.
OURS = frozenset("%√")
DATE = re.compile(r"(?<![a-z\d.])(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,4}/\d{1,2}/\d{1,4})(?![a-z\d])")
# Pages 10-20, 24/7, a phone number: these are sums only if somebody asks for one.
RANGE = re.compile(r"(?<![a-z\d.])\d+(?:[-/x]\d+)+(?![a-z\d])")
SPOKEN = MappingProxyType(
    {
        "+": "plus",
        "-": "minus",
        "*": "times",
        "/": "divided by",
        "^": "to the power of",
        "%": "percent",
        "√": "the square root of",
    }
)
REFUSALS: Mapping[type[NoAnswerError], str] = MappingProxyType(
    {
        DividedByZeroError: "Nothing can be divided by zero.",
        NotRealError: "That has no real answer.",
        TooBigError: "That number is too big for me.",
        TooLongError: "That sum is too long for me.",
    }
)


def answer(text: str) -> str | None:
    """A sentence with the result of the sum in the text; None if the text holds no sum."""
    try:
        found = _found(text)
    except NoAnswerError as reason:
        return REFUSALS[type(reason)]
    if found is None:
        return None
    sentence = f"{spoken(found.tokens)} is {in_words(found.value)}."
    return sentence[0].upper() + sentence[1:]


def _found(text: str) -> expression.Sum | None:
    written = unicodedata.normalize("NFKC", text).lower()
    return expression.first_sum(WORD.findall(symbols(digits(sums_only(written, ASKING)))))


def formula(text: str) -> str | None:
    """The sum in the text as a calculator takes it; None if it holds none, or one that only we can read."""
    try:
        return written(_found(text))
    except NoAnswerError:
        return None


def written(found: expression.Sum | None) -> str | None:
    """A sum without percent signs and roots, which calculators write otherwise."""
    if found is None or not OURS.isdisjoint(found.tokens):
        return None
    return " ".join(found.tokens).replace("^", "**")


def sums_only(text: str, asking: "re.Pattern[str]") -> str:
    """The text without dates and ranges, which look like sums; a text without words is left as it is."""
    if not LETTER.search(text):
        return text
    text = DATE.sub(" date ", text)
    return text if asking.search(text) else RANGE.sub(" range ", text)


def symbols(text: str) -> str:
    for phrase, formula in PHRASES:
        text = phrase.sub(formula, text)
    return text


def in_words(value: Fraction) -> str:
    shown = expression.figure(value, group=",")
    power = f" times 10 to the power of {signed(shown.ten)}" if shown.ten else ""
    return f"{'' if shown.exact else 'about '}{'minus ' if shown.negative else ''}{shown.digits}{power}"


def signed(whole: int) -> str:
    return f"minus {-whole}" if whole < 0 else str(whole)


def spoken(tokens: tuple[str, ...]) -> str:
    words = " ".join(SPOKEN.get(token, token) for token in tokens)
    return words.replace("percent times", "percent of").replace("( ", "(").replace(" )", ")")
