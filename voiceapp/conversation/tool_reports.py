"""Reads what a server reports about a tool's call, in items and in separate events."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from . import events as ev
from .fields import Message, optional, part, text

_KINDS: Mapping[str, ev.ToolKind] = MappingProxyType(
    {"function_call": "function", "mcp_call": "mcp", "mcp_approval_request": "approval"}
)


def of_item(message: Message, *, done: bool) -> ev.ToolReported | None:
    """What an event with an item tells; `done`: it is the item's last. None where the item is no tool's call."""
    item = part(message, "item")
    kind = _KINDS.get(optional(item, "type"))
    if kind is None:
        return None
    state, result = _outcome(item, done=done and kind != "mcp")
    return ev.ToolReported(
        text(item, "id"),
        kind,
        response=optional(message, "response_id"),
        # That of a last event can be wrong (the provider's fault).
        after=None if done else optional(message, "previous_item_id") or None,
        name=optional(item, "name"),
        call=optional(item, "call_id"),
        arguments=optional(item, "arguments") if done and item.get("status") != "incomplete" else "",
        state=state,
        result=result,
    )


def _outcome(item: Message, *, done: bool) -> tuple[ev.ToolState, str]:
    """A tool of the server's has ended when its item says how, not when the item does: it may still have to run."""
    error = item.get("error")
    if error:
        known = part(item, "error")
        return "failed", error if isinstance(error, str) else optional(known, "message") or optional(known, "type")
    if item.get("status") == "incomplete":
        return "failed", ""
    return ("done" if done or isinstance(item.get("output"), str) else "running"), optional(item, "output")


def _function(message: Message) -> ev.ToolReported:
    return ev.ToolReported(
        text(message, "item_id"),
        "function",
        response=optional(message, "response_id"),
        name=optional(message, "name"),
        call=optional(message, "call_id"),
        arguments=optional(message, "arguments"),
        state="done" if "arguments" in message else "running",
    )


def _mcp(state: ev.ToolState) -> Callable[[Message], ev.ToolReported]:
    return lambda message: ev.ToolReported(
        text(message, "item_id"),
        "mcp",
        response=optional(message, "response_id"),
        arguments=optional(message, "arguments"),
        state=state,
    )


READERS: Mapping[str, Callable[[Message], ev.ToolReported | ev.ToolsMissing | None]] = MappingProxyType(
    {
        "conversation.item.done": lambda m: of_item(m, done=True),
        "response.output_item.done": lambda m: of_item(m, done=True),
        "response.function_call_arguments.delta": _function,
        "response.function_call_arguments.done": _function,
        "response.mcp_call_arguments.delta": _mcp("running"),
        "response.mcp_call_arguments.done": _mcp("running"),
        "response.mcp_call.in_progress": _mcp("running"),
        "response.mcp_call.completed": _mcp("done"),
        "response.mcp_call.failed": _mcp("failed"),
        "mcp_list_tools.failed": lambda _: ev.ToolsMissing(),
    }
)
