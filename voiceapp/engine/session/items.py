"""The conversation: its items in order, and what is kept beside what clients see of them."""

import re
from dataclasses import dataclass, field
from typing import Any

from ..brains.request import Message
from ..protocol.events import Item

# Of all items of a session, the newest: enough for `conversation.item.retrieve` soon after.
AUDIO_BYTES = 8 * 1024 * 1024


# Of a session; beyond that the oldest items are forgotten.
MAX_ITEMS, MAX_CHARACTERS = 1000, 2 * 1024 * 1024
WHITESPACE = re.compile(r"\s")


@dataclass
class StoredItem:
    """An item as clients see it, the length of its sound, and the sound while there is room."""

    item: Item
    audio_ms: int = 0
    audio: bytes = b""

    @property
    def identifier(self) -> str:
        return str(self.item["id"])

    @property
    def is_spoken_answer(self) -> bool:
        return self.item.get("role") == "assistant" and self.audio_ms > 0

    @property
    def text(self) -> str:
        parts = self.item.get("content", [])
        return " ".join(part.get("text") or part.get("transcript") or "" for part in parts).strip()

    @property
    def characters(self) -> int:
        return len(self.text) + len(self.item.get("output", "")) + len(self.item.get("arguments", ""))

    def message(self) -> Message:
        """The item as a brain sees it."""
        match self.item["type"]:
            case "function_call":
                return Message("call", self.item["arguments"], self.item["name"], self.item["call_id"])
            case "function_call_output":
                return Message("output", self.item["output"], call_id=self.item["call_id"])
        return Message(self.item["role"], self.text)

    def truncate(self, audio_end_ms: int) -> None:
        """Forgets what was not heard; of the text, the share that the sound is of the whole."""
        for part in self.item["content"]:
            text = part.get("transcript") or ""
            part["transcript"] = beginning(text, len(text) * audio_end_ms // max(self.audio_ms, 1))
        self.audio = self.audio[: len(self.audio) * audio_end_ms // max(self.audio_ms, 1)]
        self.audio_ms = audio_end_ms

    @property
    def tokens(self) -> tuple[int, int]:
        """Text and audio tokens: four letters each; 100 ms of the user's or 50 ms of the assistant's sound each."""
        if self.audio_ms:
            return 0, self.audio_ms // (100 if self.item.get("role") == "user" else 50)
        written = self.text or self.item.get("output", "") or self.item.get("arguments", "")
        return len(written) // 4 + 1, 0


def beginning(text: str, characters: int) -> str:
    """About so many of them: whole words where the script parts them."""
    if characters >= len(text):
        return text
    if WHITESPACE.search(text) is None:
        return text[:characters]
    return text[:characters].rstrip() if text[characters].isspace() else " ".join(text[:characters].split()[:-1])


@dataclass
class Items:
    """In the order of the conversation, which is not that of arrival."""

    stored: list[StoredItem] = field(default_factory=list)

    @property
    def last(self) -> str | None:
        return self.stored[-1].identifier if self.stored else None

    def find(self, identifier: str) -> StoredItem | None:
        return next((stored for stored in self.stored if stored.identifier == identifier), None)

    def previous(self, identifier: str) -> str | None:
        names = [stored.identifier for stored in self.stored]
        place = names.index(identifier)
        return names[place - 1] if place else None

    def add(self, stored: StoredItem, after: str | None = None) -> str | None:
        """Puts it at the end, at the front (`root`) or behind another; tells which item is before it."""
        names = [each.identifier for each in self.stored]
        place = len(names) if after is None else 0 if after == "root" else names.index(after) + 1
        self.stored.insert(place, stored)
        self._make_room()
        return names[place - 1] if place else None

    def remove(self, identifier: str) -> bool:
        before = len(self.stored)
        self.stored = [stored for stored in self.stored if stored.identifier != identifier]
        return len(self.stored) < before

    def messages(self) -> tuple[Message, ...]:
        return tuple(stored.message() for stored in self.stored if stored.item.get("status") != "in_progress")

    def has_call(self, call: str) -> bool:
        return any(stored.item["type"] == "function_call" and stored.item["call_id"] == call for stored in self.stored)

    def _make_room(self) -> None:
        characters = sum(stored.characters for stored in self.stored)
        while len(self.stored) > 1 and (len(self.stored) > MAX_ITEMS or characters > MAX_CHARACTERS):
            characters -= self.stored.pop(0).characters
        room = AUDIO_BYTES
        for stored in reversed(self.stored):
            room -= len(stored.audio)
            if room < 0:
                stored.audio = b""

    def with_audio(self, stored: StoredItem, audio: str) -> dict[str, Any]:
        """The item as `conversation.item.retrieve` shows it; `audio` is base64."""
        content = [dict(part) for part in stored.item.get("content", [])]
        for part in content:
            if part["type"] in ("input_audio", "output_audio") and audio:
                part["audio"] = audio
        return stored.item | ({"content": content} if content else {})
