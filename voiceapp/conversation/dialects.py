"""The provider's names and shapes: reads GA and beta, writes the one the profile asks for."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from . import events as ev
from .detection import Detection, PushToTalk, SemanticVad, ServerVad
from .sound import base64_size

Message = Mapping[str, Any]
Shape = Literal["ga", "beta"]

# Beta name → GA name (the rename table of the GA migration).
_RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "response.text.delta": "response.output_text.delta",
        "response.text.done": "response.output_text.done",
        "response.audio.delta": "response.output_audio.delta",
        "response.audio.done": "response.output_audio.done",
        "response.audio_transcript.delta": "response.output_audio_transcript.delta",
        "response.audio_transcript.done": "response.output_audio_transcript.done",
        "conversation.item.created": "conversation.item.added",
    }
)
# Every server seen writes the type first; one that does not takes the ordinary way.
_TYPE_WITHIN = 60
_DELTA = re.compile(rb'"delta"\s*:\s*"')
AUDIO_DELTA = "response.output_audio.delta"


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Every value of a session, set explicitly since servers' defaults differ by model."""

    voice: str
    instructions: str
    transcription_model: str | None = None
    language: str | None = None
    detection: Detection = field(default_factory=ServerVad)


def session_update(config: SessionConfig, shape: Shape, event_id: str) -> dict[str, Any]:
    """The `session.update` that makes the session what `config` says."""
    session = _ga_session(config) if shape == "ga" else _beta_session(config)
    return {"type": "session.update", "event_id": event_id, "session": session}


def _ga_session(config: SessionConfig) -> dict[str, Any]:
    pcm = {"type": "audio/pcm", "rate": 24000}
    return {
        "type": "realtime",
        "instructions": config.instructions,
        "output_modalities": ["audio"],
        "audio": {
            "input": {
                "format": pcm,
                "transcription": _transcription(config),
                "noise_reduction": {"type": "near_field"},
                "turn_detection": _turn_detection(config),
            },
            "output": {"format": pcm, "voice": config.voice, "speed": 1.0},
        },
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "truncation": "auto",
    }


def _beta_session(config: SessionConfig) -> dict[str, Any]:
    return {
        "modalities": ["text", "audio"],
        "instructions": config.instructions,
        "voice": config.voice,
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_transcription": _transcription(config),
        "turn_detection": _turn_detection(config),
        "tools": [],
        "tool_choice": "auto",
        "temperature": 0.8,
        "max_response_output_tokens": "inf",
    }


def _transcription(config: SessionConfig) -> dict[str, str] | None:
    if config.transcription_model is None:
        return None
    language = {"language": config.language} if config.language else {}
    return {"model": config.transcription_model, **language}


def _turn_detection(config: SessionConfig) -> dict[str, Any] | None:
    by_itself = {"create_response": True, "interrupt_response": True}
    match config.detection:
        case ServerVad(threshold, prefix_ms, silence_ms):
            times = {"prefix_padding_ms": prefix_ms, "silence_duration_ms": silence_ms}
            return {"type": "server_vad", "threshold": threshold, **times, **by_itself}
        case SemanticVad(eagerness):
            return {"type": "semantic_vad", "eagerness": eagerness, **by_itself}
        case PushToTalk():
            return None


def hearing_update(config: SessionConfig, shape: Shape, event_id: str) -> dict[str, Any]:
    """The `session.update` that changes how the person is heard, in mid-call; nothing else is touched."""
    transcription, detection = _transcription(config), _turn_detection(config)
    session: dict[str, Any] = {"input_audio_transcription": transcription, "turn_detection": detection}
    if shape == "ga":
        hearing = {"transcription": transcription, "turn_detection": detection}
        session = {"type": "realtime", "audio": {"input": hearing}}
    return {"type": "session.update", "event_id": event_id, "session": session}


def user_text(item: str, text: str) -> dict[str, Any]:
    """A typed message of the person, under an id of ours."""
    content = [{"type": "input_text", "text": text}]
    return {
        "type": "conversation.item.create",
        "item": {"id": item, "type": "message", "role": "user", "content": content},
    }


def truncate(item: str, heard_ms: int) -> dict[str, Any]:
    return {"type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": heard_ms}


def delete(item: str) -> dict[str, Any]:
    return {"type": "conversation.item.delete", "item_id": item}


def cancel(response: str) -> dict[str, Any]:
    return {"type": "response.cancel", "response_id": response}


CREATE_RESPONSE: Message = MappingProxyType({"type": "response.create"})
CLEAR_SOUND: Message = MappingProxyType({"type": "input_audio_buffer.clear"})
COMMIT_SOUND: Message = MappingProxyType({"type": "input_audio_buffer.commit"})


@dataclass(frozen=True, slots=True)
class SoundDelta:
    """An audio delta whose base64 was lifted out of its frame as it is. `size`: bytes of PCM16."""

    response: str
    item: str
    sound: bytes
    size: int


def peek_audio(payload: bytes) -> SoundDelta | None:
    """The audio delta in a frame, without parsing its sound; None for another event or an odd spelling of this one."""
    if b"audio.delta" not in payload[:_TYPE_WITHIN]:
        return None
    found = _DELTA.search(payload)
    end = payload.find(b'"', found.end()) if found else -1
    if found is None or end < 0:
        return None
    sound = payload[found.end() : end]
    try:
        # What is left around the sound is small, and is JSON again.
        envelope = json.loads(payload[: found.end()] + payload[end:])
        event = decode(envelope) if isinstance(envelope, dict) else None
        size = base64_size(sound)
    except ValueError:
        return None
    if not isinstance(event, ev.AudioDelta) or event.audio:
        return None
    return SoundDelta(event.response, event.item, sound, size)


def decode(message: Message) -> ev.UpstreamEvent | None:
    """One server event, in either dialect, as a value; None for one that means nothing to a call.

    Raises `ValueError` for a known type whose fields are missing or of the wrong type.
    """
    kind = message.get("type")
    if not isinstance(kind, str):
        raise ValueError("an event has no type")  # noqa: TRY004 - the peer's fault, not a programmer's
    reader = _READERS.get(_RENAMED.get(kind, kind))
    return reader(message) if reader else None


def _text(message: Message, name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing or not a string")  # noqa: TRY004
    return value


def _optional(message: Message, name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def _part(message: Message, name: str) -> Message:
    value = message.get(name)
    return value if isinstance(value, Mapping) else {}


def _count(message: Message, name: str) -> int:
    value = message.get(name)
    return value if isinstance(value, int) and value >= 0 else 0


def _expiry(session: Message) -> int | None:
    return _count(session, "expires_at") or None


def _session_created(message: Message) -> ev.SessionCreated:
    session = _part(message, "session")
    return ev.SessionCreated(_optional(session, "model"), _expiry(session))


def _session_updated(message: Message) -> ev.SessionUpdated:
    session = _part(message, "session")
    output = _part(_part(session, "audio"), "output")
    voice = _optional(output, "voice") or _optional(session, "voice")
    return ev.SessionUpdated(_optional(session, "model"), voice, _expiry(session))


def _item_added(message: Message) -> ev.ItemAdded:
    item = _part(message, "item")
    after = _optional(message, "previous_item_id") or None
    return ev.ItemAdded(_text(item, "id"), after, _optional(item, "role"), _item_kind(item), _typed_text(item))


def _item_kind(item: Message) -> str:
    kind = _optional(item, "type")
    if kind != "message":
        return kind
    return "text" if _typed_text(item) else "audio"


def _typed_text(item: Message) -> str:
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    texts = [_optional(part, "text") for part in parts if isinstance(part, Mapping)]
    return "".join(texts)


def _output_item(message: Message) -> ev.OutputItemAdded:
    item = _part(message, "item")
    return ev.OutputItemAdded(
        _optional(message, "response_id"), _text(item, "id"), _optional(item, "role"), _item_kind(item)
    )


def _response_done(message: Message) -> ev.ResponseDone:
    response = _part(message, "response")
    # xAI puts the usage at the top and makes status_details a string.
    usage = _part(response, "usage") or _part(message, "usage")
    error = _part(_part(response, "status_details"), "error")
    code = _optional(error, "code") or _optional(error, "type")
    return ev.ResponseDone(
        _optional(response, "id"), _optional(response, "status"), read_usage(usage), code, _optional(error, "message")
    )


def read_usage(usage: Message) -> ev.Usage | None:
    """The tokens of a `response.usage`; None where the server counts none."""
    if not usage:
        return None
    incoming, outgoing = _part(usage, "input_token_details"), _part(usage, "output_token_details")
    return ev.Usage(
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        input_text_tokens=_count(incoming, "text_tokens"),
        input_audio_tokens=_count(incoming, "audio_tokens"),
        cached_tokens=_count(incoming, "cached_tokens"),
        output_text_tokens=_count(outgoing, "text_tokens"),
        output_audio_tokens=_count(outgoing, "audio_tokens"),
    )


def _error(message: Message) -> ev.UpstreamError:
    error = _part(message, "error")
    code = _optional(error, "code") or _optional(error, "type")
    return ev.UpstreamError(code, _optional(error, "message"), _optional(error, "event_id"))


def _item(message: Message) -> str:
    return _text(message, "item_id")


def _response(message: Message) -> str:
    return _optional(message, "response_id")


# xAI repeats `completed` while a transcript is still growing; those are snapshots, not ends.
def _user_text(message: Message) -> ev.UserText | None:
    if message.get("status") == "in_progress":
        return None
    return ev.UserText(_item(message), _text(message, "transcript"))


_READERS: Mapping[str, Callable[[Message], ev.UpstreamEvent | None]] = MappingProxyType(
    {
        "session.created": _session_created,
        "session.updated": _session_updated,
        "input_audio_buffer.speech_started": lambda m: ev.SpeechStarted(_item(m)),
        "input_audio_buffer.speech_stopped": lambda m: ev.SpeechStopped(_item(m)),
        "input_audio_buffer.committed": lambda m: ev.Committed(_item(m), _optional(m, "previous_item_id") or None),
        "conversation.item.added": _item_added,
        "conversation.item.deleted": lambda m: ev.ItemDeleted(_item(m)),
        "conversation.item.input_audio_transcription.delta": lambda m: ev.UserTextDelta(
            _item(m), _optional(m, "delta")
        ),
        "conversation.item.input_audio_transcription.completed": _user_text,
        "conversation.item.input_audio_transcription.failed": lambda m: ev.UserTextFailed(_item(m)),
        "response.created": lambda m: ev.ResponseCreated(_optional(_part(m, "response"), "id")),
        "response.done": _response_done,
        "response.output_item.added": _output_item,
        "response.output_audio.delta": lambda m: ev.AudioDelta(_response(m), _item(m), _text(m, "delta")),
        "response.output_audio.done": lambda m: ev.AudioDone(_response(m), _item(m)),
        "response.output_audio_transcript.delta": lambda m: ev.AssistantTextDelta(
            _response(m), _item(m), _text(m, "delta")
        ),
        "response.output_audio_transcript.done": lambda m: ev.AssistantText(
            _response(m), _item(m), _text(m, "transcript")
        ),
        "response.output_text.delta": lambda m: ev.AssistantTextDelta(_response(m), _item(m), _text(m, "delta")),
        "response.output_text.done": lambda m: ev.AssistantText(_response(m), _item(m), _text(m, "text")),
        "error": _error,
    }
)
