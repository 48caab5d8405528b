"""The client events of the Realtime GA protocol and the values their fields may have."""

from types import MappingProxyType
from typing import Any

from ..speech.voices import VOICES
from . import session_object
from .checks import (
    Check,
    RefusedError,
    anything,
    choice,
    either,
    flag,
    integer,
    mapping,
    nullable,
    number,
    record,
    sequence,
    text,
    text_up_to,
    variants,
)

MAX_EVENT_ID, MAX_TEXT = 512, 256 * 1024
# A picture's address with its content: 3/4 of a megabyte of it.
MAX_PICTURE = 1024 * 1024
long_text = text_up_to(MAX_TEXT)

# Formats and voices

FORMAT = variants(
    "type",
    {
        "audio/pcm": record({"type": text, "rate": choice(24000)}),
        "audio/pcmu": record({"type": text, "rate": choice(8000)}),
        "audio/pcma": record({"type": text, "rate": choice(8000)}),
    },
)
VOICE = choice(*VOICES)

# Hearing

COMMON_DETECTION: MappingProxyType[str, Check] = MappingProxyType(
    {"type": text, "create_response": flag, "interrupt_response": flag}
)
DETECTION_FIELDS: MappingProxyType[str, dict[str, Check]] = MappingProxyType(
    {
        "server_vad": COMMON_DETECTION
        | {
            "threshold": number(0, 1),
            "prefix_padding_ms": integer(0, 5000),
            "silence_duration_ms": integer(0, 10000),
            "idle_timeout_ms": nullable(integer(5000, 30000)),
        },
        "semantic_vad": COMMON_DETECTION | {"eagerness": choice("auto", "low", "medium", "high")},
    }
)
DETECTION = variants("type", {name: record(fields) for name, fields in DETECTION_FIELDS.items()})
TRANSCRIPTION = record(
    {
        "model": text,
        "language": nullable(text),
        "prompt": nullable(text),
        "languages": nullable(sequence(text)),
        "keywords": nullable(sequence(text)),
        "delay": nullable(choice("minimal", "low", "medium", "high", "xhigh")),
    }
)
INPUT_FIELDS: MappingProxyType[str, Check] = MappingProxyType(
    {
        "format": FORMAT,
        "transcription": nullable(TRANSCRIPTION),
        "noise_reduction": nullable(
            record({"type": choice("near_field", "far_field"), "strength": anything}, required=("type",))
        ),
        "turn_detection": nullable(DETECTION),
    }
)

# Tools

FUNCTION = record(
    {"type": text, "name": text_up_to(64), "description": text, "parameters": mapping, "strict": nullable(flag)},
    required=("name",),
)
TOOL = variants("type", {"function": FUNCTION})
TOOL_CHOICE = either(
    choice("auto", "none", "required"),
    variants("type", {"function": record({"type": text, "name": text}, required=("name",))}),
)

# The session

TOKENS = either(choice("inf"), integer(1, 4096))
MODALITIES = either(choice(["audio"]), choice(["text"]))
RETENTION = record({"type": text, "retention_ratio": number(0, 1), "token_limits": nullable(mapping)})
TRUNCATION = either(choice("auto", "disabled"), variants("type", {"retention_ratio": RETENTION}))
METADATA = nullable(mapping)

SESSION = variants(
    "type",
    {
        "realtime": record(
            {
                "type": text,
                "model": text,
                "instructions": long_text,
                "output_modalities": MODALITIES,
                "audio": record(
                    {
                        "input": record(INPUT_FIELDS),
                        "output": record({"format": FORMAT, "voice": VOICE, "speed": number(0.25, 1.5)}),
                    }
                ),
                "tools": sequence(TOOL),
                "tool_choice": TOOL_CHOICE,
                "parallel_tool_calls": flag,
                "max_output_tokens": TOKENS,
                "truncation": TRUNCATION,
                "tracing": nullable(either(choice("auto"), mapping)),
                "prompt": nullable(mapping),
                "include": nullable(sequence(choice("item.input_audio_transcription.logprobs"))),
            }
        ),
        "transcription": anything,
    },
)

# Items

USER_PART = variants(
    "type",
    {
        "input_text": record({"type": text, "text": long_text}, required=("text",)),
        "input_audio": record({"type": text, "audio": text, "transcript": nullable(text)}, required=("audio",)),
        "input_image": record(
            {"type": text, "image_url": text_up_to(MAX_PICTURE), "detail": choice("auto", "low", "high")},
            required=("image_url",),
        ),
    },
)
ASSISTANT_PART = variants(
    "type",
    {
        "output_text": record({"type": text, "text": long_text}, required=("text",)),
        "text": record({"type": text, "text": long_text}, required=("text",)),
    },
)
SYSTEM_PART = variants("type", {"input_text": record({"type": text, "text": long_text}, required=("text",))})
COMMON_ITEM: MappingProxyType[str, Check] = MappingProxyType(
    {"type": text, "id": text_up_to(MAX_EVENT_ID), "object": text, "status": text}
)


def message(part: Check) -> Check:
    return record(COMMON_ITEM | {"role": text, "content": sequence(part)}, required=("content",))


MESSAGE = variants(
    "role",
    {"user": message(USER_PART), "assistant": message(ASSISTANT_PART), "system": message(SYSTEM_PART)},
)
ITEM = variants(
    "type",
    {
        "message": MESSAGE,
        "function_call": record(
            COMMON_ITEM | {"name": text, "call_id": text, "arguments": long_text}, required=("name", "arguments")
        ),
        "function_call_output": record(
            COMMON_ITEM | {"call_id": text, "output": long_text}, required=("call_id", "output")
        ),
    },
)
REFERENCE = record({"type": text, "id": text}, required=("id",))


def input_item(value: Any, path: str) -> None:
    """In `response.create`: a whole item, or a reference to one in the conversation."""
    mapping(value, path)
    (REFERENCE if value.get("type") == "item_reference" else ITEM)(value, path)


# Responses

RESPONSE = record(
    {
        "audio": record({"output": record({"format": FORMAT, "voice": VOICE})}),
        "conversation": choice("auto", "none"),
        "input": sequence(input_item),
        "instructions": long_text,
        "max_output_tokens": TOKENS,
        "metadata": METADATA,
        "output_modalities": MODALITIES,
        "parallel_tool_calls": flag,
        "tool_choice": TOOL_CHOICE,
        "tools": sequence(TOOL),
    }
)

# Events

EVENT_FIELDS: MappingProxyType[str, tuple[dict[str, Check], tuple[str, ...]]] = MappingProxyType(
    {
        "session.update": ({"session": SESSION}, ("session",)),
        "input_audio_buffer.append": ({"audio": text}, ("audio",)),
        "input_audio_buffer.commit": ({}, ()),
        "input_audio_buffer.clear": ({}, ()),
        "conversation.item.create": ({"item": ITEM, "previous_item_id": nullable(text)}, ("item",)),
        "conversation.item.retrieve": ({"item_id": text}, ("item_id",)),
        "conversation.item.delete": ({"item_id": text}, ("item_id",)),
        "conversation.item.truncate": (
            {"item_id": text, "content_index": integer(0, 0), "audio_end_ms": integer(0, 2**53)},
            ("item_id", "content_index", "audio_end_ms"),
        ),
        "response.create": ({"response": nullable(RESPONSE)}, ()),
        "response.cancel": ({"response_id": nullable(text)}, ()),
    }
)
ALWAYS: MappingProxyType[str, Check] = MappingProxyType({"type": text, "event_id": nullable(text_up_to(MAX_EVENT_ID))})
EVENT = variants("type", {name: record(ALWAYS | fields, need) for name, (fields, need) in EVENT_FIELDS.items()})


def check(event: Any) -> None:
    """Raises `RefusedError` if the server would not accept this client event."""
    if not isinstance(event, dict):
        raise RefusedError("invalid_event", "The message is not a JSON object that holds an event.")
    EVENT(event, "")
    session = event.get("session")
    if session is not None and session["type"] == "transcription":
        wrong = "Passing a transcription session update event to a realtime session is not allowed."
        raise RefusedError(None, wrong)


def detection_defaults(detection: str) -> dict[str, Any]:
    return session_object.server_vad() if detection == "server_vad" else session_object.semantic_vad()
