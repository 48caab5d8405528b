"""One call of a tool: what reports in any order make of it."""

import pytest

from voiceapp.conversation.tool_call import MAX_PROGRESS, ToolCall, bounded
from voiceapp.conversation.tool_events import Link, ToolReported, ToolTold


@pytest.mark.parametrize(
    ("call", "state"),
    [
        (ToolCall("t1", "function"), "running"),
        (ToolCall("t1", "function", done=True), "running"),
        (ToolCall("t1", "function", done=True, asked=True), "asked"),
        (ToolCall("t1", "function", done=True, begun=True), "running"),
        (ToolCall("t1", "function", done=True, begun=True, answered=True), "done"),
        (ToolCall("t1", "function", done=True, answered=True, failed=True), "failed"),
        (ToolCall("t1", "function", done=True, answered=True, declined=True), "declined"),
        (ToolCall("t1", "function", cut=True), "failed"),
        (ToolCall("t1", "mcp", done=True), "done"),
        (ToolCall("t1", "approval", done=True, answered=True), "done"),
    ],
)
def test_its_state(call: ToolCall, state: str) -> None:
    assert call.state == state
    assert call.ours == (state in ("asked", "running") and (call.asked or call.begun))


def test_an_empty_report_takes_nothing_away() -> None:
    call = ToolCall("t1", "function")
    call.learn(ToolReported("t1", "function", "r1", name="weather", call="c1", arguments="{}", state="done"))
    call.learn(ToolReported("t1", "function"))
    assert (call.response, call.name, call.call, call.arguments, call.done) == ("r1", "weather", "c1", "{}", True)


def test_what_it_tells_of_itself_is_bounded_and_a_link_stays() -> None:
    call = ToolCall("t1", "function")
    call.hear(ToolTold("t1", link=Link("https://a.example/", "A")))
    call.hear(ToolTold("t1", "x" * 1000))
    assert (len(call.progress), call.link) == (MAX_PROGRESS, Link("https://a.example/", "A"))


def test_a_text_is_cut_between_characters() -> None:
    assert bounded("é" * 5, 4) == "ééé…"
    assert bounded("abcd", 4) == "abcd"
