"""Records what a client sends on one connection, for tests to look at."""

import base64
import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TextIO

from ..protocol.events import Event
from ..serving.connection import Closed, Upgrade
from . import tone

SECRET_HEADERS = ("authorization", "api-key", "x-api-key", "sec-websocket-protocol")


@dataclass
class Recorder:
    """Events in order, without their audio; the audio apart, all of it and by the item it was committed to."""

    upgrade: Upgrade
    connection: int
    record: "Callable[[dict[str, Any]], None]" = lambda line: None
    events: list[Event] = field(default_factory=list)
    audio: bytearray = field(default_factory=bytearray)
    audio_by_item: dict[str, bytes] = field(default_factory=dict)
    _committed_to: int = 0
    closed: Closed | None = None

    @property
    def model(self) -> str | None:
        return self.upgrade.query("model")

    @property
    def audio_ms(self) -> int:
        return len(self.audio) // tone.BYTES_PER_MS

    def opened(self) -> None:
        shown = {name: "***" if name in SECRET_HEADERS else value for name, value in self.upgrade.headers.items()}
        self.record({"connection": self.connection, "upgrade": self.upgrade.target, "headers": shown})

    def take(self, message: str | bytes) -> Event | None:
        """The event in a message; None if the message is no JSON object. Records it with its audio's size."""
        event = decoded(message)
        if event is None:
            event = {"type": "(not an event)", "bytes": len(message)}
        kept = self._without_audio(event)
        self.events.append(kept)
        self.record({"connection": self.connection, "at": round(time.time(), 3), "event": kept})
        return event

    def committed(self, item: str) -> None:
        self.audio_by_item[item] = bytes(self.audio[self._committed_to :])
        self._committed_to = len(self.audio)

    def _without_audio(self, event: Event) -> Event:
        if event.get("type") != "input_audio_buffer.append":
            return event
        try:
            sound = base64.b64decode(event.get("audio", ""), validate=True)
        except (binascii.Error, ValueError, TypeError):
            return {key: value for key, value in event.items() if key != "audio"} | {"audio_bytes": None}
        self.audio += sound
        return {key: value for key, value in event.items() if key != "audio"} | {"audio_bytes": len(sound)}


def decoded(message: str | bytes) -> Event | None:
    try:
        event = json.loads(message)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def lines_to(file: TextIO) -> "Callable[[dict[str, Any]], None]":
    """A function that writes each record as one JSON line, at once."""

    def record(line: dict[str, Any]) -> None:
        file.write(json.dumps(line) + "\n")
        file.flush()

    return record
