"""Pauses in mid-turn, as the embedded engine tells them (docs/engine.md); other servers have nothing like it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from . import events as ev
from . import fields
from .fields import Message


def _paused(message: Message) -> ev.SpeechPaused:
    sure = message.get("confidence")
    known = float(sure) if isinstance(sure, int | float) and 0 <= sure <= 1 else None
    return ev.SpeechPaused(fields.optional(message, "item_id"), known, fields.count(message, "ends_in_ms") or None)


def _resumed(message: Message) -> ev.SpeechResumed:
    return ev.SpeechResumed(fields.optional(message, "item_id"))


READERS: Mapping[str, Callable[[Message], ev.UpstreamEvent]] = MappingProxyType(
    {"input_audio_buffer.speech_paused": _paused, "input_audio_buffer.speech_resumed": _resumed}
)
