"""Japanese sums, spoken or written: finds them, computes them exactly and puts the result into words."""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from . import expression
from .arithmetic import WORD, sums_only, written
from .expression import DividedByZeroError, NoAnswerError, NotRealError, TooBigError, TooLongError

# Only from where a number begins: from every digit of a long one it would be looked through again and again.
NUMBER = r"(?<![\d.])(-?\d+(?:\.\d+)?)"
PHRASES = tuple(
    (re.compile(phrase), formula)
    for phrase, formula in (
        # Japanese keyboards write the long vowel where others write a minus sign.
        (r"(?<=[\d)])[ー−–—―‐](?=[\d(])|−", "-"),
        (r"マイナス(?=[\d(])", "-"),
        (rf"{NUMBER}(?:に|と){NUMBER}を?(?:足|たす|たし|加え)", r"\1 + \2 "),
        (rf"{NUMBER}から{NUMBER}を?(?:引|ひ)", r"\1 - \2 "),
        (rf"{NUMBER}(?:に|と){NUMBER}を?(?:掛|かけ)", r"\1 * \2 "),
        (rf"{NUMBER}を{NUMBER}で(?:割|わ)", r"\1 / \2 "),
        (rf"{NUMBER}の{NUMBER}(?:パーセント|%)", r"\1 * \2 % "),
        (rf"{NUMBER}の半分", r"\1 / 2 "),
        (rf"{NUMBER}の(\d+)倍", r"\1 * \2 "),
        (rf"{NUMBER}分の{NUMBER}", r"\2 / \1 "),
        (rf"{NUMBER}の平方根", r"√ \1 "),
        (r"ルート(?=[\d(])", "√"),
        (r"の(\d+)乗", r" ^ \1 "),
        (r"パーセント", "%"),
        (r"\*\*", "^"),
        (r"プラス|足す|たす", "+"),
        (r"引く|ひく", "-"),
        (r"掛ける|かける|×|(?<=[\d)])[xX](?=[-√\d(])", "*"),
        (r"割る|わる|÷", "/"),
    )
)
ASKING = re.compile(r"は[?？]?$|いくつ|いくら|計算|答え|何|なに|=")
REFUSALS: Mapping[type[NoAnswerError], str] = MappingProxyType(
    {
        DividedByZeroError: "ゼロで割ることはできないから、その計算には答えがないよ。",
        NotRealError: "その計算には、実数の答えがないよ。",
        TooBigError: "その数は大きすぎて、わたしには計算できないよ。",
        TooLongError: "その計算は長すぎて、わたしにはできないよ。",
    }
)


def calculate(text: str) -> str | None:
    """A sentence with the result of the sum in the text; None if it holds no sum. Digits must be narrow ones."""
    try:
        found = _found(text)
    except NoAnswerError as reason:
        return REFUSALS[type(reason)]
    return None if found is None else f"答えは{in_words(found.value)}だよ。"


def _found(text: str) -> expression.Sum | None:
    text = sums_only(text, ASKING)
    for phrase, symbols in PHRASES:
        text = phrase.sub(symbols, text)
    return expression.first_sum(WORD.findall(text))


def formula(text: str) -> str | None:
    """As `arithmetic.formula`. Digits must be narrow ones."""
    try:
        return written(_found(text))
    except NoAnswerError:
        return None


def in_words(value: Fraction) -> str:
    """Without commas between thousands: the voice would pause at each."""
    shown = expression.figure(value)
    power = f"かける10の{'マイナス' if shown.ten < 0 else ''}{abs(shown.ten)}乗" if shown.ten else ""
    return f"{'' if shown.exact else '約'}{'マイナス' if shown.negative else ''}{shown.digits}{power}"
