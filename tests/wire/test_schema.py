"""The wire's schema: the published one is that of the code, and says no more and no less than the checks do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from tests.wire_check import check_told, published, validator
from voiceapp.errors import BrowserError
from voiceapp.wire import down, schema, up

# What a page may send, beside what it may not.
WORDS = ["", " ", "en", "pt-BR", "か", "marin", "a b", "auto", "server_vad", "x" * 65, "y" * 129, "z" * 8001]
BOUNDS = [0, 0.1, 0.9, 200, 1000, 2000, 5000, 30_000, up.MAX_HEARD_MS]
NUMBERS = [*BOUNDS, *(bound + 1 for bound in BOUNDS), *(bound - 1 for bound in BOUNDS), 300.5, True, None]
TURNS = st.dictionaries(
    st.sampled_from(["mode", "threshold", "prefix_ms", "silence_ms", "idle_ms", "eagerness", "x"]),
    st.sampled_from(["server_vad", "semantic_vad", "push_to_talk", "low", 0, 0.5, 300, 5000, None]),
    max_size=3,
)
VALUES = st.sampled_from([*WORDS, *NUMBERS]) | TURNS | st.text(max_size=5) | st.integers() | st.floats(allow_nan=False)
NAMES = st.sampled_from(sorted({name for event in up.UP.values() for name in event.fields} | {"surprise"}))
# Of these the schema says less than the check does: what is blank, how long it is as UTF-8, which characters.
LOOSE = {"text", "instructions", "persona", "profile", "model", "voice", "token", "page", "talk"}


def takes(event: str, args: list[Any]) -> bool:
    try:
        up.check_fields(event, tuple(args))
    except BrowserError:
        return False
    return True


@pytest.mark.parametrize("path", schema.files(), ids=lambda path: path.name)
def test_what_is_made_from_the_wire_is_up_to_date(path: Any) -> None:
    """If not: `python -m voiceapp.wire.schema`."""
    assert path.read_text(encoding="utf-8") == schema.files()[path]


def test_it_is_a_schema_of_every_event_of_both_directions() -> None:
    Draft202012Validator.check_schema(published())
    names = {name for name in published()["$defs"] if "." in name}
    assert names == {f"up.{name}" for name in (*up.UP, "audio")} | {f"down.{kind.event}" for kind in down.EVENTS}


@given(st.sampled_from(sorted(up.UP)), st.lists(st.dictionaries(NAMES, VALUES, max_size=3) | VALUES, max_size=2))
def test_it_takes_what_the_server_takes_and_nothing_else(event: str, args: list[Any]) -> None:
    valid = validator(f"up.{event}").is_valid([event, *args])
    if takes(event, args):
        assert valid
    elif not (args and isinstance(args[0], dict) and LOOSE & set(args[0])):
        assert not valid


def fields() -> Iterator[tuple[str, str, Callable[[Any], list[Any]]]]:
    """Event, name, and how the event looks with a value there."""
    for event, incoming in up.UP.items():
        needed = {
            name: {"item": "a1", "heard_ms": 1}.get(name) for name, field in incoming.fields.items() if field.required
        }
        for name in incoming.fields:
            yield event, name, lambda value, name=name, needed=needed: [{**needed, name: value}]
    for mode, known in up.TURN_MODES.items():
        for name in known.fields:
            yield "configure", name, lambda value, name=name, mode=mode: [{"turn": {"mode": mode, name: value}}]


@pytest.mark.parametrize(("event", "name", "make"), [*fields()])
def test_it_says_of_each_field_what_its_check_does(event: str, name: str, make: Callable[[Any], list[Any]]) -> None:
    for value in (*NUMBERS, *WORDS):
        args = make(value)
        valid = validator(f"up.{event}").is_valid([event, *args])
        assert valid if takes(event, args) else not valid or name in LOOSE, value


@pytest.mark.parametrize(
    "event",
    [
        ("turn", [1, {"state": "sleeping"}]),
        ("turn", [{"state": "user"}]),
        ("item", [1, {"id": "a1", "role": "assistant", "kind": "audio"}]),
        ("transcript", [1, {"item": "a1", "delta": "a", "text": "b"}]),
        ("transcript", [1, {"item": "a1", "text": "b", "final": False}]),
        ("ack", [0]),
        ("ack", [{"n": 1}]),
        ("ended", [{"reason": "stopped", "why": "x"}]),
        ("usage", [1, {}]),
    ],
)
def test_what_the_server_does_not_say_is_refused(event: tuple[str, list[Any]]) -> None:
    with pytest.raises(ValidationError):
        check_told([event])
