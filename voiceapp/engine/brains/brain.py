"""What a brain is: it takes a request and yields the words of the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .request import Request, ToolCall


class Brain(Protocol):
    """Yields text in pieces of any size, and function calls."""

    def reply(self, request: Request) -> Iterator[str | ToolCall]: ...


@dataclass
class WithNotice:
    """A brain that says a notice before each answer."""

    notice: str
    brain: Brain

    def reply(self, request: Request) -> Iterator[str | ToolCall]:
        yield f"{self.notice} "
        yield from self.brain.reply(request)
