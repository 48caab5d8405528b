"""What all brains that answer by rules share, whatever their language."""

import json
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .request import Message, Request, ToolCall

# How many characters of what the user said the rules examine, and how many an answer quotes.
MAX_EXAMINED, MAX_QUOTED = 1000, 200


@dataclass
class RuleBasedBrain(ABC):
    """One caller's brain and what it remembers of the call. A subclass adds a language's words and rules."""

    clock: Callable[[], datetime]
    rng: random.Random
    user_name: str | None = None
    last_answer: str = ""
    _jokes_left: list[str] = field(default_factory=list)

    def reply(self, request: Request) -> Iterator[str | ToolCall]:
        request = replace(request, messages=tuple(shortened(message) for message in request.messages))
        call = self._call(request)
        if call is not None:
            yield call
            return
        self.last_answer = self._reply(request)
        yield self.last_answer

    def _reply(self, request: Request) -> str:
        last = request.last
        if request.idle:
            return self.idle_check()
        if last is None or last.role == "system":
            return self.greeting()
        if last.role == "output":
            named = (message.name for message in request.messages if message.call_id == last.call_id)
            return self.tell_output(next(filter(None, named), ""), last)
        heard = [message.text for message in request.messages if message.role == "user" and message.text]
        if not self.last_answer:
            # A session that goes on with an earlier talk begins with what was said in it.
            for text in heard[:-1]:
                self.remember(text)
        return self.answer(heard[-1]) if heard else self.nothing_said()

    def _call(self, request: Request) -> ToolCall | None:
        last, offered = request.last, {tool["name"] for tool in request.tools}
        if request.tool_choice == "auto" and last is not None and last.role == "user":
            wanted = self.wanted_call(last.text, offered)
            if wanted is not None:
                return wanted
        return tool_call(request)

    def next_joke(self, jokes: tuple[str, ...]) -> str:
        """A joke at random; none comes twice before all were told."""
        if not self._jokes_left:
            self._jokes_left = self.rng.sample(jokes, len(jokes))
        return self._jokes_left.pop()

    # In the language's own words

    @abstractmethod
    def answer(self, text: str) -> str:
        """The answer to what the user said."""

    @abstractmethod
    def remember(self, text: str) -> None:
        """Keeps what is worth remembering of an earlier message of the user."""

    @abstractmethod
    def greeting(self) -> str:
        """The first words, if the companion speaks first."""

    @abstractmethod
    def idle_check(self) -> str:
        """What to say after a long silence."""

    @abstractmethod
    def nothing_said(self) -> str:
        """What to say if the user's message holds no words."""

    @abstractmethod
    def wanted_call(self, text: str, offered: Set[str]) -> ToolCall | None:
        """The call of a tool of the app's that the user's words ask for; `offered`: the names of those there are."""

    @abstractmethod
    def tell_output(self, name: str, message: Message) -> str:
        """Tells the result of a function that the client called; `name` is empty where the call is not known."""


def shortened(message: Message) -> Message:
    """A user's message cut to the length that rules examine: all rules together read a text many times."""
    if message.role != "user" or len(message.text) <= MAX_EXAMINED:
        return message
    return replace(message, text=message.text[:MAX_EXAMINED])


def excerpt(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED].rstrip()}…"


def in_words(output: str) -> str:
    """What a function gave, as it can be said: of JSON the values, each with its name."""
    try:
        return excerpt(_said(json.loads(output)))
    except (ValueError, RecursionError):
        return excerpt(output)


def _said(value: Any) -> str:
    match value:
        case dict():
            return ", ".join(f"{str(name).replace('_', ' ')}: {_said(each)}" for name, each in value.items())
        case list():
            return ", ".join(map(_said, value))
        case bool() | None:
            return {True: "yes", False: "no", None: "–"}[value]
    return str(value)


# Functions of the client


def tool_call(request: Request) -> ToolCall | None:
    """The call of a function that the client demands or the user names; its arguments come from the user's words."""
    last = request.last
    if not request.tools or request.tool_choice == "none" or last is None or last.role != "user":
        return None
    words = set(words_of(last.text))
    chosen = required_tool(request) or next((tool for tool in request.tools if is_mentioned(tool, words)), None)
    return ToolCall(chosen["name"], json.dumps(arguments(chosen, last.text))) if chosen else None


def required_tool(request: Request) -> dict[str, Any] | None:
    if request.tool_choice == "required":
        return request.tools[0]
    if isinstance(request.tool_choice, dict):
        return next((tool for tool in request.tools if tool["name"] == request.tool_choice["name"]), None)
    return None


FILLERS = frozenset({"get", "set", "the", "current", "make", "do", "run", "fetch", "show"})


def is_mentioned(tool: dict[str, Any], words: set[str]) -> bool:
    named = set(re.split(r"[_\W]+", tool["name"].lower())) - FILLERS - {""}
    return bool(named) and named <= words


def arguments(tool: dict[str, Any], text: str) -> dict[str, str]:
    """For each required text parameter, the words behind “in”, “for” or “of”, or else the whole text."""
    parameters = tool.get("parameters", {})
    wanted = [name for name in parameters.get("required", []) if is_text(parameters, name)]
    found = re.search(r"\b(?:in|for|of|at|to)\s+([^.?!]+)", text, re.IGNORECASE)
    return {name: (found.group(1) if found else text).strip() for name in wanted}


def is_text(parameters: dict[str, Any], name: str) -> bool:
    return bool(parameters.get("properties", {}).get(name, {}).get("type") == "string")


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())
