"""The conversation: its items in order, with what is kept beside what clients see."""

import re
from dataclasses import dataclass, field
from typing import Any

from ..brains.request import Message
from ..protocol.events import Item

# How much audio a session keeps, the newest: enough for `conversation.item.retrieve` soon after.
AUDIO_BYTES = 8 * 1024 * 1024


# How many items and characters a session keeps; beyond that it forgets the oldest items.
MAX_ITEMS, MAX_CHARACTERS = 1000, 2 * 1024 * 1024
# Of pictures, the newest, and at least one: they take no room from what was said. The brain reads all of it each time.
PICTURE_CHARACTERS = 1024 * 1024
PICTURE_GONE = "(I showed you a picture here, which is no longer at hand.)"
WHITESPACE = re.compile(r"\s")


@dataclass
class StoredItem:
    """An item as clients see it, the length of its audio, and the audio itself while there is room."""

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
    def pictures(self) -> tuple[str, ...]:
        return tuple(part["image_url"] for part in self.item.get("content", []) if part["type"] == "input_image")

    @property
    def characters(self) -> int:
        return (
            len(self.text)
            + sum(map(len, self.pictures))
            + len(self.item.get("output", ""))
            + len(self.item.get("arguments", ""))
        )

    def forget_pictures(self) -> None:
        """The brain is told that there were some."""
        gone = {"type": "input_text", "text": PICTURE_GONE}
        parts = self.item.get("content", [])
        self.item["content"] = [gone if part["type"] == "input_image" else part for part in parts]

    def message(self) -> Message:
        """The item as a brain sees it."""
        match self.item["type"]:
            case "function_call":
                return Message("call", self.item["arguments"], self.item["name"], self.item["call_id"])
            case "function_call_output":
                return Message("output", self.item["output"], call_id=self.item["call_id"])
        return Message(self.item["role"], self.text, pictures=self.pictures)

    def truncate(self, audio_end_ms: int) -> None:
        """Forgets what the user did not hear: of the text, the same share as of the audio."""
        for part in self.item["content"]:
            text = part.get("transcript") or ""
            part["transcript"] = beginning(text, len(text) * audio_end_ms // max(self.audio_ms, 1))
        self.audio = self.audio[: len(self.audio) * audio_end_ms // max(self.audio_ms, 1)]
        self.audio_ms = audio_end_ms

    @property
    def tokens(self) -> tuple[int, int]:
        """Text and audio tokens: one for four characters, 100 ms of the user's or 50 ms of the assistant's audio."""
        if self.audio_ms:
            return 0, self.audio_ms // (100 if self.item.get("role") == "user" else 50)
        written = self.text or self.item.get("output", "") or self.item.get("arguments", "")
        return len(written) // 4 + 1, 0


def beginning(text: str, characters: int) -> str:
    """About this many characters of the text; whole words if the script separates words."""
    if characters >= len(text):
        return text
    if WHITESPACE.search(text) is None:
        return text[:characters]
    return text[:characters].rstrip() if text[characters].isspace() else " ".join(text[:characters].split()[:-1])


@dataclass
class Items:
    """The items in the order of the conversation, which may differ from the order they came in."""

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
        """Adds the item at the end, at the front (`root`) or behind another; returns the id of the item before it."""
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
        self._forget_pictures()
        characters = sum(stored.characters for stored in self.stored)
        while len(self.stored) > 1 and (len(self.stored) > MAX_ITEMS or characters > MAX_CHARACTERS):
            characters -= self.stored.pop(0).characters
        room = AUDIO_BYTES
        for stored in reversed(self.stored):
            room -= len(stored.audio)
            if room < 0:
                stored.audio = b""

    def _forget_pictures(self) -> None:
        size = 0
        for stored in reversed(self.stored):
            room = PICTURE_CHARACTERS - size if size else MAX_CHARACTERS
            size += (own := sum(map(len, stored.pictures)))
            if own > room:
                stored.forget_pictures()

    def with_audio(self, stored: StoredItem, audio: str) -> dict[str, Any]:
        """The item as `conversation.item.retrieve` shows it; `audio` is base64."""
        content = [dict(part) for part in stored.item.get("content", [])]
        for part in content:
            if part["type"] in ("input_audio", "output_audio") and audio:
                part["audio"] = audio
        return stored.item | ({"content": content} if content else {})
