"""Fields of a server's event, read without trust in them."""

from collections.abc import Mapping
from typing import Any

Message = Mapping[str, Any]
# No count of a call's, and no time in seconds, is greater.
MAX_PRICE = 10**12


def text(message: Message, name: str) -> str:
    """Raises `ValueError` where there is none, or it is empty."""
    value = message.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing or not a string")
    return value


def optional(message: Message, name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def word(message: Message, name: str) -> str:
    """A code: some servers have numbers for it."""
    value = message.get(name)
    return str(value) if type(value) is int else optional(message, name)


def part(message: Message, name: str) -> Message:
    value = message.get(name)
    return value if type(value) is dict else {}


def amount(message: Message, name: str) -> float:
    value = message.get(name)
    return float(value) if isinstance(value, int | float) and 0 <= value <= MAX_PRICE else 0.0


def count(message: Message, name: str) -> int:
    value = message.get(name)
    if type(value) is float and value.is_integer():
        # Some languages have one kind of number alone.
        value = int(value)
    return value if type(value) is int and 0 <= value <= MAX_PRICE else 0


def is_odd(message: Message, name: str) -> bool:
    """Whether there is something that is no count."""
    return message.get(name) not in (None, 0) and not count(message, name)
