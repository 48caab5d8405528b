"""Fields of a server's event, read without trust in them."""

from collections.abc import Mapping
from typing import Any

Message = Mapping[str, Any]


def text(message: Message, name: str) -> str:
    """Raises `ValueError` where there is none."""
    value = message.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing or not a string")  # noqa: TRY004 - the peer's fault, not a programmer's
    return value


def optional(message: Message, name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def part(message: Message, name: str) -> Message:
    value = message.get(name)
    return value if isinstance(value, Mapping) else {}


def count(message: Message, name: str) -> int:
    value = message.get(name)
    return value if isinstance(value, int) and value >= 0 else 0
