"""A language model elsewhere: what it is asked, what it streams, and how it fails."""

import pytest

from voiceapp.engine.brains.chat_completions import (
    IDLE_INSTRUCTION,
    SPOKEN_INSTRUCTION,
    BrainError,
    ChatCompletions,
    delta_in,
)
from voiceapp.engine.brains.request import Message, Request, ToolCall

from ..chat_server import ChatServer, chat_server

TOOL = {"type": "function", "name": "look", "parameters": {"type": "object"}}


def test_the_request_as_chat_completions_want_it() -> None:
    messages = (
        Message("system", "Note."),
        Message("user", "Look!"),
        Message("call", '{"a": 1}', "look", "call_1"),
        Message("output", "A tree.", call_id="call_1"),
        Message("assistant", ""),
    )
    body = ChatCompletions("http://x/v1", None, "tiny").body(
        Request("r", messages, "Be kind.", (TOOL,), {"type": "function", "name": "look"}, idle=True)
    )
    assert (body["model"], body["stream"]) == ("tiny", True)
    assert body["messages"] == [
        {"role": "system", "content": f"Be kind.\n\n{SPOKEN_INSTRUCTION}"},
        {"role": "system", "content": "Note."},
        {"role": "user", "content": "Look!"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "A tree."},
        {"role": "system", "content": IDLE_INSTRUCTION},
    ]
    assert body["tools"] == [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "look"}}


def test_calls_that_came_together_are_one_message() -> None:
    calls = (Message("call", "{}", "look", "call_1"), Message("call", "{}", "hear", "call_2"))
    outputs = (Message("output", "A tree.", call_id="call_1"), Message("output", "A bird.", call_id="call_2"))
    later = (Message("call", "{}", "look", "call_3"), Message("output", "A house.", call_id="call_3"))
    body = ChatCompletions("http://x/v1", None, "tiny").body(Request("r", (*calls, *outputs, *later), spoken=False))
    told = [[call["id"] for call in each.get("tool_calls", [])] or each["tool_call_id"] for each in body["messages"]]
    assert told == [["call_1", "call_2"], "call_1", "call_2", ["call_3"], "call_3"]


def test_pictures_stand_beside_the_words_of_their_message() -> None:
    pictures = ("data:image/jpeg;base64,/9j/",)
    messages = (Message("user", "Look!", pictures=pictures), Message("user", "", pictures=pictures))
    body = ChatCompletions("http://x/v1", None, "tiny").body(Request("r", messages, spoken=False))
    seen = {"type": "image_url", "image_url": {"url": pictures[0]}}
    assert [each["content"] for each in body["messages"]] == [[{"type": "text", "text": "Look!"}, seen], [seen]]


def test_without_tools_to_choose_none_are_shown() -> None:
    request = Request("r", (), tools=(TOOL,), tool_choice="none", spoken=False)
    body = ChatCompletions("http://x/v1", None, "tiny").body(request)
    assert body["messages"] == []
    assert "tools" not in body


def test_text_and_calls_are_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    deltas = (
        {"content": "One "},
        {"content": "two."},
        {"tool_calls": [{"index": 0, "function": {"name": "look", "arguments": '{"a"'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": ": 1}"}}]},
    )
    with chat_server(monkeypatch, *deltas) as server:
        brain = ChatCompletions(f"http://127.0.0.1:{server.server_port}/v1/", "sk-1", "tiny")
        answer = list(brain.reply(Request("r", (Message("user", "Count."),))))
    assert answer == ["One ", "two.", ToolCall("look", '{"a": 1}')]
    assert ChatServer.asked["messages"][-1] == {"role": "user", "content": "Count."}


def test_calls_of_one_index_are_told_apart_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    deltas = (
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "look", "arguments": "{"}}]},
        {"tool_calls": [{"index": 0, "id": "a", "function": {"arguments": "}"}}]},
        {"tool_calls": [{"id": "b", "function": {"name": "clock", "arguments": "{}"}}]},
    )
    with chat_server(monkeypatch, *deltas) as server:
        brain = ChatCompletions(f"http://127.0.0.1:{server.server_port}/v1/", None, "tiny")
        answer = list(brain.reply(Request("r", (Message("user", "Look."),))))
    assert answer == [ToolCall("look", "{}"), ToolCall("clock", "{}")]


def test_a_failure_names_the_host_and_neither_key_nor_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with chat_server(monkeypatch) as server:
        host = f"127.0.0.1:{server.server_port}"
        brain = ChatCompletions(f"http://name:word@{host}/v1", "sk-1", "tiny")
        with pytest.raises(BrainError, match=f"at {host} answered with HTTP 500") as refused:
            list(brain.reply(Request("r", ())))
    assert "word" not in str(refused.value)
    with pytest.raises(BrainError, match="cannot be reached"):
        list(brain.reply(Request("r", ())))


@pytest.mark.parametrize(
    ("line", "delta"),
    [
        (b'data: {"choices": [{"delta": {"content": "x"}}]}\n', {"content": "x"}),
        (b'data: {"choices": []}\n', {}),
        (b"data: [DONE]\n", None),
        (b"data: {\n", None),
        (b": ping\n", None),
        (b"\n", None),
    ],
)
def test_lines_of_the_stream(line: bytes, delta: dict[str, str] | None) -> None:
    assert delta_in(line) == delta
