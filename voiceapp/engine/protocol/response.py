"""One response: its events, in the order that the GA interface was recorded to send them."""

from dataclasses import dataclass, field
from typing import Any

from . import events
from .events import Event, Item


@dataclass
class Response:
    """Opens and closes output items one after another. Each method returns the events to send."""

    identifier: str
    conversation: str | None
    audio: dict[str, Any]
    modalities: list[str] = field(default_factory=lambda: ["audio"])
    max_output_tokens: int | str = "inf"
    metadata: dict[str, str] | None = None
    status: str = "in_progress"
    _status_details: dict[str, Any] | None = None
    usage: dict[str, Any] | None = None
    output: list[Item] = field(default_factory=list)
    _previous: str | None = None
    item: Item | None = None
    text: str = ""

    @property
    def spoken(self) -> bool:
        return "audio" in self.modalities

    def snapshot(self) -> dict[str, Any]:
        return {
            "object": "realtime.response",
            "id": self.identifier,
            "status": self.status,
            "status_details": self._status_details,
            "output": [dict(item) for item in self.output],
            "conversation_id": self.conversation,
            "output_modalities": self.modalities,
            "max_output_tokens": self.max_output_tokens,
            "audio": {"output": {"format": self.audio["format"], "voice": self.audio["voice"]}},
            "usage": self.usage,
            "metadata": self.metadata,
        }

    def created(self) -> list[Event]:
        return [{"type": "response.created", "response": self.snapshot()}]

    # A message

    def open_message(self, item: str, previous: str | None) -> list[Event]:
        message = {"id": item, "type": "message", "status": "in_progress", "role": "assistant", "content": []}
        part = {"type": "audio", "transcript": ""} if self.spoken else {"type": "text", "text": ""}
        self.text = ""
        return [*self._open(message, previous), self._event("response.content_part.added", part=part)]

    def text_delta(self, delta: str) -> list[Event]:
        self.text += delta
        kind = "response.output_audio_transcript.delta" if self.spoken else "response.output_text.delta"
        return [self._event(kind, delta=delta, obfuscation=events.obfuscation(delta))]

    def audio_delta(self, audio: str) -> list[Event]:
        """`audio` is base64 in the session's output format."""
        return [self._event("response.output_audio.delta", delta=audio)]

    def close_message(self, status: str = "completed") -> list[Event]:
        if self.spoken:
            part = {"type": "audio", "transcript": self.text}
            ends = [
                self._event("response.output_audio.done"),
                self._event("response.output_audio_transcript.done", transcript=self.text),
            ]
        else:
            part = {"type": "text", "text": self.text}
            ends = [self._event("response.output_text.done", text=self.text)]
        content = part | {"type": f"output_{part['type']}"}
        ends.append(self._event("response.content_part.done", part=part))
        return ends + self._close({"status": status, "content": [content]})

    # A function call

    def function_call(self, item: str, previous: str | None, call_id: str, name: str, arguments: str) -> list[Event]:
        opened = {
            "id": item,
            "type": "function_call",
            "status": "in_progress",
            "name": name,
            "call_id": call_id,
            "arguments": "",
        }
        sent = self._open(opened, previous)
        delta = {"delta": arguments, "obfuscation": events.obfuscation(arguments)}
        sent.append(self._call_event("delta", call_id, **delta))
        sent.append(self._call_event("done", call_id, name=name, arguments=arguments))
        return sent + self._close({"status": "completed", "arguments": arguments})

    # The end

    def done(
        self,
        status: str = "completed",
        details: dict[str, Any] | None = None,
        usage: dict[str, Any] | None = None,
    ) -> list[Event]:
        self.status, self._status_details, self.usage = status, details, usage
        return [{"type": "response.done", "response": self.snapshot()}]

    def cancelled(self, reason: str, usage: dict[str, Any] | None = None) -> list[Event]:
        """Closes the open item and ends the response; `reason` is `turn_detected` or `client_cancelled`."""
        sent = self.close_message("incomplete") if self.item else []
        return sent + self.done("cancelled", {"type": "cancelled", "reason": reason}, usage)

    # Below the surface

    def _open(self, item: Item, previous: str | None) -> list[Event]:
        self.item, self._previous = item, previous
        added = {"response_id": self.identifier, "output_index": len(self.output), "item": dict(item)}
        sent = [{"type": "response.output_item.added", **added}]
        if self.conversation:
            sent.append(events.item_added(dict(item), previous))
        return sent

    def _close(self, changes: dict[str, Any]) -> list[Event]:
        item = self._current() | changes
        ended = {"response_id": self.identifier, "output_index": len(self.output), "item": item}
        sent = [events.item_done(item, self._previous)] if self.conversation else []
        self.output.append(item)
        self.item = None
        return [*sent, {"type": "response.output_item.done", **ended}]

    def _event(self, kind: str, **fields: Any) -> Event:
        return {"type": kind, **self._places(), "content_index": 0, **fields}

    def _call_event(self, end: str, call_id: str, **fields: Any) -> Event:
        kind = f"response.function_call_arguments.{end}"
        return {"type": kind, **self._places(), "call_id": call_id, **fields}

    def _places(self) -> dict[str, Any]:
        return {
            "response_id": self.identifier,
            "item_id": self._current()["id"],
            "output_index": len(self.output),
        }

    def _current(self) -> Item:
        if self.item is None:
            raise RuntimeError("no output item is open")
        return self.item
