"""What a server says of a tool's call, in each of the forms it has for it."""

from typing import Any

import pytest

from voiceapp.conversation.tool_reports import READERS, of_item


def item(kind: str, **fields: Any) -> dict[str, Any]:
    return {"response_id": "r1", "previous_item_id": "u1", "item": {"id": "t1", "type": kind, **fields}}


@pytest.mark.parametrize("kind", ["message", "", "mcp_list_tools"])
def test_an_item_that_is_no_call_is_none(kind: str) -> None:
    assert of_item(item(kind), done=True) is None
    assert of_item({}, done=False) is None


@pytest.mark.parametrize(
    ("kind", "done", "fields", "state", "result"),
    [
        ("function_call", False, {}, "running", ""),
        ("function_call", True, {}, "done", ""),
        ("function_call", True, {"status": "incomplete"}, "failed", ""),
        # The item of a server's own tool ends before the tool may have run.
        ("mcp_call", True, {}, "running", ""),
        ("mcp_call", True, {"output": "Sunny."}, "done", "Sunny."),
        ("mcp_call", True, {"error": "away"}, "failed", "away"),
        ("mcp_call", True, {"error": {"type": "http_error", "message": "gone"}}, "failed", "gone"),
        ("mcp_call", True, {"error": {"type": "http_error"}}, "failed", "http_error"),
        ("mcp_approval_request", True, {}, "done", ""),
    ],
)
def test_an_items_state_is_what_it_says_of_the_call(
    kind: str, done: bool, fields: dict[str, Any], state: str, result: str
) -> None:
    report = of_item(item(kind, **fields), done=done)
    assert report is not None
    assert (report.item, report.response, report.state, report.result) == ("t1", "r1", state, result)
    assert report.after == (None if done else "u1")


def test_arguments_are_whole_or_none() -> None:
    for done, status, arguments in ((True, "completed", "{}"), (True, "incomplete", ""), (False, "completed", "")):
        report = of_item(item("function_call", status=status, arguments="{}", name="weather", call_id="c1"), done=done)
        assert report is not None
        assert (report.arguments, report.name, report.call) == (arguments, "weather", "c1")


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("response.function_call_arguments.delta", "running"),
        ("response.function_call_arguments.done", "done"),
        ("response.mcp_call_arguments.done", "running"),
        ("response.mcp_call.in_progress", "running"),
        ("response.mcp_call.completed", "done"),
        ("response.mcp_call.failed", "failed"),
    ],
)
def test_an_event_of_a_call_says_its_state(kind: str, state: str) -> None:
    arguments = {"arguments": "{}"} if kind.endswith("arguments.done") else {}
    report = READERS[kind]({"item_id": "t1", "response_id": "r1", **arguments})
    assert report is not None
    assert (report.item, report.state) == ("t1", state)
    with pytest.raises(ValueError, match="item_id"):
        READERS[kind]({})
