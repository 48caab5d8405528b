"""What servers report of calls of tools, in the recorded orders."""

from typing import Any

from tests.conversation.call import Call
from voiceapp.conversation import dialects
from voiceapp.conversation import events as ev

ITEM = {"id": "t1", "type": "mcp_call", "name": "weather", "server_label": "sky", "arguments": '{"city": "Kyoto"}'}


def read(*messages: dict[str, Any]) -> list[ev.Event]:
    return [event for event in map(dialects.decode, messages) if event is not None]


def mcp(item: str = "t1", response: str = "r1", output: str | None = "Sunny.", error: Any = None) -> list[ev.Event]:
    """A tool that the server runs, as recorded shapes go; without output or error it does not end."""
    begun = {**ITEM, "id": item, "arguments": "", "output": None, "error": None}
    ended = {**ITEM, "id": item, "output": output, "error": error}
    event = "response.mcp_call.failed" if error else "response.mcp_call.completed"
    start = read(
        {"type": "response.output_item.added", "response_id": response, "output_index": 0, "item": begun},
        {"type": "conversation.item.added", "previous_item_id": "u1", "item": begun},
        {"type": "response.mcp_call_arguments.delta", "response_id": response, "item_id": item, "delta": '{"ci'},
        {
            "type": "response.mcp_call_arguments.done",
            "response_id": response,
            "item_id": item,
            "arguments": ITEM["arguments"],
        },
        {"type": "response.mcp_call.in_progress", "item_id": item, "output_index": 0},
    )
    if output is None and error is None:
        return start
    return start + read(
        {"type": event, "item_id": item, "output_index": 0},
        {"type": "conversation.item.done", "previous_item_id": None, "item": ended},
        {"type": "response.output_item.done", "response_id": response, "output_index": 0, "item": ended},
    )


def function(item: str = "f1", response: str = "r1", call: str = "c1") -> list[ev.Event]:
    """A function that we are asked to call, in the recorded order."""
    shape = {"id": item, "type": "function_call", "name": "weather", "call_id": call}
    begun = {**shape, "status": "in_progress", "arguments": ""}
    ended = {**shape, "status": "completed", "arguments": ITEM["arguments"]}
    ids = {"response_id": response, "item_id": item, "output_index": 0, "call_id": call}
    return read(
        {"type": "response.output_item.added", "response_id": response, "output_index": 0, "item": begun},
        {"type": "conversation.item.added", "previous_item_id": "u1", "item": begun},
        {"type": "response.function_call_arguments.delta", **ids, "delta": '{"ci'},
        {
            "type": "response.function_call_arguments.done",
            **ids,
            "name": "weather",
            "arguments": ITEM["arguments"],
        },
        {"type": "conversation.item.done", "previous_item_id": "u1", "item": ended},
        {"type": "response.output_item.done", "response_id": response, "output_index": 0, "item": ended},
    )


def approval(item: str = "q1") -> list[ev.Event]:
    asked = {"id": item, "type": "mcp_approval_request", "name": "pay", "arguments": "{}", "server_label": "bank"}
    return read(
        {"type": "conversation.item.added", "previous_item_id": "u1", "item": asked},
        {"type": "conversation.item.done", "previous_item_id": "u1", "item": asked},
    )


def done(response: str = "r1", status: str = "completed") -> ev.Event:
    return ev.ResponseDone(response, status, None)


def answering() -> Call:
    """The person asked, and a response began."""
    call = Call().begin()
    call.ask()
    call.hear(ev.ResponseCreated("r1"))
    return call
