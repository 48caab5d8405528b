"""A response while it is made: takes the pieces of the answer and returns protocol events."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..brains.request import AudioPiece, Failed, Finished, Piece, Request, TextPiece, ToolCall
from ..protocol.audio_formats import Encoder, Format, format_of
from ..protocol.events import Event
from ..protocol.response import Response
from .items import Items, StoredItem

DELTA_MS = 200
OUTPUT_MS_PER_TOKEN = 50
CHARACTERS_PER_TOKEN = 4


@dataclass
class RunningResponse:
    """The response, its place in the conversation, and its counts."""

    response: Response
    request: Request
    items: Items
    new_id: Callable[[str], str]
    limit: int | str = "inf"
    # Text tokens, audio tokens, and how many of both the response before this one had.
    input_tokens: tuple[int, int, int] = (0, 0, 0)
    _format: Format = field(init=False)
    _encoder: Encoder = field(init=False)
    current: StoredItem | None = None
    _characters: int = 0
    sound_ms: int = 0
    # It waits for the words of a turn.
    waiting: bool = False
    # Its context is the conversation, not an input that the client gave.
    from_conversation: bool = True
    over: bool = False

    def __post_init__(self) -> None:
        self._format = format_of(self.response.audio["format"])
        self._encoder = Encoder(self._format)

    @property
    def in_conversation(self) -> bool:
        return self.response.conversation is not None

    # Pieces

    def add(self, piece: Piece) -> list[Event]:
        match piece:
            case TextPiece(text):
                sent = self._open() + self.response.text_delta(text)
                self._characters += len(text)
            case AudioPiece(samples):
                sent = self._open() + self._add_audio(self._encoder.feed(samples))
            case ToolCall(name, arguments):
                sent = self._close() + self._add_call(name, arguments)
            case Finished():
                return self._close() + self._end("completed", None)
            case Failed(code, message):
                error = {"type": "server_error", "code": code, "message": message}
                return self._close("incomplete") + self._end("failed", {"type": "failed", "error": error})
        return sent + self._end_at_limit()

    def cancel(self, reason: str) -> list[Event]:
        return self._close("incomplete") + self._end("cancelled", {"type": "cancelled", "reason": reason})

    # Below the surface

    def _open(self) -> list[Event]:
        if self.current is not None:
            return []
        item = self.new_id("item")
        self.current = StoredItem({"id": item, "type": "message", "status": "in_progress", "role": "assistant"})
        previous = self.items.add(self.current) if self.in_conversation else None
        return self.response.open_message(item, previous)

    def _add_audio(self, data: bytes) -> list[Event]:
        if self.current is not None:
            self.current.audio += data
            self.current.audio_ms = self._format.ms(len(self.current.audio))
        self.sound_ms += self._format.ms(len(data))
        size = DELTA_MS * self._format.bytes_per_ms
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        return [event for piece in pieces for event in self.response.audio_delta(base64.b64encode(piece).decode())]

    def _close(self, status: str = "completed") -> list[Event]:
        if self.current is None:
            return []
        sent = self.response.close_message(status)
        self.current.item = self.response.output[-1]
        self.current = None
        return sent

    def _add_call(self, name: str, arguments: str) -> list[Event]:
        item, call_id = self.new_id("item"), self.new_id("call")
        shown = {"id": item, "type": "function_call", "status": "completed"}
        stored = StoredItem(shown | {"name": name, "call_id": call_id, "arguments": arguments})
        previous = self.items.add(stored) if self.in_conversation else None
        self._characters += len(arguments)
        return self.response.function_call(item, previous, call_id, name, arguments)

    def _end_at_limit(self) -> list[Event]:
        if self.limit == "inf" or sum(self._output_tokens()) < int(self.limit):
            return []
        details = {"type": "incomplete", "reason": "max_output_tokens"}
        return self._close("incomplete") + self._end("incomplete", details)

    def _end(self, status: str, details: dict[str, Any] | None) -> list[Event]:
        self.over = True
        return self.response.done(status, details, self.usage())

    def _output_tokens(self) -> tuple[int, int]:
        return -(-self._characters // CHARACTERS_PER_TOKEN), self.sound_ms // OUTPUT_MS_PER_TOKEN

    def usage(self) -> dict[str, Any]:
        """Counts as the provider does, so that clients can test their sums. Nothing is billed."""
        text, audio, cached = self.input_tokens
        written, spoken = self._output_tokens()
        return {
            "total_tokens": text + audio + written + spoken,
            "input_tokens": text + audio,
            "output_tokens": written + spoken,
            "input_token_details": {
                "text_tokens": text,
                "audio_tokens": audio,
                "image_tokens": 0,
                "cached_tokens": cached,
                "cached_tokens_details": {"text_tokens": min(cached, text), "audio_tokens": max(0, cached - text)}
                | {"image_tokens": 0},
            },
            "output_token_details": {"text_tokens": written, "audio_tokens": spoken},
        }
