"""The server events of the Realtime protocol that need no state, as plain dictionaries without `event_id`.

Field names and values follow recordings of the GA interface; the sender adds `event_id` to each.
"""

from typing import Any

Event = dict[str, Any]
Item = dict[str, Any]


def error(
    code: str | None,
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    event_id: str | None = None,
) -> Event:
    """An error; `event_id` is that of the client's event."""
    return {
        "type": "error",
        "error": {"type": kind, "code": code, "message": message, "param": param, "event_id": event_id},
    }


# The session


def session_created(session: dict[str, Any]) -> Event:
    return {"type": "session.created", "session": session}


def session_updated(session: dict[str, Any]) -> Event:
    return {"type": "session.updated", "session": session}


# The user's audio


def speech_started(item: str, audio_start_ms: int) -> Event:
    return {"type": "input_audio_buffer.speech_started", "audio_start_ms": audio_start_ms, "item_id": item}


def speech_paused(item: str, audio_end_ms: int, confidence: float | None, ends_in_ms: int) -> Event:
    """Our own, with `semantic_vad`: the turn ends after so much more silence, unless the user speaks on."""
    return {
        "type": "input_audio_buffer.speech_paused",
        "audio_end_ms": audio_end_ms,
        "item_id": item,
        "confidence": confidence if confidence is None else round(confidence, 3),
        "ends_in_ms": ends_in_ms,
    }


def speech_resumed(item: str, audio_start_ms: int) -> Event:
    """Our own: the user speaks on, after a `speech_paused`."""
    return {"type": "input_audio_buffer.speech_resumed", "audio_start_ms": audio_start_ms, "item_id": item}


def speech_stopped(item: str, audio_end_ms: int, silence_ms: int | None = None) -> Event:
    """`silence_ms`: our own, with `semantic_vad`: how much of it ended the turn, up to `audio_end_ms`."""
    stopped = {"type": "input_audio_buffer.speech_stopped", "audio_end_ms": audio_end_ms, "item_id": item}
    return stopped if silence_ms is None else {**stopped, "silence_ms": silence_ms}


def committed(item: str, previous: str | None) -> Event:
    return {"type": "input_audio_buffer.committed", "previous_item_id": previous, "item_id": item}


def cleared() -> Event:
    return {"type": "input_audio_buffer.cleared"}


def timeout_triggered(item: str, audio_start_ms: int, audio_end_ms: int) -> Event:
    return {
        "type": "input_audio_buffer.timeout_triggered",
        "audio_start_ms": audio_start_ms,
        "audio_end_ms": audio_end_ms,
        "item_id": item,
    }


def transcription_delta(item: str, delta: str) -> Event:
    return {
        "type": "conversation.item.input_audio_transcription.delta",
        "item_id": item,
        "content_index": 0,
        "delta": delta,
        "obfuscation": obfuscation(delta),
    }


def transcription_completed(item: str, transcript: str, seconds: int) -> Event:
    return {
        "type": "conversation.item.input_audio_transcription.completed",
        "item_id": item,
        "content_index": 0,
        "transcript": transcript,
        "usage": {"type": "duration", "seconds": seconds},
    }


def transcription_failed(item: str, code: str, message: str) -> Event:
    return {
        "type": "conversation.item.input_audio_transcription.failed",
        "item_id": item,
        "content_index": 0,
        "error": {"type": "server_error", "code": code, "message": message, "param": None},
    }


# The conversation


def item_added(item: Item, previous: str | None) -> Event:
    return {"type": "conversation.item.added", "previous_item_id": previous, "item": item}


def item_done(item: Item, previous: str | None) -> Event:
    return {"type": "conversation.item.done", "previous_item_id": previous, "item": item}


def item_retrieved(item: Item) -> Event:
    return {"type": "conversation.item.retrieved", "item": item}


def item_deleted(item: str) -> Event:
    return {"type": "conversation.item.deleted", "item_id": item}


def item_truncated(item: str, content_index: int, audio_end_ms: int) -> Event:
    return {
        "type": "conversation.item.truncated",
        "item_id": item,
        "content_index": content_index,
        "audio_end_ms": audio_end_ms,
    }


def user_audio_item(item: str) -> Item:
    """The item in `item.added`: complete at once, its transcript not known yet."""
    return {
        "id": item,
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": None}],
    }


def rate_limits_updated(limit: int, remaining: int, reset_seconds: float) -> Event:
    tokens = {"name": "tokens", "limit": limit, "remaining": remaining, "reset_seconds": reset_seconds}
    return {"type": "rate_limits.updated", "rate_limits": [tokens]}


def obfuscation(delta: str) -> str:
    """Filler that hides a delta's length, as the real server adds it. Clients ignore it."""
    return "aZ3kQ9xW7mL2pR5t"[len(delta) % 16 :]
