"""What the model is told of a result, within a bound."""

from typing import Any

from pydantic_core import PydanticSerializationError, to_json

MAX_BYTES = 32 * 1024
# Said behind what is left of a longer one.
_CUT = "\n… (cut here: these are the first {kept:,} of {all:,} bytes)"


class NotJsonError(Exception):
    """A result is of a type that has no JSON."""


def text_of(result: Any) -> str:
    """A result as text or JSON, cut where it is too long. Raises `NotJsonError`."""
    if isinstance(result, str):
        return cut(result.encode(errors="replace"))
    try:
        return cut(to_json(result, inf_nan_mode="strings", bytes_mode="base64"))
    except (PydanticSerializationError, ValueError, RecursionError):
        raise NotJsonError(type(result).__name__) from None


def cut(encoded: bytes) -> str:
    """UTF-8, as far as there is room for it."""
    if len(encoded) <= MAX_BYTES:
        return encoded.decode(errors="replace")
    room = MAX_BYTES - len(_CUT.format(kept=MAX_BYTES, all=len(encoded)).encode())
    kept = encoded[:room].decode(errors="ignore")
    return kept + _CUT.format(kept=len(kept.encode()), all=len(encoded))
