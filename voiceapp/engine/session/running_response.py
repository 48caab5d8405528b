"""One response while it is being made: pieces of the answer in, protocol events out."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..brains.request import Failed, Finished, Piece, Request, Sound, ToolCall, Words
from ..protocol.audio_formats import Encoder, Format, format_of
from ..protocol.events import Event
from ..protocol.response import Response
from .items import Items, Kept

DELTA_MS = 200
OUTPUT_MS_PER_TOKEN = 50
LETTERS_PER_TOKEN = 4


@dataclass
class Speaking:
    """Holds the response, its place in the conversation and its counts."""

    response: Response
    request: Request
    items: Items
    fresh: Callable[[str], str]
    limit: int | str = "inf"
    input_tokens: tuple[int, int, int] = (0, 0, 0)
    """Text, audio, and how many of both were in the response before this one."""
    format: Format = field(init=False)
    encoder: Encoder = field(init=False)
    current: Kept | None = None
    letters: int = 0
    sound_ms: int = 0
    waiting: bool = False
    """Some of what the user said is not recognised yet."""
    from_conversation: bool = True
    """Its context is the conversation, not one the client gave."""
    over: bool = False

    def __post_init__(self) -> None:
        self.format = format_of(self.response.audio["format"])
        self.encoder = Encoder(self.format)

    @property
    def in_conversation(self) -> bool:
        return self.response.conversation is not None

    # Pieces

    def take(self, piece: Piece) -> list[Event]:
        match piece:
            case Words(text):
                sent = self._opened() + self.response.say(text)
                self.letters += len(text)
            case Sound(samples):
                sent = self._opened() + self._sounded(self.encoder.feed(samples))
            case ToolCall(name, arguments):
                sent = self._closed() + self._called(name, arguments)
            case Finished():
                return self._closed() + self._done("completed", None)
            case Failed(code, message):
                error = {"type": "server_error", "code": code, "message": message}
                return self._closed("incomplete") + self._done("failed", {"type": "failed", "error": error})
        return sent + self._limited()

    def cancel(self, reason: str) -> list[Event]:
        return self._closed("incomplete") + self._done("cancelled", {"type": "cancelled", "reason": reason})

    # Below the surface

    def _opened(self) -> list[Event]:
        if self.current is not None:
            return []
        item = self.fresh("item")
        self.current = Kept({"id": item, "type": "message", "status": "in_progress", "role": "assistant"})
        previous = self.items.add(self.current) if self.in_conversation else None
        return self.response.open_message(item, previous)

    def _sounded(self, data: bytes) -> list[Event]:
        if self.current is not None:
            self.current.audio += data
            self.current.audio_ms = self.format.ms(len(self.current.audio))
        self.sound_ms += self.format.ms(len(data))
        size = DELTA_MS * self.format.bytes_per_ms
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        return [event for piece in pieces for event in self.response.sound(base64.b64encode(piece).decode())]

    def _closed(self, status: str = "completed") -> list[Event]:
        if self.current is None:
            return []
        sent = self.response.close_message(status)
        self.current.shown = self.response.output[-1]
        self.current = None
        return sent

    def _called(self, name: str, arguments: str) -> list[Event]:
        item, call_id = self.fresh("item"), self.fresh("call")
        shown = {"id": item, "type": "function_call", "status": "completed"}
        kept = Kept(shown | {"name": name, "call_id": call_id, "arguments": arguments})
        previous = self.items.add(kept) if self.in_conversation else None
        self.letters += len(arguments)
        return self.response.call(item, previous, call_id, name, arguments)

    def _limited(self) -> list[Event]:
        if self.limit == "inf" or sum(self._output_tokens()) < int(self.limit):
            return []
        details = {"type": "incomplete", "reason": "max_output_tokens"}
        return self._closed("incomplete") + self._done("incomplete", details)

    def _done(self, status: str, details: dict[str, Any] | None) -> list[Event]:
        self.over = True
        return self.response.done(status, details, self.usage())

    def _output_tokens(self) -> tuple[int, int]:
        return -(-self.letters // LETTERS_PER_TOKEN), self.sound_ms // OUTPUT_MS_PER_TOKEN

    def usage(self) -> dict[str, Any]:
        """Counted as the provider counts, so that a client's sums can be tried out; nothing is billed."""
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
