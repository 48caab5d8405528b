"""What can happen to a tool that the model calls, as frozen values; `events.py` names them with all others."""

from dataclasses import dataclass, field
from typing import Literal

ToolKind = Literal["function", "mcp", "approval"]
# `asked`: the person is asked whether it may run; `declined`: they said no, or nothing.
ToolState = Literal["asked", "running", "done", "failed", "declined"]
# What was the matter, as the person is told: else the result says it.
ToolFault = Literal["failed", "timed_out", "busy", "stopped", "missing"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the page offers, and never opens by itself."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class ToolReported:
    """What one event tells of a tool's call; empty is what it does not tell.

    `kind`: a function we are asked to call, a tool that the server runs by itself (MCP), or its question whether it
    may. The first and the last are `done` when all of them is said, and then wait for an answer of ours; `call` is what
    an answer to a function names.
    """

    item: str
    kind: ToolKind
    response: str = ""
    after: str | None = None
    name: str = ""
    call: str = ""
    arguments: str = field(default="", repr=False)
    state: ToolState = "running"
    result: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Approved:
    """Whether a tool may run that asked for it: the person's answer, or what stands for one that did not come."""

    item: str
    yes: bool


@dataclass(frozen=True, slots=True)
class ToolTold:
    """A function of ours says how far it is, or offers a link; None is what it does not say."""

    item: str
    progress: str | None = field(default=None, repr=False)
    link: Link | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A function of ours has ended; `output` is what the model is told. `fault`: where that says nothing of its own."""

    item: str
    output: str = field(repr=False)
    failed: bool = False
    fault: ToolFault | None = None


@dataclass(frozen=True, slots=True)
class ToolsMissing:
    """The server could not learn what tools an MCP server has."""


@dataclass(frozen=True, slots=True)
class EndWanted:
    """A function of ours ends the call, once the assistant has said what it has to say."""
