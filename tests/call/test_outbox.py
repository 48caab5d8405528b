"""What goes to the page is numbered without a hole, and kept as far as there is room."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voiceapp.call.outbox import PACKET_OVERHEAD, NotHeld, Outbox
from voiceapp.wire import down, rendering

ROOMY = 1_000_000


def put(outbox: Outbox, what: tuple[str, str, int]) -> rendering.Packet:
    kind, item, size = what
    if kind == "sound":
        return outbox.sound(item, b"A" * size)
    return outbox.put(down.TextAdded(item, "x" * size))


def packets_of(puts: list[tuple[str, str, int]]) -> list[rendering.Packet]:
    outbox = Outbox()
    return [put(outbox, what) for what in puts]


def number(packet: rendering.Packet) -> Any:
    return rendering.read(packet)[1][0]


WHAT = st.tuples(st.sampled_from(["sound", "text"]), st.sampled_from(["a1", "a2", 'a"3']), st.integers(0, 600))


def size(packet: rendering.Packet) -> int:
    head, *sound = packet
    return len(head) + len(b"".join(sound[:1])) + PACKET_OVERHEAD


@given(st.lists(WHAT, max_size=40), st.integers(0, 8), st.sampled_from([-1, 0, 1, 300]))
@example([("text", "a1", 0)], 0, 0)
@example([("text", "a1", 600)], 1, -1)
def test_whatever_is_put_and_asked_for(puts: list[tuple[str, str, int]], fits: int, more: int) -> None:
    # Room for the last so many, or a byte more or less.
    room = max(0, sum(size(packet) for packet in packets_of(puts)[max(0, len(puts) - fits) :]) + more)
    outbox = Outbox(room)
    packets = [put(outbox, what) for what in puts]
    assert [number(packet) for packet in packets] == list(range(1, len(puts) + 1))
    # From the latest back, as many as there is room for.
    kept, left = 0, room
    for packet in reversed(packets):
        left -= size(packet)
        if left < 0:
            break
        kept += 1
    for n in range(-2, len(puts) + 3):
        found = outbox.since(n)
        if n > len(puts):
            assert found is NotHeld.NOT_YET
        elif n < len(puts) - kept:
            assert found is NotHeld.FORGOTTEN
        else:
            assert found == packets[n:]


@given(st.lists(WHAT, min_size=2, max_size=20))
def test_a_page_that_left_at_any_moment_misses_nothing(puts: list[tuple[str, str, int]]) -> None:
    outbox = Outbox(ROOMY)
    for what in puts:
        put(outbox, what)
        seen = outbox.number // 2
        later = outbox.since(seen)
        assert isinstance(later, list)
        assert all(number(after) == number(before) + 1 for before, after in pairwise(later))
        assert [number(packet) for packet in later[:1]] == [seen + 1]


@pytest.mark.parametrize("room", [0, ROOMY])
def test_sound_is_the_base64_as_it_came_and_its_item_as_it_is_spelled(room: int) -> None:
    outbox = Outbox(room)
    said = [outbox.sound(item, audio) for item, audio in (("a1", b"AAAA"), ("a1", b""), ('b"\\', b"BBBB"))]
    assert [rendering.read(packet) for packet in said] == [
        ("audio", [1, "a1", "AAAA"]),
        ("audio", [2, "a1", ""]),
        ("audio", [3, 'b"\\', "BBBB"]),
    ]


def test_without_room_nothing_is_kept() -> None:
    outbox = Outbox()
    outbox.put(down.Flush("a1"))
    assert (outbox.since(1), outbox.since(0), outbox.since(2)) == ([], NotHeld.FORGOTTEN, NotHeld.NOT_YET)
