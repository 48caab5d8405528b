"""A client's messages, read: JSON, and long appends in slices."""

import base64
import json
from typing import Any

from ..session.session import MAX_AUDIO

SLICE_LETTERS = 32768
"""Base64 letters of an append handled at a time (512 ms of PCM): others get their turn in between."""


def parse(message: str | bytes) -> Any:
    """The JSON value of a message; None if it is not JSON, which no client event is."""
    try:
        return DECODER.decode(message if isinstance(message, str) else message.decode())
    except (ValueError, RecursionError):
        return None


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_constant=refuse_constant)


def in_slices(event: Any) -> list[Any]:
    """A long append as several short ones, if its audio is sound base64."""
    audio = event.get("audio") if isinstance(event, dict) and event.get("type") == "input_audio_buffer.append" else None
    if not isinstance(audio, str) or not SLICE_LETTERS < len(audio) <= MAX_AUDIO:
        return [event]
    try:
        base64.b64decode(audio, validate=True)
    except ValueError:
        return [event]
    return [event | {"audio": audio[start : start + SLICE_LETTERS]} for start in range(0, len(audio), SLICE_LETTERS)]
