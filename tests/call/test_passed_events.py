"""What is kept of what passed: the latest, unread, within bounds; and of sound and pieces only how much there was."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from voiceapp.call.passed_events import (
    APPEND,
    MAX_EVENTS,
    MAX_KINDS,
    MAX_NAME,
    MAX_PAYLOAD,
    MAX_PAYLOADS,
    MAX_RUNS,
    ONE,
    UNKNOWN,
    PassedEvent,
    PassedEvents,
    comes_in_pieces,
)


def kept(passed: PassedEvents) -> list[PassedEvent]:
    return [passed.get(n) for n in range(passed.first, passed.number + 1)]


def test_an_event_is_kept_as_it_passed_and_its_bytes_are_not_copied() -> None:
    passed = PassedEvents(100.0)
    payload = b'{"type":"session.created"}'
    passed.keep("down", "session.created", payload, 100.25)
    passed.keep("up", "session.update", b"{}", 100.5)
    assert kept(passed) == [
        PassedEvent(1, "down", "session.created", 250, 250, 1, len(payload), payload),
        PassedEvent(2, "up", "session.update", 500, 500, 1, 2, b"{}"),
    ]
    assert passed.get(1).payload is payload


def test_sound_and_pieces_between_two_events_are_one_run_of_each_type() -> None:
    passed = PassedEvents(0.0)
    passed.keep("down", "response.created", b"{}", 1.0)
    passed.runs[APPEND] += ONE + 100
    passed.runs["response.output_audio.delta"] += ONE + 30
    passed.runs[APPEND] += ONE + 100
    passed.fold("response.output_text.delta", 5, lambda: 1.5)
    passed.keep("down", "response.done", b"{}", 3.0)
    passed.keep("down", "rate_limits.updated", b"{}", 3.0)
    assert [tuple(each)[1:7] for each in kept(passed)] == [
        ("down", "response.created", 1000, 1000, 1, 2),
        ("up", APPEND, 1000, 3000, 2, 200),
        ("down", "response.output_audio.delta", 1000, 3000, 1, 30),
        ("down", "response.output_text.delta", 1000, 3000, 1, 5),
        ("down", "response.done", 3000, 3000, 1, 2),
        ("down", "rate_limits.updated", 3000, 3000, 1, 2),
    ]


def test_whoever_adds_late_is_asked_before_anything_is_kept_behind_it() -> None:
    passed = PassedEvents(0.0)
    late = [0, 25 * (ONE + 2607), 0]

    def settle() -> None:
        if run := late.pop(0):
            passed.runs[APPEND] += run

    passed.settle = settle
    passed.keep("down", "a", b"", 1.0)
    passed.keep("down", "b", b"", 2.0)
    passed.keep("down", "c", b"", 3.0)
    assert [(each.type, each.times, each.size) for each in kept(passed)] == [
        ("a", 1, 0), (APPEND, 25, 25 * 2607), ("b", 1, 0), ("c", 1, 0)
    ]  # fmt: skip


def test_whatever_holds_sound_comes_in_pieces() -> None:
    assert comes_in_pieces(APPEND)
    assert comes_in_pieces("response.audio.delta")
    assert comes_in_pieces("response.output_audio.delta")
    assert not comes_in_pieces("response.output_audio.done")


def test_the_latest_are_kept_and_of_the_older_ones_all_but_what_they_say() -> None:
    passed = PassedEvents(0.0)
    payload = b"x" * 1000
    for n in range(MAX_EVENTS + 500):
        passed.keep("down", f"event.{n % 7}", payload, float(n))
    events = kept(passed)
    assert [each.n for each in events] == list(range(501, MAX_EVENTS + 501))
    assert [(each.type, each.at) for each in events] == [
        (f"event.{n % 7}", n * 1000) for n in range(500, MAX_EVENTS + 500)
    ]
    held = [each.n for each in events if each.payload]
    assert held == list(range(MAX_EVENTS + 500 - MAX_PAYLOADS // 1000 + 1, MAX_EVENTS + 501))
    assert {each.size for each in events} == {1000}


def test_of_one_that_is_long_only_the_size_is_kept() -> None:
    passed = PassedEvents(0.0)
    passed.keep("up", "a", b"a", 0.0)
    passed.keep("up", "conversation.item.create", b"x" * (MAX_PAYLOAD + 1), 0.0)
    assert [(each.size, each.payload) for each in kept(passed)] == [(1, b"a"), (MAX_PAYLOAD + 1, b"")]


def test_no_call_and_no_run_is_too_long_for_it() -> None:
    passed = PassedEvents(0.0)
    passed.runs[APPEND] += ONE + (1 << 33)
    passed.keep("up", "a", b"", 1e9)
    assert [(each.at, each.size) for each in kept(passed)] == [(0, (1 << 32) - 1), ((1 << 32) - 1, 0)]


def test_a_server_that_makes_up_names_without_end_is_bounded() -> None:
    passed = PassedEvents(0.0)
    for n in range(10 * MAX_RUNS):
        passed.fold("x" * 10_000 + f"{n}.delta", 1, float)
        passed.fold(f"{n}.delta", 1, float)
    assert len(passed.runs) <= MAX_RUNS
    for n in range(2 * MAX_KINDS):
        passed.keep("down", f"{n}" + "x" * 10_000, b"", 0.0)
    names = {each.type for each in kept(passed)}
    assert len(names) <= MAX_KINDS
    assert max(map(len, names)) == MAX_NAME
    assert passed.get(passed.number).type == UNKNOWN


def test_a_full_one_takes_little_memory() -> None:
    passed = PassedEvents(0.0)
    for n in range(3 * MAX_EVENTS):
        passed.keep("down", "event", b"x", n)
    assert sys.getsizeof(passed._rows) + sys.getsizeof(passed._payloads) < 70_000


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "x.delta", APPEND]), st.integers(0, 20_000)), max_size=300))
def test_nothing_is_lost_but_what_is_too_much(steps: list[tuple[str, int]]) -> None:
    passed = PassedEvents(0.0)
    for n, (kind, size) in enumerate(steps):
        if comes_in_pieces(kind):
            passed.fold(kind, size, float)
        else:
            passed.keep("down", kind, bytes(size), float(n))
    passed.close_runs(float(len(steps)))
    events = kept(passed)
    for kind in {kind for kind, _ in steps}:
        of_kind = [each for each in events if each.type == kind]
        assert sum(each.times for each in of_kind) == sum(each == kind for each, _ in steps)
        assert sum(each.size for each in of_kind) == sum(size for each, size in steps if each == kind)
    assert sum(len(each.payload) for each in events) <= MAX_PAYLOADS
    assert [each.until for each in events] == sorted(each.until for each in events)
    assert all(each.at <= each.until for each in events)
