"""What a brain is asked, and the pieces of its answer."""

from dataclasses import dataclass, field
from typing import Any

from ..speech.samples import Samples


@dataclass(frozen=True)
class Message:
    """One entry of the conversation; `role` is system, user, assistant, call or output. `pictures`: their addresses."""

    role: str
    text: str
    name: str = ""
    call_id: str = ""
    pictures: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Request:
    """Everything an answer depends on. `idle` asks the brain to speak because the user has been silent."""

    response_id: str
    messages: tuple[Message, ...]
    instructions: str = ""
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str | dict[str, Any] = "auto"
    spoken: bool = True
    voice: str = "heart"
    speed: float = 1.0
    idle: bool = False
    # As the client named it; empty if it did not.
    language: str = ""

    @property
    def last(self) -> Message | None:
        return self.messages[-1] if self.messages else None


# Pieces


@dataclass(frozen=True)
class TextPiece:
    """More of the answer's text."""

    text: str


@dataclass(frozen=True)
class AudioPiece:
    """More of the answer's sound: 24 kHz samples."""

    samples: Samples = field(compare=False)


@dataclass(frozen=True)
class ToolCall:
    """A function the client should call; `arguments` is JSON."""

    name: str
    arguments: str


@dataclass(frozen=True)
class Finished:
    """The answer is complete."""


@dataclass(frozen=True)
class Failed:
    """The answer ends here and is not complete."""

    code: str
    message: str


Piece = TextPiece | AudioPiece | ToolCall | Finished | Failed
