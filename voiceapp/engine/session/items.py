"""The conversation: its items in order, and what is kept beside what clients see of them."""

import re
from dataclasses import dataclass, field
from typing import Any

from ..brains.request import Message
from ..protocol.events import Item

AUDIO_BYTES = 8 * 1024 * 1024
"""Of all items of a session, the newest: enough for `conversation.item.retrieve` soon after."""


MOST_ITEMS, MOST_LETTERS = 1000, 2 * 1024 * 1024
"""Of a session; beyond that the oldest items are forgotten."""
SPACED = re.compile(r"\s")


@dataclass
class Kept:
    """An item as clients see it, the length of its sound, and the sound while there is room."""

    shown: Item
    audio_ms: int = 0
    audio: bytes = b""

    @property
    def identifier(self) -> str:
        return str(self.shown["id"])

    @property
    def is_spoken_answer(self) -> bool:
        return self.shown.get("role") == "assistant" and self.audio_ms > 0

    @property
    def text(self) -> str:
        parts = self.shown.get("content", [])
        return " ".join(part.get("text") or part.get("transcript") or "" for part in parts).strip()

    @property
    def letters(self) -> int:
        return len(self.text) + len(self.shown.get("output", "")) + len(self.shown.get("arguments", ""))

    def message(self) -> Message:
        """The item as a brain sees it."""
        match self.shown["type"]:
            case "function_call":
                return Message("call", self.shown["arguments"], self.shown["name"], self.shown["call_id"])
            case "function_call_output":
                return Message("output", self.shown["output"], call=self.shown["call_id"])
        return Message(self.shown["role"], self.text)

    def truncate(self, audio_end_ms: int) -> None:
        """Forgets what was not heard; of the text, the share that the sound is of the whole."""
        for part in self.shown["content"]:
            text = part.get("transcript") or ""
            part["transcript"] = beginning(text, len(text) * audio_end_ms // max(self.audio_ms, 1))
        self.audio = self.audio[: len(self.audio) * audio_end_ms // max(self.audio_ms, 1)]
        self.audio_ms = audio_end_ms

    @property
    def tokens(self) -> tuple[int, int]:
        """Text and audio tokens: four letters each; 100 ms of the user's or 50 ms of the assistant's sound each."""
        if self.audio_ms:
            return 0, self.audio_ms // (100 if self.shown.get("role") == "user" else 50)
        written = self.text or self.shown.get("output", "") or self.shown.get("arguments", "")
        return len(written) // 4 + 1, 0


def beginning(text: str, letters: int) -> str:
    """About so many of them: whole words where the script parts them."""
    if letters >= len(text):
        return text
    if SPACED.search(text) is None:
        return text[:letters]
    return text[:letters].rstrip() if text[letters].isspace() else " ".join(text[:letters].split()[:-1])


@dataclass
class Items:
    """In the order of the conversation, which is not that of arrival."""

    order: list[Kept] = field(default_factory=list)

    @property
    def last(self) -> str | None:
        return self.order[-1].identifier if self.order else None

    def find(self, identifier: str) -> Kept | None:
        return next((kept for kept in self.order if kept.identifier == identifier), None)

    def previous(self, identifier: str) -> str | None:
        names = [kept.identifier for kept in self.order]
        place = names.index(identifier)
        return names[place - 1] if place else None

    def add(self, kept: Kept, after: str | None = None) -> str | None:
        """Puts it at the end, at the front (`root`) or behind another; tells which item is before it."""
        names = [each.identifier for each in self.order]
        place = len(names) if after is None else 0 if after == "root" else names.index(after) + 1
        self.order.insert(place, kept)
        self._make_room()
        return names[place - 1] if place else None

    def remove(self, identifier: str) -> bool:
        before = len(self.order)
        self.order = [kept for kept in self.order if kept.identifier != identifier]
        return len(self.order) < before

    def messages(self) -> tuple[Message, ...]:
        return tuple(kept.message() for kept in self.order if kept.shown.get("status") != "in_progress")

    def has_call(self, call: str) -> bool:
        return any(kept.shown["type"] == "function_call" and kept.shown["call_id"] == call for kept in self.order)

    def _make_room(self) -> None:
        letters = sum(kept.letters for kept in self.order)
        while len(self.order) > 1 and (len(self.order) > MOST_ITEMS or letters > MOST_LETTERS):
            letters -= self.order.pop(0).letters
        room = AUDIO_BYTES
        for kept in reversed(self.order):
            room -= len(kept.audio)
            if room < 0:
                kept.audio = b""

    def with_audio(self, kept: Kept, audio: str) -> dict[str, Any]:
        """The item as `conversation.item.retrieve` shows it; `audio` is base64."""
        content = [dict(part) for part in kept.shown.get("content", [])]
        for part in content:
            if part["type"] in ("input_audio", "output_audio") and audio:
                part["audio"] = audio
        return kept.shown | ({"content": content} if content else {})
