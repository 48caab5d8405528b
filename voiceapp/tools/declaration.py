"""The decorator that makes a function a tool."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

TIMEOUT_S, MAX_TIMEOUT_S = 15.0, 600.0
# Where it is kept, on the function itself.
MARK = "__voiceapp_tool__"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declaration:
    """`timeout`: seconds that it may take. `confirm`: the person is asked on the page before it runs."""

    timeout: float = TIMEOUT_S
    confirm: bool = False


@overload
def tool(function: F, /) -> F: ...
@overload
def tool(*, timeout: float = ..., confirm: bool = ...) -> Callable[[F], F]: ...
def tool(function: F | None = None, /, *, timeout: float = TIMEOUT_S, confirm: bool = False) -> F | Callable[[F], F]:
    """Offer a function to the model; the function stays as it is.

    Raises `ValueError` for a time-out out of range, and `TypeError` for what is no function.

    `timeout`: seconds that it may take. `confirm`: the person is asked on the page before it runs.
    """
    if not isinstance(timeout, int | float):
        raise TypeError("timeout must be a number of seconds")
    if not 0 < timeout <= MAX_TIMEOUT_S:
        raise ValueError(f"timeout is {timeout}; it must be more than 0 and at most {MAX_TIMEOUT_S:.0f} seconds")

    def declare(declared: F) -> F:
        if not inspect.isroutine(inspect.unwrap(declared)):
            raise TypeError("@tool marks a function; as words it takes timeout= and confirm=")
        setattr(declared, MARK, Declaration(float(timeout), confirm))
        return declared

    return declare if function is None else declare(function)
