"""The session object of the Realtime GA interface, with its defaults."""

from typing import Any

# OpenAI and Azure end a session after 60 minutes.
SESSION_SECONDS = 3600


def session(identifier: str, model: str, expires_at: int, voice: str = "alloy") -> dict[str, Any]:
    """A new session as `session.created` shows it."""
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": identifier,
        "model": model,
        "expires_at": expires_at,
        "output_modalities": ["audio"],
        "instructions": "",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "audio": {"input": audio_input(), "output": audio_output(voice)},
        "include": None,
    }


def audio_input() -> dict[str, Any]:
    return {
        "format": {"type": "audio/pcm", "rate": 24000},
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": server_vad(),
    }


def audio_output(voice: str) -> dict[str, Any]:
    return {"format": {"type": "audio/pcm", "rate": 24000}, "voice": voice, "speed": 1.0}


def server_vad() -> dict[str, Any]:
    return {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
        "idle_timeout_ms": None,
        "create_response": True,
        "interrupt_response": True,
    }


def semantic_vad() -> dict[str, Any]:
    return {"type": "semantic_vad", "eagerness": "auto", "create_response": True, "interrupt_response": True}


def merged(old: Any, new: Any) -> Any:
    """`old` with the keys of `new` applied, nested objects key by key."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return old | {key: merged(old.get(key), value) for key, value in new.items()}
