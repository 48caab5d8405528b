"""The responses of one session: which run, which wait, and what `response.create` may ask for."""

from dataclasses import dataclass, field, replace
from typing import Any

from ..brains.request import Failed, Message, Piece, Request
from ..protocol import events
from ..protocol.checks import RefusedError
from ..protocol.configuration import Configuration, shown_format
from ..protocol.events import Event
from ..protocol.identifiers import Source
from ..protocol.response import Response
from .effects import Answer, Effect, Send, Stop
from .items import Items, Kept
from .running_response import Speaking

TOKENS_PER_MINUTE = 40000
"""Shown in `rate_limits.updated` so that clients have something to read; this engine limits nothing by tokens."""


@dataclass
class Replies:
    """At most one response at a time belongs to the conversation; others run beside it."""

    settings: Configuration
    items: Items
    ids: Source
    out: list[Effect]
    running: dict[str, Speaking] = field(default_factory=dict)
    deferred: bool = False
    """A turn was taken while a response ran that may not be interrupted."""
    has_spoken: bool = False
    idle_at: float | None = None
    cached: int = 0
    conversation: str = field(init=False)

    def __post_init__(self) -> None:
        self.conversation = self.ids.fresh("conv")

    @property
    def active(self) -> Speaking | None:
        return next((speaking for speaking in self.running.values() if speaking.in_conversation), None)

    # Starting

    def create(self, options: dict[str, Any], waiting: bool) -> None:
        """What a client asked for."""
        inside = options.get("conversation", "auto") == "auto"
        if inside and self.active is not None:
            name = self.active.response.identifier
            message = f"Conversation already has an active response in progress: {name}. Wait until it is finished."
            raise RefusedError("conversation_already_has_active_response", message)
        self._start(options, self._messages(options), waiting=waiting)

    def automatic(self, idle: bool = False) -> None:
        """What the end of a turn, or a long silence, asks for."""
        if self.active is not None:
            self.deferred = True
            return
        self._start({}, self.items.messages(), idle=idle)

    def fail(self, code: str, message: str) -> None:
        """A response that cannot even begin."""
        if self.active is None:
            speaking = self._made({}, (), idle=False)
            self._send(*speaking.response.created(), *speaking.take(Failed(code, message)))

    def _start(
        self, options: dict[str, Any], messages: tuple[Message, ...], waiting: bool = False, idle: bool = False
    ) -> None:
        self.idle_at = None
        speaking = self._made(options, messages, idle)
        self.running[speaking.response.identifier] = speaking
        self._send(*speaking.response.created())
        speaking.waiting, speaking.from_conversation = waiting, "input" not in options
        if not waiting:
            self.out.append(Answer(speaking.request))

    def release(self) -> None:
        """Everything the user said is known by now."""
        for speaking in self.running.values():
            if speaking.waiting:
                speaking.waiting = False
                if speaking.from_conversation:
                    speaking.request = replace(speaking.request, messages=self.items.messages())
                self.out.append(Answer(speaking.request))

    # Running

    def take(self, identifier: str, piece: Piece, now: float, detection: dict[str, Any] | None) -> None:
        """A piece of an answer; one that comes after its response is over is dropped."""
        speaking = self.running.get(identifier)
        if speaking is None:
            return
        self._send(*speaking.take(piece))
        self.has_spoken |= speaking.sound_ms > 0
        if speaking.over:
            self._ended(speaking, stop=not isinstance(piece, Failed) and speaking.response.status != "completed")
            self._wait_for_silence(speaking, now, detection)

    def interrupted(self) -> None:
        """The user speaks."""
        self.deferred = False
        if self.active is not None:
            self._cancel(self.active, "turn_detected")

    def cancel(self, identifier: str | None) -> None:
        speaking = self.running.get(identifier) if identifier else self.active
        if speaking is None:
            raise RefusedError("response_cancel_not_active", "Cancellation failed: no active response found")
        self._cancel(speaking, "client_cancelled")

    def cut(self, kept: Kept) -> None:
        """The item is being truncated: if it is still being made, it has come to its end."""
        if self.active is not None and self.active.current is kept:
            self._cancel(self.active, "client_cancelled")

    def _cancel(self, speaking: Speaking, reason: str) -> None:
        self._send(*speaking.cancel(reason))
        self._ended(speaking, stop=True)

    def _ended(self, speaking: Speaking, stop: bool) -> None:
        del self.running[speaking.response.identifier]
        if stop:
            self.out.append(Stop(speaking.response.identifier))
        used = speaking.usage()
        self.cached = used["input_tokens"]
        self._send(events.rate_limits_updated(TOKENS_PER_MINUTE, TOKENS_PER_MINUTE - used["total_tokens"], 60.0))
        if self.deferred and self.active is None:
            self.deferred = False
            self.automatic()

    def _wait_for_silence(self, speaking: Speaking, now: float, detection: dict[str, Any] | None) -> None:
        patience = (detection or {}).get("idle_timeout_ms")
        finished = speaking.in_conversation and speaking.response.status == "completed"
        # Once for each response of the user's own: an answer to silence is not followed by another.
        if patience and finished and not speaking.request.idle:
            self.idle_at = now + (speaking.sound_ms + patience) / 1000

    # Making

    def _made(self, options: dict[str, Any], messages: tuple[Message, ...], idle: bool) -> Speaking:
        shown, output = self.settings.shown, self._output(options)
        chosen = {name: options.get(name, shown[name]) for name in ("output_modalities", "max_output_tokens")}
        inside = options.get("conversation", "auto") == "auto"
        response = Response(
            self.ids.fresh("resp"),
            self.conversation if inside else None,
            output,
            chosen["output_modalities"],
            chosen["max_output_tokens"],
            options.get("metadata"),
        )
        request = self._request(response, options, messages, idle)
        return Speaking(
            response, request, self.items, self.ids.fresh, chosen["max_output_tokens"], self._input_tokens(request)
        )

    def _output(self, options: dict[str, Any]) -> dict[str, Any]:
        output: dict[str, Any] = options.get("audio", {}).get("output", {})
        if self.has_spoken and output.get("voice", self.settings.voice) != self.settings.voice:
            message = "Cannot update a conversation's voice if assistant audio is present."
            raise RefusedError("cannot_update_voice", message, "response.audio.output.voice")
        if "format" in output:
            output = output | {"format": shown_format(output["format"]["type"])}
        return self.settings.output | output

    def _request(
        self, response: Response, options: dict[str, Any], messages: tuple[Message, ...], idle: bool
    ) -> Request:
        shown = self.settings.shown
        return Request(
            response.identifier,
            messages,
            options.get("instructions", shown["instructions"]),
            tuple(options.get("tools", shown["tools"])),
            options.get("tool_choice", shown["tool_choice"]),
            response.spoken,
            response.audio["voice"],
            response.audio["speed"],
            idle,
            self.settings.language,
        )

    def _messages(self, options: dict[str, Any]) -> tuple[Message, ...]:
        if "input" not in options:
            return self.items.messages()
        return tuple(self._referred(each, place) for place, each in enumerate(options["input"]))

    def _referred(self, item: dict[str, Any], place: int) -> Message:
        if item["type"] != "item_reference":
            return Kept({"id": "", "call_id": ""} | item).message()
        kept = self.items.find(item["id"])
        if kept is None:
            message = f"There is no item '{item['id']}' in the conversation."
            raise RefusedError("invalid_value", message, f"response.input[{place}].id")
        return kept.message()

    def _input_tokens(self, request: Request) -> tuple[int, int, int]:
        counts = [kept.tokens for kept in self.items.order]
        text = len(request.instructions) // 4 + sum(text for text, _ in counts)
        audio = sum(audio for _, audio in counts)
        return text, audio, min(self.cached, text + audio)

    def _send(self, *sent: Event) -> None:
        self.out.extend(Send(event) for event in sent)
