"""Whose turn it is: derived from what goes on, never stored."""

from dataclasses import dataclass
from typing import Literal

Turn = Literal["listening", "user", "thinking", "assistant", "tool"]


@dataclass(slots=True)
class Turns:
    """What is known of the person. `heard`: the server hears them speak; `key`: they hold the push-to-talk key down.

    `held_long`: so long that they are not taken to speak any more.
    """

    heard: bool = False
    key: bool = False
    held_long: bool = False

    @property
    def user_speaking(self) -> bool:
        return self.heard or (self.key and not self.held_long)

    def press(self, down: bool) -> None:
        self.key, self.heard, self.held_long = down, False, False

    def give_up(self) -> None:
        """Nobody speaks for so long."""
        self.heard, self.held_long = False, self.key

    def state(self, *, playing: bool, tool: bool, thinking: bool) -> Turn:
        if self.user_speaking:
            return "user"
        if playing:
            return "assistant"
        if tool:
            return "tool"
        return "thinking" if thinking else "listening"
