"""A language model behind an OpenAI-compatible chat-completions address, streamed."""

import http.client
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .request import Message, Request, ToolCall

TIMEOUT_S = 60
IDLE_INSTRUCTION = "The user has been silent for a while. Ask briefly whether they are still there."
SPOKEN_INSTRUCTION = "Your answer is read aloud: a few short sentences, no lists, no markup."


class BrainError(Exception):
    """The language model did not answer. The message is fit for the user and holds no key."""


@dataclass
class ChatCompletions:
    """`address` is the base address, such as http://127.0.0.1:11434/v1."""

    address: str
    key: str | None
    model: str

    def reply(self, request: Request) -> Iterator[str | ToolCall]:
        connection = self._connected()
        try:
            calls = ToolCallDeltas()
            for delta in self._deltas(connection, request):
                if delta.get("content"):
                    yield delta["content"]
                calls.add(delta.get("tool_calls") or [])
            yield from calls.finished()
        except (OSError, http.client.HTTPException) as failure:
            raise BrainError(f"The language model at {self._host} stopped in the middle of its answer.") from failure
        finally:
            connection.close()

    @property
    def _host(self) -> str:
        return urlsplit(self.address).netloc.rpartition("@")[2]

    def _connected(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)

    def _deltas(self, connection: http.client.HTTPConnection, request: Request) -> Iterator[dict[str, Any]]:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        body = json.dumps(self.body(request))
        path = urlsplit(self.address).path.rstrip("/") + "/chat/completions"
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
        except OSError as failure:
            raise BrainError(f"The language model at {self._host} cannot be reached.") from failure
        # Closed by ourselves: of a server that ends the connection, the answer alone holds the socket.
        with answer:
            if answer.status != http.client.OK:
                raise BrainError(f"The language model at {self._host} answered with HTTP {answer.status}.")
            yield from (delta for line in answer if (delta := delta_in(line)) is not None)

    def body(self, request: Request) -> dict[str, Any]:
        """The request as chat completions want it."""
        instructions = "\n\n".join(filter(None, [request.instructions, SPOKEN_INSTRUCTION if request.spoken else ""]))
        messages = [{"role": "system", "content": instructions}] if instructions else []
        messages += chat_messages(request.messages)
        if request.idle:
            messages.append({"role": "system", "content": IDLE_INSTRUCTION})
        body: dict[str, Any] = {"model": self.model, "stream": True, "messages": messages}
        if request.tools and request.tool_choice != "none":
            body["tools"] = [chat_tool(tool) for tool in request.tools]
            body["tool_choice"] = chat_tool_choice(request.tool_choice)
        return body


def chat_messages(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Calls that come together are one message: behind each such the results of all of them have to follow."""
    shown: list[dict[str, Any]] = []
    for message in messages:
        each = chat_message(message)
        if each is not None and message.role == "call" and shown and "tool_calls" in shown[-1]:
            shown[-1]["tool_calls"] += each["tool_calls"]
        elif each is not None:
            shown.append(each)
    return shown


def chat_message(message: Message) -> dict[str, Any] | None:
    match message.role:
        case "call":
            function = {"name": message.name, "arguments": message.text}
            call = {"id": message.call_id, "type": "function", "function": function}
            return {"role": "assistant", "content": None, "tool_calls": [call]}
        case "output":
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
    if message.pictures:
        seen = [{"type": "image_url", "image_url": {"url": picture}} for picture in message.pictures]
        said = [{"type": "text", "text": message.text}] if message.text else []
        return {"role": message.role, "content": [*said, *seen]}
    return {"role": message.role, "content": message.text} if message.text else None


def chat_tool(tool: dict[str, Any]) -> dict[str, Any]:
    """Realtime tools are flat; chat completions want everything but the type one level down."""
    return {"type": "function", "function": {key: value for key, value in tool.items() if key != "type"}}


def chat_tool_choice(choice: str | dict[str, Any]) -> str | dict[str, Any]:
    return choice if isinstance(choice, str) else {"type": "function", "function": {"name": choice["name"]}}


def delta_in(line: bytes) -> dict[str, Any] | None:
    """The delta in one line of the event stream; None if the line has none."""
    if not line.startswith(b"data:") or line[5:].strip() == b"[DONE]":
        return None
    try:
        choices = json.loads(line[5:]).get("choices") or [{}]
    except ValueError:
        return None
    delta: dict[str, Any] = choices[0].get("delta") or {}
    return delta


@dataclass
class ToolCallDeltas:
    """Puts function calls together from their deltas."""

    _parts: list[list[str]] = field(default_factory=list)
    # By its index: the id of the call that goes on there, and its part.
    _open: dict[int, tuple[str, list[str]]] = field(default_factory=dict)

    def add(self, deltas: list[dict[str, Any]]) -> None:
        for delta in deltas:
            part = self._part(delta.get("index") or 0, delta.get("id") or "")
            function = delta.get("function") or {}
            part[0] += function.get("name") or ""
            part[1] += function.get("arguments") or ""

    def _part(self, index: int, call: str) -> list[str]:
        """Some servers give all calls one index, or none, and tell them apart by their ids alone."""
        known, part = self._open.get(index, ("", None))
        if part is None or (call and known and call != known):
            part = ["", ""]
            self._parts.append(part)
        self._open[index] = (call or known, part)
        return part

    def finished(self) -> list[ToolCall]:
        return [ToolCall(name, arguments or "{}") for name, arguments in self._parts]
