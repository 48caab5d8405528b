"""The responses of a session: which of them run, which wait, and what `response.create` may ask for."""

from dataclasses import dataclass, field, replace
from typing import Any

from ..brains.request import Failed, Message, Piece, Request
from ..protocol import events
from ..protocol.checks import RefusedError
from ..protocol.configuration import Configuration, shown_format
from ..protocol.events import Event
from ..protocol.identifiers import IdentifierSource
from ..protocol.response import Response
from .effects import Answer, Effect, Send, StopAnswer
from .items import Items, StoredItem
from .running_response import RunningResponse

# Shown in `rate_limits.updated` so that clients have something to read; this engine limits nothing by tokens.
TOKENS_PER_MINUTE = 40000


@dataclass
class Responses:
    """At most one response at a time belongs to the conversation; others may run beside it."""

    configuration: Configuration
    items: Items
    ids: IdentifierSource
    effects: list[Effect]
    _running: dict[str, RunningResponse] = field(default_factory=dict)
    # A turn ended while a response ran that may not be interrupted; it is answered next.
    _deferred: bool = False
    has_spoken: bool = False
    idle_at: float | None = None
    _cached_tokens: int = 0
    _conversation: str = field(init=False)

    def __post_init__(self) -> None:
        self._conversation = self.ids.fresh("conv")

    @property
    def active(self) -> RunningResponse | None:
        return next((running for running in self._running.values() if running.in_conversation), None)

    # Starting

    def create(self, options: dict[str, Any], waiting: bool) -> None:
        """The client asks for a response. Raises `RefusedError`."""
        inside = options.get("conversation", "auto") == "auto"
        if inside and self.active is not None:
            name = self.active.response.identifier
            message = f"Conversation already has an active response in progress: {name}. Wait until it is finished."
            raise RefusedError("conversation_already_has_active_response", message)
        self._start(options, self._messages(options), waiting=waiting)

    def create_automatic(self, idle: bool = False) -> None:
        """The end of a turn or a long silence asks for a response."""
        if self.active is not None:
            self._deferred = True
            return
        self._start({}, self.items.messages(), idle=idle)

    def fail(self, code: str, message: str) -> None:
        """Sends a response that fails before it begins."""
        if self.active is None:
            running = self._new({}, (), idle=False)
            self._send(*running.response.created(), *running.add(Failed(code, message)))

    def _start(
        self, options: dict[str, Any], messages: tuple[Message, ...], waiting: bool = False, idle: bool = False
    ) -> None:
        self.idle_at = None
        running = self._new(options, messages, idle)
        self._running[running.response.identifier] = running
        self._send(*running.response.created())
        running.waiting, running.from_conversation = waiting, "input" not in options
        if not waiting:
            self.effects.append(Answer(running.request))

    def start_waiting(self) -> None:
        """Starts the responses that waited for what the user said."""
        for running in self._running.values():
            if running.waiting:
                running.waiting = False
                if running.from_conversation:
                    running.request = replace(running.request, messages=self.items.messages())
                self.effects.append(Answer(running.request))

    # Running

    def add_piece(self, identifier: str, piece: Piece, now: float, detection: dict[str, Any] | None) -> None:
        """Takes a piece of an answer; drops it if its response has ended."""
        running = self._running.get(identifier)
        if running is None:
            return
        self._send(*running.add(piece))
        self.has_spoken |= running.sound_ms > 0
        if running.over:
            self._ended(running, stop=not isinstance(piece, Failed) and running.response.status != "completed")
            self._wait_for_silence(running, now, detection)

    def interrupt(self) -> None:
        """The user speaks: cancels the response in the conversation."""
        self._deferred = False
        if self.active is not None:
            self._cancel(self.active, "turn_detected")

    def cancel(self, identifier: str | None) -> None:
        running = self._running.get(identifier) if identifier else self.active
        if running is None:
            raise RefusedError("response_cancel_not_active", "Cancellation failed: no active response found")
        self._cancel(running, "client_cancelled")

    def stop_before_truncation(self, stored: StoredItem) -> None:
        """Cancels the response that still makes this item, because the item is about to be truncated."""
        if self.active is not None and self.active.current is stored:
            self._cancel(self.active, "client_cancelled")

    def _cancel(self, running: RunningResponse, reason: str) -> None:
        self._send(*running.cancel(reason))
        self._ended(running, stop=True)

    def _ended(self, running: RunningResponse, stop: bool) -> None:
        del self._running[running.response.identifier]
        if stop:
            self.effects.append(StopAnswer(running.response.identifier))
        used = running.usage()
        self._cached_tokens = used["input_tokens"]
        self._send(events.rate_limits_updated(TOKENS_PER_MINUTE, TOKENS_PER_MINUTE - used["total_tokens"], 60.0))
        if self._deferred and self.active is None:
            self._deferred = False
            self.create_automatic()

    def _wait_for_silence(self, running: RunningResponse, now: float, detection: dict[str, Any] | None) -> None:
        patience = (detection or {}).get("idle_timeout_ms")
        finished = running.in_conversation and running.response.status == "completed"
        # Once for each response of the user's own: an answer to silence is not followed by another.
        if patience and finished and not running.request.idle:
            self.idle_at = now + (running.sound_ms + patience) / 1000

    # Making

    def _new(self, options: dict[str, Any], messages: tuple[Message, ...], idle: bool) -> RunningResponse:
        session, output = self.configuration.session, self._output(options)
        chosen = {name: options.get(name, session[name]) for name in ("output_modalities", "max_output_tokens")}
        inside = options.get("conversation", "auto") == "auto"
        response = Response(
            self.ids.fresh("resp"),
            self._conversation if inside else None,
            output,
            chosen["output_modalities"],
            chosen["max_output_tokens"],
            options.get("metadata"),
        )
        request = self._request(response, options, messages, idle)
        return RunningResponse(
            response, request, self.items, self.ids.fresh, chosen["max_output_tokens"], self._input_tokens(request)
        )

    def _output(self, options: dict[str, Any]) -> dict[str, Any]:
        output: dict[str, Any] = options.get("audio", {}).get("output", {})
        if self.has_spoken and output.get("voice", self.configuration.voice) != self.configuration.voice:
            message = "Cannot update a conversation's voice if assistant audio is present."
            raise RefusedError("cannot_update_voice", message, "response.audio.output.voice")
        if "format" in output:
            output = output | {"format": shown_format(output["format"]["type"])}
        return self.configuration.output | output

    def _request(
        self, response: Response, options: dict[str, Any], messages: tuple[Message, ...], idle: bool
    ) -> Request:
        session = self.configuration.session
        return Request(
            response.identifier,
            messages,
            options.get("instructions", session["instructions"]),
            tuple(options.get("tools", session["tools"])),
            options.get("tool_choice", session["tool_choice"]),
            response.spoken,
            response.audio["voice"],
            response.audio["speed"],
            idle,
            self.configuration.language,
        )

    def _messages(self, options: dict[str, Any]) -> tuple[Message, ...]:
        if "input" not in options:
            return self.items.messages()
        return tuple(self._referred(each, place) for place, each in enumerate(options["input"]))

    def _referred(self, item: dict[str, Any], place: int) -> Message:
        if item["type"] != "item_reference":
            return StoredItem({"id": "", "call_id": ""} | item).message()
        stored = self.items.find(item["id"])
        if stored is None:
            message = f"There is no item '{item['id']}' in the conversation."
            raise RefusedError("invalid_value", message, f"response.input[{place}].id")
        return stored.message()

    def _input_tokens(self, request: Request) -> tuple[int, int, int]:
        counts = [stored.tokens for stored in self.items.stored]
        text = len(request.instructions) // 4 + sum(text for text, _ in counts)
        audio = sum(audio for _, audio in counts)
        return text, audio, min(self._cached_tokens, text + audio)

    def _send(self, *sent: Event) -> None:
        self.effects.extend(Send(event) for event in sent)
