"""The decorator that makes a function a tool."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, overload

from ..conversation.functions import Sentence

TIMEOUT_S, MAX_TIMEOUT_S = 15.0, 600.0
# Characters of a sentence.
MAX_SENTENCE = 200
# Where it is kept, on the function itself.
MARK = "__voiceapp_tool__"
F = TypeVar("F", bound=Callable[..., Any])
# A sentence, or several, of which the first counts whose arguments are there; for any language, or by its tag.
Says = str | Sequence[str] | Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Declaration:
    """`timeout`: seconds that it may take. `confirm`: the person is asked on the page before it runs.

    `says`, `shows`: see `tool`.
    """

    timeout: float = TIMEOUT_S
    confirm: bool = False
    says: tuple[Sentence, ...] = ()
    shows: bool = True


@overload
def tool(function: F, /) -> F: ...
@overload
def tool(*, timeout: float = ..., confirm: bool = ..., says: Says = ..., shows: bool = ...) -> Callable[[F], F]: ...
def tool(
    function: F | None = None,
    /,
    *,
    timeout: float = TIMEOUT_S,
    confirm: bool = False,
    says: Says = (),
    shows: bool = True,
) -> F | Callable[[F], F]:
    """Offer a function to the model; the function stays as it is.

    Raises `ValueError` for a time-out out of range or a sentence that is too long, and `TypeError` for what is no
    function.

    `timeout`: seconds that it may take. `confirm`: the person is asked on the page before it runs. `says`: what the
    page says of a call, such as "Looking up the weather in {city}"; several where an argument may be left out, each
    language's under its tag. `shows`: the page shows the result; it is folded away otherwise.
    """
    if not isinstance(timeout, int | float):
        raise TypeError("timeout must be a number of seconds")
    if not 0 < timeout <= MAX_TIMEOUT_S:
        raise ValueError(f"timeout is {timeout}; it must be more than 0 and at most {MAX_TIMEOUT_S:.0f} seconds")

    sentences = tuple(_sentences(says))

    def declare(declared: F) -> F:
        # From Python 3.14 on a partial is taken for a routine.
        function = inspect.unwrap(declared)
        if isinstance(function, partial) or not inspect.isroutine(function):
            raise TypeError("@tool marks a function; as words it takes timeout=, confirm=, says= and shows=")
        try:
            setattr(declared, MARK, Declaration(float(timeout), confirm, sentences, shows))
        except AttributeError:
            raise TypeError("@tool marks no bound method and nothing written in C; call it from a function") from None
        return declared

    return declare if function is None else declare(function)


def _sentences(says: Says) -> Iterator[Sentence]:
    by_language = says if isinstance(says, Mapping) else {"": says}
    for language, sentences in by_language.items():
        for text in (sentences,) if isinstance(sentences, str) else sentences:
            if len(text) > MAX_SENTENCE:
                raise ValueError(f"says has a sentence of more than {MAX_SENTENCE} characters")
            yield Sentence(language, text)
