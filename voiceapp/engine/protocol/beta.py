"""The beta dialect: turns a GA server event into what older servers would send."""

from types import MappingProxyType
from typing import Any

from .events import Event

EVENT_NAMES = MappingProxyType(
    {
        "response.output_text.delta": "response.text.delta",
        "response.output_text.done": "response.text.done",
        "response.output_audio.delta": "response.audio.delta",
        "response.output_audio.done": "response.audio.done",
        "response.output_audio_transcript.delta": "response.audio_transcript.delta",
        "response.output_audio_transcript.done": "response.audio_transcript.done",
        "conversation.item.added": "conversation.item.created",
    }
)
PART_TYPES = MappingProxyType({"output_text": "text", "output_audio": "audio"})
FORMATS = MappingProxyType({"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"})


def to_beta(event: Event) -> Event | None:
    """The event with its beta name and shape; None if the beta interface has no such event."""
    if event["type"] == "conversation.item.done":
        return None
    changed = event | {"type": EVENT_NAMES.get(event["type"], event["type"])}
    for key, change in (("session", session), ("response", response), ("item", item)):
        if isinstance(changed.get(key), dict):
            changed[key] = change(changed[key])
    return changed


def session(ga: dict[str, Any]) -> dict[str, Any]:
    """A GA session object, flattened."""
    if "audio" not in ga:
        return ga
    audio_input, audio_output = ga["audio"]["input"], ga["audio"]["output"]
    kept = {key: ga[key] for key in ("id", "object", "model", "expires_at", "instructions", "tools", "tool_choice")}
    return kept | {
        "modalities": modalities(ga["output_modalities"]),
        "voice": audio_output["voice"],
        "input_audio_format": FORMATS[audio_input["format"]["type"]],
        "output_audio_format": FORMATS[audio_output["format"]["type"]],
        "input_audio_transcription": audio_input["transcription"],
        "turn_detection": audio_input["turn_detection"],
        "temperature": 0.8,
        "max_response_output_tokens": ga["max_output_tokens"],
        "client_secret": None,
    }


def response(ga: dict[str, Any]) -> dict[str, Any]:
    """A GA response object with flat audio fields."""
    if "audio" not in ga:
        return ga
    kept = {key: value for key, value in ga.items() if key not in ("audio", "output_modalities", "output")}
    audio_output = ga["audio"]["output"]
    return kept | {
        "modalities": modalities(ga["output_modalities"]),
        "voice": audio_output["voice"],
        "output_audio_format": FORMATS[audio_output["format"]["type"]],
        "temperature": 0.8,
        "output": [item(output) for output in ga["output"]],
    }


def item(ga: dict[str, Any]) -> dict[str, Any]:
    changed = ga | {"object": "realtime.item"}
    if "content" in ga:
        changed["content"] = [part | {"type": PART_TYPES.get(part["type"], part["type"])} for part in ga["content"]]
    return changed


def modalities(ga: list[str]) -> list[str]:
    return ["text", "audio"] if "audio" in ga else ["text"]
