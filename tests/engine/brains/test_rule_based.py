"""What brains of rules have in common: functions of the client, long texts, jokes."""

import random
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.engine.tools import WEATHER
from voiceapp.engine.brains.companion import Companion
from voiceapp.engine.brains.request import Message, Request, ToolCall
from voiceapp.engine.brains.rule_based import MAX_EXAMINED, MAX_QUOTED, arguments, excerpt, in_words, shortened


@pytest.fixture
def companion() -> Companion:
    return Companion(lambda: datetime(2026, 3, 1, 12, 5), random.Random(1))


def asked(text: str, **options: object) -> Request:
    return Request("r", (Message("user", text),), **options)  # type: ignore[arg-type]


def test_it_calls_a_function_that_is_named(companion: Companion) -> None:
    request = asked("What's the weather like in Kyoto?", tools=(WEATHER,))
    assert list(companion.reply(request)) == [ToolCall("get_weather", '{"city": "Kyoto"}')]
    assert isinstance(first(companion.reply(asked("Hello.", tools=(WEATHER,)))), str)


def test_it_calls_a_function_that_is_demanded(companion: Companion) -> None:
    for choice in ("required", {"type": "function", "name": "get_weather"}):
        assert isinstance(first(companion.reply(asked("Hello.", tools=(WEATHER,), tool_choice=choice))), ToolCall)
    assert isinstance(first(companion.reply(asked("The weather?", tools=(WEATHER,), tool_choice="none"))), str)


def test_it_tells_what_the_function_gave(companion: Companion) -> None:
    request = Request("r", (Message("user", "The weather?"), Message("output", "Sunny", call_id="c")), tools=(WEATHER,))
    assert list(companion.reply(request)) == ["The answer is: Sunny"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("Sunny", "Sunny"),
        ('{"sky": "sunny", "wind_kmh": 12, "rain": false}', "sky: sunny, wind kmh: 12, rain: no"),
        ('[{"name": "hat"}, {"name": null}]', "name: hat, name: –"),
        ('"Sunny"', "Sunny"),
        ("[" * 5000, "[" * 5000),
        ('{"sky": ', '{"sky": '),
    ],
)
def test_json_is_said_in_words(output: str, said: str) -> None:
    assert in_words(output) == excerpt(said)


def first(reply: Iterator[str | ToolCall]) -> str | ToolCall:
    return next(reply)


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("What's the weather like in Kyoto?", "Kyoto"),
        ("Kyoto!", "Kyoto!"),
        ("For New York, please.", "New York, please"),
    ],
)
def test_a_text_parameter_takes_the_words_behind_in_for_or_of(text: str, city: str) -> None:
    assert arguments(WEATHER, text) == {"city": city}


def test_a_parameter_that_is_no_text_or_not_required_is_left_out() -> None:
    parameters = {"properties": {"days": {"type": "integer"}, "city": {"type": "string"}}, "required": ["days"]}
    assert arguments({"name": "f", "parameters": parameters}, "in Kyoto") == {}


def test_only_the_beginning_of_the_users_text_is_examined() -> None:
    assert len(shortened(Message("user", "x" * 5000)).text) == MAX_EXAMINED
    assert len(shortened(Message("assistant", "x" * 5000)).text) == 5000


def test_little_of_a_long_text_is_quoted() -> None:
    assert excerpt("x" * MAX_QUOTED) == "x" * MAX_QUOTED
    assert excerpt("x" * 5000) == "x" * MAX_QUOTED + "…"


def test_no_joke_is_told_again_before_all_were_told(companion: Companion) -> None:
    jokes = ("one", "two", "three")
    told = [companion.next_joke(jokes) for _ in range(6)]
    assert set(told[:3]) == set(told[3:]) == set(jokes)
