"""What runs tools, as calls know it; nothing is imported here that a server without tools does not need."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from ..conversation.functions import Function
from ..conversation.tool_events import ToolFault
from .context import ToolContext


class Outcome(NamedTuple):
    """`output`: what the model is told. `fault`: what the person is, where that says nothing of its own."""

    output: str
    failed: bool = False
    fault: ToolFault | None = None


FAILED = Outcome('{"error": "The tool failed."}', failed=True, fault="failed")
TIMED_OUT = Outcome('{"error": "The tool took too long and was stopped."}', failed=True, fault="timed_out")
BUSY = Outcome('{"error": "Too many tools run already. Try it again later."}', failed=True, fault="busy")
NOT_JSON = Outcome(
    '{"error": "The tool failed: what it returned is neither text nor JSON."}', failed=True, fault="failed"
)


def wrong(message: str) -> Outcome:
    """The model is told that it went wrong, and how."""
    return Outcome(json.dumps({"error": message}, ensure_ascii=False), failed=True)


class Tool(Protocol):
    """One that can be called. `timeout`: in seconds; `is_async`: it is called on the loop of tools."""

    name: str
    timeout: float
    is_async: bool
    offer: Function

    def bind(self, arguments: str, context: ToolContext) -> Callable[[], Any]:
        """What is left to be called, with checked arguments. Raises `WrongArgumentsError`."""


class Runner(Protocol):
    """Of one worker."""

    @property
    def offers(self) -> Sequence[Function]:
        """What the model may be offered."""

    def stop(self) -> None:
        """Whatever still runs is given up; harmless if said twice."""

    def timeout(self, name: str) -> float:
        """How long a tool may take, in seconds."""

    def start(
        self, name: str, arguments: str, context: ToolContext, done: Callable[[Outcome], None]
    ) -> Callable[[], None]:
        """Begin, and return at once: what cancels it. `done` is told the outcome, on any thread."""
