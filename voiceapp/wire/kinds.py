"""What a field that the page sends may hold: each kind checks a value, says in words what it must be, and has a schema.

A schema refuses nothing that the check takes; where JSON Schema lacks the words, the check is the stricter one.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

# Characters of an item's id.
MAX_ITEM = 128
# What a browser takes from the ends of a text (ECMAScript, WhiteSpace and LineTerminator); Python takes more, and the
# page would not know its own text again.
BLANKS = "\t\n\v\f\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"


class Kind(NamedTuple):
    """`meaning` follows "must be"."""

    check: Callable[[Any], bool]
    meaning: str
    schema: Mapping[str, Any]


def whole(minimum: int, maximum: int) -> Kind:
    return Kind(
        lambda value: type(value) is int and minimum <= value <= maximum,
        f"a whole number from {minimum} to {maximum}",
        _schema(type="integer", minimum=minimum, maximum=maximum),
    )


def zero_or_whole(minimum: int, maximum: int) -> Kind:
    between = whole(minimum, maximum)
    return Kind(
        lambda value: (type(value) is int and value == 0) or between.check(value),
        f"0 or {between.meaning}",
        _schema(type="integer", anyOf=[{"const": 0}, {"minimum": minimum, "maximum": maximum}]),
    )


def or_null(kind: Kind) -> Kind:
    return Kind(
        lambda value: value is None or kind.check(value),
        f"{kind.meaning}, or null",
        _schema(anyOf=[dict(kind.schema), {"type": "null"}]),
    )


def number(minimum: float, maximum: float) -> Kind:
    return Kind(
        lambda value: type(value) in (int, float) and minimum <= value <= maximum,
        f"a number from {minimum} to {maximum}",
        _schema(type="number", minimum=minimum, maximum=maximum),
    )


def choice(*words: str) -> Kind:
    return Kind(
        lambda value: isinstance(value, str) and value in words,
        f"{', '.join(words[:-1])} or {words[-1]}",
        _schema(enum=list(words)),
    )


def matching(pattern: str, maximum: int, meaning: str) -> Kind:
    """A text, all of which the pattern describes."""
    compiled = re.compile(pattern)
    return Kind(
        lambda value: isinstance(value, str) and len(value) <= maximum and compiled.fullmatch(value) is not None,
        meaning,
        _schema(type="string", minLength=1, maxLength=maximum),
    )


def text(maximum_bytes: int) -> Kind:
    """Not blank, and bounded as UTF-8."""

    def is_text(value: Any) -> bool:
        return (
            isinstance(value, str)
            and value.strip(BLANKS) != ""
            and len(value.encode(errors="replace")) <= maximum_bytes
        )

    return Kind(
        is_text,
        f"text of 1 to {maximum_bytes} bytes",
        _schema(type="string", minLength=1, maxLength=maximum_bytes),
    )


def characters(maximum: int) -> Kind:
    """Not blank, and bounded but for blanks around it."""
    return Kind(
        lambda value: isinstance(value, str) and 0 < len(value.strip(BLANKS)) <= maximum,
        f"text of 1 to {maximum} characters",
        _schema(type="string", minLength=1),
    )


def _schema(**rules: Any) -> Mapping[str, Any]:
    return MappingProxyType(rules)


FLAG = Kind(lambda value: type(value) is bool, "true or false", _schema(type="boolean"))
ITEM = Kind(
    lambda value: isinstance(value, str) and 0 < len(value) <= MAX_ITEM,
    "an item's id",
    _schema(type="string", minLength=1, maxLength=MAX_ITEM),
)
