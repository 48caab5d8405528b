"""What a companion asks of the tools that come with the app, and how it says what they answered, in English.

A tool that is not offered is not asked for.
"""

import json
import re
from collections.abc import Callable, Set
from typing import Any

from . import arithmetic
from .request import ToolCall
from .zones import zone_of

PLACE = re.compile(
    r"\b(?:time|o'clock|date|day)\b.{0,20}?\bin (?P<place>[^\W\d][\w .'-]{1,40}?)(?: (?:right )?now| today)?\W*$", re.I
)
REMEMBER = re.compile(
    r"^\W*(?:(?:please|now|and|can you|could you|would you|will you)[\s,]+)*"
    r"(?:remember|note(?: down)?|make a note|take a note|write down)(?:[\s,:]+that)?[\s,:]+(?P<what>(?!my name\b).+)",
    re.I,
)
RECALL = re.compile(
    r"\bwhat (?:did|do|have|had) (?:i|you)\b.{0,30}\b(?:remember(?:ed)?|notes?|noted)\b|\b(?:my|the|any|your) notes\b",
    re.I,
)
GOODBYE = re.compile(r"\b(?:hang up|end the call)\b", re.I)


def wanted(text: str, offered: Set[str]) -> ToolCall | None:
    """The call that the user's words ask for."""
    return asked_for(text, offered, RECALL, REMEMBER, GOODBYE, PLACE, arithmetic.formula)


def zone_in(text: str, named: re.Pattern[str] = PLACE) -> str | None:
    """The time zone of a place whose time is asked for; None where none is named, or it is not known."""
    placed = named.search(text)
    return zone_of(placed.group("place")) if placed else None


def asked_for(
    text: str,
    offered: Set[str],
    recall: re.Pattern[str],
    remember: re.Pattern[str],
    goodbye: re.Pattern[str],
    place: re.Pattern[str],
    formula: Callable[[str], str | None],
    around: str | None = None,
) -> ToolCall | None:
    """The first call that is offered, of all that the words ask for: by how one asks for each in a language.

    `around`: characters that stand around a note; None: blanks.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    if recall.search(text):
        found.append(("recall", {}))
    elif remembered := remember.search(text):
        found.append(("remember", {"note": remembered.group("what").strip(around)}))
    if goodbye.search(text):
        found.append(("hang_up", {}))
    if zone := zone_in(text, place):
        found.append(("clock", {"timezone": zone}))
    if expression := formula(text):
        found.append(("calculator", {"expression": expression}))
    for name, arguments in found:
        if name in offered:
            return ToolCall(name, json.dumps(arguments, ensure_ascii=False))
    return None


def told(name: str, output: str) -> str | None:
    """A sentence of what the tool answered; None of a tool that is another's."""
    match name:
        case "clock":
            return _time(parsed(output))
        case "calculator":
            return "That cannot be calculated." if output.startswith("Error") else f"The result is {output}."
        case "remember" | "forget":
            return "I will remember it." if output == "Noted." else "That did not work."
        case "recall":
            notes = notes_in(output)
            return f"You wanted me to remember: {'; '.join(notes)}." if notes else "I have no notes of yours."
        case "hang_up":
            return "Goodbye. It was nice talking to you."
    return None


def _time(answer: Any) -> str:
    try:
        hour, minute = map(int, answer["time"].split(":")[:2])
        place, weekday = place_of(answer), answer["weekday"]
    except (KeyError, TypeError, ValueError):
        return "I cannot tell the time there."
    return f"In {place} it is {hour % 12 or 12}:{minute:02d} {'am' if hour < 12 else 'pm'} on {weekday}."


def parsed(output: str) -> Any:
    """JSON; None where it is none."""
    try:
        return json.loads(output)
    except ValueError:
        return None


def place_of(answer: Any) -> str:
    """The place in a zone's name."""
    return str(answer["timezone"]).rpartition("/")[2].replace("_", " ")


def notes_in(output: str) -> list[str]:
    """What was noted, without the full stops."""
    found = parsed(output)
    notes = [each.get("note") for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [note.rstrip(" .。") for note in notes if isinstance(note, str)]
