"""An upstream event as the page's inspector shows it: its JSON without sound, words and secrets."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from msgspec import UNSET

from ..conversation.event_reader import parse
from ..conversation.segments import floor_grapheme
from ..wire import down
from .passed_events import PassedEvent

# What takes their place says how long they were.
LEFT_OUT = frozenset({
    "audio", "delta", "text", "transcript", "message", "token", "arguments", "output", "instructions", "prompt",
    "client_secret", "authorization", "api_key", "headers", "server_url", "image_url",
})  # fmt: skip
# These are also the names of what is worth seeing.
TABLES = frozenset({"audio", "output"})
MAX_CHARACTERS = 400
MAX_BODY = 8000
# Of the values in an event, and how deep they may lie.
MAX_VALUES, MAX_DEPTH = 2_000, 20
# One line.
SUMMARY_CHARACTERS = 120


def body(message: Mapping[str, Any]) -> str:
    """At most `MAX_BODY` characters; one that is longer is cut, and then no longer JSON."""
    text = json.dumps(_Excerpt().of(message), ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= MAX_BODY else text[: floor_grapheme(text, MAX_BODY)] + "…"


def line(event: PassedEvent, late_ms: int) -> down.Log:
    """As the page is told, so many milliseconds later."""
    message = _message(event.payload)
    return down.Log(
        event.n,
        event.direction,
        event.type,
        event.at,
        event.size,
        summary(message),
        body(message) if message else "",
        times=event.times if event.times > 1 else UNSET,
        until=event.until if event.until > event.at else UNSET,
        late=late_ms or UNSET,
    )


def _message(payload: bytes) -> Mapping[str, Any]:
    """Nothing where it cannot be read, or is too long for that."""
    try:
        return (parse(payload) if payload else None) or {}
    except (ValueError, RecursionError):
        return {}


class _Excerpt:
    """The shown part of an event; `left`: how many more values may be shown, since only the first of many are."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def of(self, value: Any, name: str = "", depth: int = 0) -> Any:
        self.left -= 1
        if isinstance(value, str):
            return _words(value, name)
        if not isinstance(value, Mapping | list):
            return value
        if self.left <= 0 or depth > MAX_DEPTH:
            return f"({len(value)} left out)"
        if isinstance(value, list):
            return [self.of(inner, name, depth + 1) for inner in islice(value, self.left)]
        if name in LEFT_OUT - TABLES:
            return "(left out)"
        return {key[:MAX_CHARACTERS]: self.of(inner, key, depth + 1) for key, inner in islice(value.items(), self.left)}


def _words(text: str, name: str) -> str:
    if name in LEFT_OUT:
        return f"({len(text)} characters)"
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[: floor_grapheme(text, MAX_CHARACTERS)]}… ({len(text)} characters)"


def summary(message: Mapping[str, Any]) -> str:
    """The ids and states of an event in a line; what was said, and all sound, stays out."""
    found = []
    for name, value in islice(message.items(), MAX_VALUES):
        part = value if isinstance(value, Mapping) else {}
        inside = ((f"{name}.{key}", inner) for key, inner in islice(part.items(), MAX_VALUES))
        for key, inner in ((name, value), *inside):
            if key.rpartition(".")[2] in _SHOWN and isinstance(inner, str | int):
                found.append(f"{key}={str(inner)[:SUMMARY_CHARACTERS]}")
    return " ".join(found)[:SUMMARY_CHARACTERS]


_SHOWN = frozenset({
    "item_id", "response_id", "previous_item_id", "id", "role", "status", "code", "param", "model",
    "audio_start_ms", "audio_end_ms", "call_id", "name",
})  # fmt: skip
