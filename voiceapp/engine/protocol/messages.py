"""Reads a client's messages: JSON, long appends in slices, and base64 audio."""

import base64
import binascii
import json
from typing import Any

from .checks import RefusedError

# Base64 characters in one event: 15 MiB of audio.
MAX_AUDIO = 15 * 1024 * 1024 * 4 // 3
# Base64 characters of an append that are handled at a time (512 ms of PCM): others get their turn in between.
SLICE = 32768


def parse(message: str | bytes) -> Any:
    """The JSON value of a message; None if it is not JSON (no client event is null)."""
    try:
        return DECODER.decode(message if isinstance(message, str) else message.decode())
    except (ValueError, RecursionError):
        return None


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_constant=refuse_constant)


def in_slices(event: Any) -> list[Any]:
    """Several short appends in place of a long one, if its audio is valid base64; any other event alone."""
    audio = event.get("audio") if isinstance(event, dict) and event.get("type") == "input_audio_buffer.append" else None
    if not isinstance(audio, str) or not SLICE < len(audio) <= MAX_AUDIO:
        return [event]
    try:
        base64.b64decode(audio, validate=True)
    except ValueError:
        return [event]
    return [event | {"audio": audio[start : start + SLICE]} for start in range(0, len(audio), SLICE)]


def audio_bytes(audio: str, param: str) -> bytes:
    """The bytes of base64 audio. Raises `RefusedError`, naming `param`, if it is too long or not base64."""
    if len(audio) > MAX_AUDIO:
        raise RefusedError("invalid_value", f"Invalid '{param}': at most 15 MiB of audio in one event.", param)
    try:
        return base64.b64decode(audio, validate=True)
    except (binascii.Error, ValueError):
        message = f"Invalid '{param}'. Expected base64-encoded audio bytes, but got an invalid value."
        raise RefusedError("invalid_value", message, param) from None
