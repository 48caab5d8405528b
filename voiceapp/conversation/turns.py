"""Whose turn it is: derived from what goes on, never stored."""

from dataclasses import dataclass


@dataclass(slots=True)
class Turns:
    """The facts a turn follows from."""

    user_speaking: bool = False
    # The person finished, and a reply is due but none has begun.
    awaiting_reply: bool = False
    response: str | None = None

    def state(self, playing: bool, tool: bool) -> str:
        """`listening`, `user`, `thinking`, `assistant` or `tool`."""
        if self.user_speaking:
            return "user"
        if playing:
            return "assistant"
        if tool:
            return "tool"
        if self.awaiting_reply or self.response is not None:
            return "thinking"
        return "listening"
