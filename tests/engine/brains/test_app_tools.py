"""The companion asks the app's own tools for what the user wants, and tells what came of it."""

import json

import pytest

from voiceapp.engine.brains.app_tools import told, wanted
from voiceapp.engine.brains.request import ToolCall

ALL = {"clock", "calculator", "remember", "recall", "forget", "hang_up", "open_link"}


@pytest.mark.parametrize(
    ("said", "name", "arguments"),
    [
        ("What time is it in Tokyo?", "clock", {"timezone": "Asia/Tokyo"}),
        ("What's the time in New York right now?", "clock", {"timezone": "America/New_York"}),
        ("How much is twelve times seven?", "calculator", {"expression": "12 * 7"}),
        ("Remember that the key is under the mat.", "remember", {"note": "the key is under the mat."}),
        ("Could you please note down: milk and bread", "remember", {"note": "milk and bread"}),
        ("What did I ask you to remember?", "recall", {}),
        ("Read me my notes.", "recall", {}),
        ("Please hang up.", "hang_up", {}),
    ],
)
def test_what_is_wanted(said: str, name: str, arguments: dict[str, str]) -> None:
    assert wanted(said, ALL) == ToolCall(name, json.dumps(arguments))
    assert wanted(said, ALL - {name}) is None


@pytest.mark.parametrize(
    "said",
    [
        "What time is it?", "Hello.", "Please remember my name is Anna.", "Do you remember me?",
        "I cannot remember that.", "The day in London was nice.", "What time is it in Nowhere?",
        "What is 15 percent of 80?", "",
    ],
)  # fmt: skip
def test_what_is_not(said: str) -> None:
    assert wanted(said, ALL) is None


@pytest.mark.parametrize(
    ("name", "output", "said"),
    [
        (
            "clock",
            '{"timezone": "America/New_York", "time": "23:05:00", "weekday": "Monday"}',
            "In New York it is 11:05 pm on Monday.",
        ),
        ("clock", '{"error": "There is no such zone."}', "I cannot tell the time there."),
        ("clock", "?", "I cannot tell the time there."),
        ("calculator", "84", "The result is 84."),
        ("calculator", "Error: that divides by zero.", "That cannot be calculated."),
        ("remember", "Noted.", "I will remember it."),
        ("remember", '{"error": "The tool failed."}', "That did not work."),
        (
            "recall",
            '[{"note": "The hat is red."}, {"note": "Milk"}]',
            "You wanted me to remember: The hat is red; Milk.",
        ),
        ("recall", "[]", "I have no notes of yours."),
        ("recall", '{"error": "The tool failed."}', "I have no notes of yours."),
        ("hang_up", "…", "Goodbye. It was nice talking to you."),
        ("weather", "Sunny", None),
    ],
)
def test_what_is_told(name: str, output: str, said: str | None) -> None:
    assert told(name, output) == said
