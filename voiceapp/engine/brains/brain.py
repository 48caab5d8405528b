"""What every brain does: it is asked, and yields the words of an answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .request import Request, ToolCall


class Brain(Protocol):
    """Whatever finds the words; yields text in pieces of any size, and calls of functions."""

    def reply(self, request: Request) -> Iterator[str | ToolCall]: ...


@dataclass
class WithNotice:
    """A brain whose answer is preceded by a notice."""

    notice: str
    brain: Brain

    def reply(self, request: Request) -> Iterator[str | ToolCall]:
        yield f"{self.notice} "
        yield from self.brain.reply(request)
