"""Checks of what a client sends. Each raises an error with the code and the path that the real server would name."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

# Raises `RefusedError` if it does not accept the value; the path says where that is: `session.audio.input`.
Check = Callable[[Any, str], None]


class RefusedError(Exception):
    """The server refuses the client's event: it answers with an `error` event and changes nothing."""

    def __init__(self, code: str | None, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param


def wrong_type(path: str, expected: str, value: Any) -> RefusedError:
    got = f"Invalid type for '{path}': expected {expected}, but got {type_name(value)} instead."
    return RefusedError("invalid_type", got, path)


def wrong_value(path: str, value: Any, supported: str) -> RefusedError:
    shown = repr(value)[:80]
    return RefusedError("invalid_value", f"Invalid value: {shown}. Supported values are: {supported}.", path)


TYPE_NAMES = MappingProxyType(
    {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a decimal",
    }
)


def type_name(value: Any) -> str:
    return TYPE_NAMES.get(type(value), "null")


def anything(value: Any, path: str) -> None:
    """Accepts any value."""


def text(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise wrong_type(path, "a string", value)


def text_up_to(max_length: int) -> Check:
    def check(value: Any, path: str) -> None:
        text(value, path)
        if len(value) > max_length:
            message = f"Invalid '{path}': string too long. Expected at most {max_length} characters."
            raise RefusedError("string_above_max_length", message, path)

    return check


def flag(value: Any, path: str) -> None:
    if not isinstance(value, bool):
        raise wrong_type(path, "a boolean", value)


def number(minimum: float, maximum: float) -> Check:
    def check(value: Any, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(path, "a number", value)
        within(value, path, minimum, maximum)

    return check


def integer(minimum: int, maximum: int) -> Check:
    def check(value: Any, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(path, "an integer", value)
        within(value, path, minimum, maximum)

    return check


def within(value: float, path: str, minimum: float, maximum: float) -> None:
    if not (math.isfinite(value) and minimum <= value <= maximum):
        raise wrong_value(path, value, f"from {minimum:g} to {maximum:g}")


def choice(*values: Any) -> Check:
    supported = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in values)

    def check(value: Any, path: str) -> None:
        if not any(value == each and type(value) is type(each) for each in values):
            raise wrong_value(path, value, supported)

    return check


def nullable(inner: Check) -> Check:
    def check(value: Any, path: str) -> None:
        if value is not None:
            inner(value, path)

    return check


def either(first: Check, second: Check) -> Check:
    """Accepts what one of two checks accepts; if neither does, the second raises."""

    def check(value: Any, path: str) -> None:
        try:
            first(value, path)
        except RefusedError:
            second(value, path)

    return check


def sequence(inner: Check) -> Check:
    def check(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise wrong_type(path, "an array", value)
        for place, each in enumerate(value):
            inner(each, f"{path}[{place}]")

    return check


def mapping(value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise wrong_type(path, "an object", value)


def record(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """Accepts an object with these fields and no others."""

    def check(value: Any, path: str) -> None:
        mapping(value, path)
        for name in required:
            if name not in value:
                place = joined_path(path, name)
                raise RefusedError("missing_required_parameter", f"Missing required parameter: '{place}'.", place)
        for name, each in value.items():
            place = joined_path(path, name)
            if name not in fields:
                raise RefusedError("unknown_parameter", f"Unknown parameter: '{place}'.", place)
            fields[name](each, place)

    return check


def variants(key: str, checks: Mapping[str, Check]) -> Check:
    """Accepts an object that passes the check its field `key` names."""
    known = choice(*checks)

    def check(value: Any, path: str) -> None:
        mapping(value, path)
        place = joined_path(path, key)
        if key not in value:
            raise RefusedError("missing_required_parameter", f"Missing required parameter: '{place}'.", place)
        known(value[key], place)
        checks[value[key]](value, path)

    return check


def joined_path(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
