"""An upstream event as the page's inspector shows it: its JSON without sound, words and secrets."""

import json
from collections.abc import Mapping
from typing import Any

from .conversation.segments import floor_grapheme

# What takes their place says how long they were.
LEFT_OUT = frozenset({
    "audio", "delta", "text", "transcript", "message", "token", "arguments", "output", "instructions", "prompt",
    "client_secret", "authorization", "api_key",
})  # fmt: skip
# These are also the names of what is worth seeing.
TABLES = frozenset({"audio", "output"})
MOST_CHARACTERS = 400
MOST_BODY = 8000
# One line.
SUMMARY_CHARACTERS = 120


def body(message: Mapping[str, Any]) -> str:
    """At most `MOST_BODY` characters; one that is longer is cut, and then no longer JSON."""
    text = json.dumps(_shown(message), ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= MOST_BODY else text[:MOST_BODY] + "…"


def _shown(value: Any, name: str = "") -> Any:
    if name in LEFT_OUT and isinstance(value, str):
        return f"({len(value)} characters)"
    if isinstance(value, str):
        return value if len(value) <= MOST_CHARACTERS else f"{_start(value)}… ({len(value)} characters)"
    if isinstance(value, Mapping):
        if name in LEFT_OUT - TABLES:
            return "(left out)"
        return {key: _shown(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner, name) for inner in value]
    return value


def _start(text: str) -> str:
    return text[: floor_grapheme(text, MOST_CHARACTERS)]


def summary(message: Mapping[str, Any]) -> str:
    """The ids and states of an event in a line; what was said, and all sound, stays out."""
    found = []
    for name, value in message.items():
        part = value if isinstance(value, Mapping) else {}
        for key, inner in ((name, value), *((f"{name}.{k}", v) for k, v in part.items())):
            if key.rpartition(".")[2] in _SHOWN and isinstance(inner, str | int):
                found.append(f"{key}={inner}")
    return " ".join(found)[:SUMMARY_CHARACTERS]


_SHOWN = frozenset({
    "item_id", "response_id", "previous_item_id", "id", "role", "status", "code", "param", "model",
    "audio_start_ms", "audio_end_ms", "call_id", "name",
})  # fmt: skip
