"""The provider's names and shapes: reads GA and beta, writes the one the profile asks for."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from . import events as ev
from . import fields, pause_reports, tool_reports, usage_reports
from .fields import Message
from .functions import Function
from .history import Part, Seen, ToolUse
from .turn_detection import Detection, PushToTalk, SemanticVad, ServerVad

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
# Why a response is incomplete: the provider's two words, and those of servers that follow its older interface.
_INCOMPLETE: Mapping[str, ev.Incomplete] = MappingProxyType(
    {"max_output_tokens": "length", "content_filter": "filter", "max_tokens": "length", "length": "length"}
)
AUDIO_DELTA = "response.output_audio.delta"
# What functions may be called.
_NO_FUNCTION_NAME, MAX_FUNCTION_NAME = re.compile(r"[^A-Za-z0-9_-]"), 64
# The provider says of this one that it takes no prompt.
_WITHOUT_HINTS = frozenset({"gpt-realtime-whisper"})


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Every value of a session, set explicitly since servers' defaults differ by model.

    `opening`: what the model is told for the response that opens the call; empty where the person speaks first.
    `hints`: words the transcription may expect. `noise`: for what microphone the server takes noise out; None: it
    cannot be told. `confirms`: who speaks into an answer interrupts it once it is clear that they mean to. `yields`:
    the server can be told to leave beginning and end of responses to us. `functions`: what the model may ask us for.
    `servers`: MCP servers that it reaches by itself, as the protocol lists them; they may hold secrets.
    """

    voice: str
    instructions: str
    transcription_model: str | None = None
    language: str | None = None
    detection: Detection = field(default_factory=ServerVad)
    hints: str = ""
    speed: float = 1.0
    opening: str = ""
    noise: ev.Noise | None = None
    confirms: bool = False
    yields: bool = False
    functions: tuple[Function, ...] = ()
    servers: tuple[Message, ...] = field(default=(), repr=False, hash=False)

    @property
    def decides(self) -> bool:
        """Whether we say when a response to what was spoken ends and begins, and not the server."""
        return self.confirms and self.yields and not isinstance(self.detection, PushToTalk)


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
                **({"noise_reduction": _noise_reduction(config)} if config.noise else {}),
                "turn_detection": _turn_detection(config),
            },
            "output": {"format": pcm, "voice": config.voice, "speed": config.speed},
        },
        "tools": [*(each.shown() for each in config.functions), *config.servers],
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
        **({"input_audio_noise_reduction": _noise_reduction(config)} if config.noise else {}),
        "turn_detection": _turn_detection(config),
        "tools": [each.shown() for each in config.functions],
        "tool_choice": "auto",
        "temperature": 0.8,
        "max_response_output_tokens": "inf",
    }


def _transcription(config: SessionConfig) -> dict[str, str] | None:
    if config.transcription_model is None:
        return None
    language = {"language": config.language} if config.language else {}
    takes_hints = config.hints and config.transcription_model not in _WITHOUT_HINTS
    return {"model": config.transcription_model, **language, **({"prompt": config.hints} if takes_hints else {})}


def _noise_reduction(config: SessionConfig) -> dict[str, str] | None:
    return None if config.noise == "off" else {"type": f"{config.noise}_field"}


def _turn_detection(config: SessionConfig) -> dict[str, Any] | None:
    by_itself = {"create_response": not config.decides, "interrupt_response": not config.decides}
    match config.detection:
        case ServerVad(threshold, prefix_ms, silence_ms, idle_ms):
            times = {"prefix_padding_ms": prefix_ms, "silence_duration_ms": silence_ms}
            idle = {} if idle_ms is None else {"idle_timeout_ms": idle_ms or None}
            return {"type": "server_vad", "threshold": threshold, **times, **idle, **by_itself}
        case SemanticVad(eagerness):
            return {"type": "semantic_vad", "eagerness": eagerness, **by_itself}
        case PushToTalk():
            return None


def input_settings_update(config: SessionConfig, shape: Shape, event_id: str) -> dict[str, Any]:
    """The `session.update` that changes how the person is heard, in mid-call; nothing else is touched."""
    hearing: dict[str, Any] = {"transcription": _transcription(config)}
    if config.noise:
        hearing["noise_reduction"] = _noise_reduction(config)
    detection = {"turn_detection": _turn_detection(config)}
    session: dict[str, Any] = {"type": "realtime", "audio": {"input": hearing | detection}}
    if shape == "beta":
        session = {f"input_audio_{name}": value for name, value in hearing.items()} | detection
    return {"type": "session.update", "event_id": event_id, "session": session}


def user_text(item: str, text: str) -> dict[str, Any]:
    """A typed message of the person, under an id of ours."""
    content = [{"type": "input_text", "text": text}]
    return create_item({"id": item, "type": "message", "role": "user", "content": content})


def user_picture(item: str, jpeg: str) -> dict[str, Any]:
    """A picture that the person shows, base64 of a JPEG, under an id of ours."""
    content = [{"type": "input_image", "image_url": f"data:image/jpeg;base64,{jpeg}"}]
    return create_item({"id": item, "type": "message", "role": "user", "content": content})


def create_item(item: Message) -> dict[str, Any]:
    return {"type": "conversation.item.create", "item": item}


def told(item: str, part: Part, shape: Shape, after: str = "") -> list[dict[str, Any]]:
    """What was said so far, or a tool's call with its result, for a session that does not know of it.

    `after`: the item it belongs behind; empty: the latest.
    """
    if isinstance(part, ToolUse):
        # The server's own tools have other ids and names than functions may have.
        call, name = f"call_{item}", _NO_FUNCTION_NAME.sub("_", part.name)[:MAX_FUNCTION_NAME]
        use = {"id": item, "type": "function_call", "call_id": call, "name": name, "arguments": part.arguments}
        return [create_item(use), tool_output(call, part.result)]
    if isinstance(part, Seen):
        message = user_picture(item, part.jpeg)
        return [{**message, "previous_item_id": after} if after else message]
    spoken = "output_text" if shape == "ga" else "text"
    content = [{"type": "input_text" if part.role == "user" else spoken, "text": part.text}]
    message = create_item({"id": item, "type": "message", "role": part.role, "content": content})
    return [{**message, "previous_item_id": after} if after else message]


def create_response(event_id: str, instructions: str = "", *, tools: bool = True) -> dict[str, Any]:
    """A `response.create`; with instructions of its own, or the session's. `tools`: it may call them."""
    choice = {} if tools else {"tool_choice": "none"}
    own = {"response": {"instructions": instructions, **choice}} if instructions else {}
    return {"type": "response.create", "event_id": event_id, **own}


def tool_output(call: str, output: str) -> dict[str, Any]:
    """The answer to a function's call."""
    return create_item({"type": "function_call_output", "call_id": call, "output": output})


def approval(item: str, request: str, *, yes: bool) -> dict[str, Any]:
    """The answer, under an id of ours, to the question whether a tool of the server's may run."""
    answer = {"type": "mcp_approval_response", "approval_request_id": request, "approve": yes}
    return create_item({"id": item, **answer})


def truncate(item: str, heard_ms: int) -> dict[str, Any]:
    return {"type": "conversation.item.truncate", "item_id": item, "content_index": 0, "audio_end_ms": heard_ms}


def delete(item: str) -> dict[str, Any]:
    return {"type": "conversation.item.delete", "item_id": item}


def cancel(response: str) -> dict[str, Any]:
    """Of the one that runs, where it has no id that we know."""
    return {"type": "response.cancel", **({"response_id": response} if response else {})}


CLEAR_SOUND: Message = MappingProxyType({"type": "input_audio_buffer.clear"})
COMMIT_SOUND: Message = MappingProxyType({"type": "input_audio_buffer.commit"})


def ga_name(kind: object) -> str:
    """The GA name of an event's type, which may be a beta one; empty where it is no text."""
    return _RENAMED.get(kind, kind) if isinstance(kind, str) else ""


def means_something(kind: str) -> bool:
    """Whether `decode` ever makes something of an event of this type."""
    return ga_name(kind) in _READERS


def decode(message: Message) -> ev.UpstreamEvent | None:
    """One server event, in either dialect, as a value; None for one that means nothing to a call.

    Raises `ValueError` for a known type whose fields are missing or of the wrong type.
    """
    kind = message.get("type")
    if not isinstance(kind, str):
        raise ValueError("an event has no type")  # noqa: TRY004 - the peer's fault, not a programmer's
    reader = _READERS.get(ga_name(kind))
    return reader(message) if reader else None


def _expiry(session: Message) -> int | None:
    return fields.count(session, "expires_at") or None


def _session_created(message: Message) -> ev.SessionCreated:
    session = fields.part(message, "session")
    return ev.SessionCreated(fields.optional(session, "model"), _expiry(session))


def _session_updated(message: Message) -> ev.SessionUpdated:
    session = fields.part(message, "session")
    output = fields.part(fields.part(session, "audio"), "output")
    voice = fields.optional(output, "voice") or fields.optional(session, "voice")
    return ev.SessionUpdated(fields.optional(session, "model"), voice, _expiry(session))


def _item_added(message: Message) -> ev.ItemAdded | ev.ToolReported:
    tool = tool_reports.of_item(message, done=False)
    if tool:
        return tool
    item = fields.part(message, "item")
    after = fields.optional(message, "previous_item_id") or None
    return ev.ItemAdded(
        fields.text(item, "id"), after, fields.optional(item, "role"), _item_kind(item), _typed_text(item)
    )


def _item_kind(item: Message) -> str:
    kind = fields.optional(item, "type")
    if kind != "message":
        return kind
    return "text" if _typed_text(item) else "audio"


def _typed_text(item: Message) -> str:
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    texts = [fields.optional(part, "text") for part in parts if type(part) is dict]
    return "".join(texts)


def _output_item(message: Message) -> ev.OutputItemAdded | ev.ToolReported:
    tool = tool_reports.of_item(message, done=False)
    if tool:
        return tool
    item = fields.part(message, "item")
    return ev.OutputItemAdded(
        fields.optional(message, "response_id"),
        fields.text(item, "id"),
        fields.optional(item, "role"),
        _item_kind(item),
    )


def _response_done(message: Message) -> ev.ResponseDone:
    response = fields.part(message, "response")
    # xAI puts the usage at the top and makes status_details a string.
    usage = fields.part(response, "usage") or fields.part(message, "usage")
    error = fields.part(fields.part(response, "status_details"), "error")
    status, used = fields.optional(response, "status"), usage_reports.tokens(usage)
    return ev.ResponseDone(
        fields.optional(response, "id"),
        status,
        # No answer costs nothing: a server that says so does not count.
        None if used == ev.Usage() and status == "completed" else used,
        _code(error),
        fields.optional(error, "message"),
        _incomplete(response) if status == "incomplete" else None,
    )


def _incomplete(response: Message) -> ev.Incomplete:
    details = fields.part(response, "status_details")
    reason = fields.optional(details, "reason") or fields.optional(response, "status_details")
    return _INCOMPLETE.get(reason, "other")


def _code(error: Message) -> str:
    return fields.word(error, "code") or fields.word(error, "type")


def _error(message: Message) -> ev.UpstreamError:
    error = fields.part(message, "error")
    # vLLM's is plain words.
    words = fields.optional(error, "message") or fields.optional(message, "error")
    return ev.UpstreamError(_code(error), words, fields.optional(error, "event_id"), fields.optional(error, "param"))


def _item(message: Message) -> str:
    return fields.text(message, "item_id")


def _response(message: Message) -> str:
    return fields.optional(message, "response_id")


# xAI repeats `completed` while a transcript is still growing; those are snapshots, not ends.
def _user_text(message: Message) -> ev.UserText | ev.UserTextFailed | None:
    if message.get("status") == "in_progress":
        return None
    usage = usage_reports.transcribing(fields.part(message, "usage"))
    if not isinstance(message.get("transcript"), str):
        return ev.UserTextFailed(_item(message), "no_transcript", usage)
    return ev.UserText(_item(message), fields.optional(message, "transcript"), usage)


_READERS: Mapping[str, Callable[[Message], ev.UpstreamEvent | None]] = MappingProxyType(
    {
        "session.created": _session_created,
        "session.updated": _session_updated,
        "input_audio_buffer.speech_started": lambda m: ev.SpeechStarted(fields.optional(m, "item_id")),
        "input_audio_buffer.speech_stopped": lambda m: ev.SpeechStopped(fields.optional(m, "item_id")),
        "input_audio_buffer.committed": lambda m: ev.Committed(
            _item(m), fields.optional(m, "previous_item_id") or None
        ),
        "conversation.item.added": _item_added,
        "conversation.item.deleted": lambda m: ev.ItemDeleted(_item(m)),
        "conversation.item.input_audio_transcription.delta": lambda m: ev.UserTextDelta(
            _item(m), fields.optional(m, "delta")
        ),
        "conversation.item.input_audio_transcription.completed": _user_text,
        "conversation.item.input_audio_transcription.failed": lambda m: ev.UserTextFailed(
            _item(m), _code(fields.part(m, "error"))
        ),
        "response.created": lambda m: ev.ResponseCreated(fields.optional(fields.part(m, "response"), "id")),
        "response.done": _response_done,
        "response.output_item.added": _output_item,
        "response.output_audio.delta": lambda m: ev.AudioDelta(_response(m), _item(m), fields.optional(m, "delta")),
        "response.output_audio.done": lambda m: ev.AudioDone(_response(m), _item(m)),
        "response.output_audio_transcript.delta": lambda m: ev.AssistantTextDelta(
            _response(m), _item(m), fields.optional(m, "delta")
        ),
        "response.output_audio_transcript.done": lambda m: ev.AssistantText(
            _response(m), _item(m), fields.optional(m, "transcript")
        ),
        "response.output_text.delta": lambda m: ev.AssistantTextDelta(
            _response(m), _item(m), fields.optional(m, "delta")
        ),
        "response.output_text.done": lambda m: ev.AssistantText(_response(m), _item(m), fields.optional(m, "text")),
        "error": _error,
        **tool_reports.READERS,
        **pause_reports.READERS,
    }
)
