"""A value is found where a message is spelled as one before, and nowhere else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.spelling import Spelling

FIRST = b'{"type":"x.delta","event_id":"event_1","item_id":"a","delta":"one","more":1}'


def spelling(payload: bytes = FIRST, value: bytes = b"one") -> Spelling:
    begin = payload.index(value)
    return Spelling.of(payload, begin, begin + len(value), "r", "a")


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (FIRST, b"one"),
        (FIRST.replace(b"one", b"two"), b"two"),
        (FIRST.replace(b"one", b""), b""),
        (FIRST.replace(b"event_1", b"event_AbC-123"), b"one"),
        (FIRST.replace(b"event_1", b""), b"one"),
        (FIRST.replace(b"event_1", b"a\\u0041"), b""),
        (FIRST.replace(b"event_1", b"x" * 101), b""),
        (FIRST.replace(b'"a"', b'"b"'), b""),
        (FIRST.replace(b":1}", b":2}"), b""),
        (FIRST.replace(b'"x.delta"', b'"y.delta"'), b""),
        (FIRST.replace(b'"one"', b'"'), b""),
        (FIRST[:-1], b""),
        (b"", b""),
    ],
)
def test_all_around_it_is_as_it_was(payload: bytes, value: bytes) -> None:
    assert spelling().value(payload) == value


def test_a_message_without_an_id_of_its_own_has_a_spelling_too() -> None:
    payload = FIRST.replace(b'"event_id":"event_1",', b"")
    assert spelling(payload).value(payload.replace(b"one", b"two")) == b"two"
    assert spelling(payload).value(FIRST) == b""


IDS = st.text("ab_1", min_size=1, max_size=5)
VALUES = st.text("ab é", min_size=1, max_size=5)


@given(
    IDS,
    VALUES,
    IDS,
    VALUES,
    st.sampled_from([(",", ":"), (", ", ": ")]),
    st.permutations(["type", "event_id", "item_id", "delta"]),
)
def test_what_it_finds_is_what_the_json_says(
    first_id: str, first: str, other_id: str, other: str, separators: tuple[str, str], order: list[str]
) -> None:
    def message(event_id: str, delta: str) -> bytes:
        fields: dict[str, Any] = {"type": "x.delta", "event_id": event_id, "item_id": "i", "delta": delta}
        return json.dumps({name: fields[name] for name in order}, separators=separators, ensure_ascii=False).encode()

    payload = message(first_id, first)
    begin = payload.index(b'"', payload.index(b'"delta"') + 7) + 1
    known = Spelling.of(payload, begin, begin + len(first.encode()), "r", "i")
    assert known.value(message(other_id, other)) in (other.encode(), b"")
    assert known.value(message(first_id, other)) == other.encode()
