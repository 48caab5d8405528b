"""Whose turn it is: derived from the state, never stored."""

from typing import Literal

Turn = Literal["listening", "user", "thinking", "assistant", "tool"]


def whose(*, speaking: bool, playing: bool, tool: bool, thinking: bool) -> Turn:
    """The person speaks, an answer plays, a tool is at work, or an answer is awaited; in this order."""
    if speaking:
        return "user"
    if playing:
        return "assistant"
    if tool:
        return "tool"
    return "thinking" if thinking else "listening"
