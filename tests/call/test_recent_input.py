"""The microphone's latest sound, for a session that takes over: what it needs, and no more than there is room for."""

from hypothesis import given
from hypothesis import strategies as st

from voiceapp.call.recent_input import IDLE_BYTES, MAX_BYTES, RecentInput
from voiceapp.conversation.pcm16 import BYTES_PER_MS


def chunk(n: int, ms: int = 40) -> bytes:
    return n.to_bytes(2, "little") * 24 * ms


class Spoken:
    """Somebody who speaks; `end` in bytes."""

    def __init__(self) -> None:
        self.recent = RecentInput()
        self.chunks: list[bytes] = []
        self.end = 0

    def speak(self, chunks: int) -> "Spoken":
        for _ in range(chunks):
            self.chunks.append(chunk(len(self.chunks)))
            self.recent.take(self.chunks[-1])
            self.end += 40 * BYTES_PER_MS
        return self

    @property
    def held(self) -> int:
        return sum(map(len, self.recent._chunks))


def test_an_idle_call_holds_no_more_than_its_latest_moment() -> None:
    spoken = Spoken().speak(10_000)
    assert IDLE_BYTES <= spoken.held < IDLE_BYTES + len(chunk(0))
    # With what Python has around each.
    assert spoken.held + 100 * len(spoken.recent._chunks) < 48_000


def test_what_is_open_is_kept_from_where_it_began() -> None:
    spoken = Spoken().speak(100)
    begin = 90 * 40 * BYTES_PER_MS
    spoken.recent.keep_from(begin, spoken.end)
    spoken.speak(50)
    assert spoken.recent.since(begin, spoken.end) == (spoken.chunks[90:], 0)


def test_a_chunk_in_which_it_began_is_whole() -> None:
    spoken = Spoken().speak(10)
    begin = spoken.end - 50 * BYTES_PER_MS
    assert spoken.recent.since(begin, spoken.end) == (spoken.chunks[8:], 0)


def test_of_more_than_there_is_room_for_the_oldest_is_left_out_and_it_is_said_how_much() -> None:
    spoken = Spoken()
    spoken.recent.keep_from(0, 0)
    spoken.speak(500)
    chunks, left_out_ms = spoken.recent.since(0, spoken.end)
    assert chunks == spoken.chunks[125:]
    assert left_out_ms == 5000
    assert MAX_BYTES <= spoken.held < MAX_BYTES + len(chunk(0))


def test_a_chunk_of_which_a_part_is_needed_is_kept() -> None:
    spoken = Spoken()
    spoken.recent.keep_from(0, 0)
    spoken.speak(100)
    place = spoken.end - 1010 * BYTES_PER_MS
    spoken.recent.keep_from(place, spoken.end)
    assert spoken.recent.since(place, spoken.end) == (spoken.chunks[74:], 0)


def test_what_is_no_longer_open_is_given_back_at_once() -> None:
    spoken = Spoken()
    spoken.recent.keep_from(0, 0)
    spoken.speak(300)
    spoken.recent.keep_from(290 * 40 * BYTES_PER_MS, spoken.end)
    assert spoken.held <= IDLE_BYTES + len(chunk(0))
    spoken.recent.keep_from(None, spoken.end)
    assert spoken.speak(100).held < IDLE_BYTES + len(chunk(0))


def test_of_long_chunks_the_latest_is_there_at_least() -> None:
    recent = RecentInput()
    for n in range(10):
        recent.take(chunk(n, 1000))
    assert recent.since(9_500 * BYTES_PER_MS, 10_000 * BYTES_PER_MS) == ([chunk(9, 1000)], 0)


def test_nothing_is_needed_of_what_is_known() -> None:
    spoken = Spoken().speak(10)
    assert spoken.recent.since(spoken.end, spoken.end) == ([], 0)


@given(st.lists(st.tuples(st.integers(0, 200), st.one_of(st.none(), st.integers(0, 100))), max_size=20))
def test_it_is_always_the_end_of_what_was_said(steps: list[tuple[int, int | None]]) -> None:
    spoken, place = Spoken(), None
    for chunks, back in steps:
        spoken.speak(chunks)
        place = None if back is None else max(0, spoken.end - back * BYTES_PER_MS, place or 0)
        spoken.recent.keep_from(place, spoken.end)
        assert spoken.held < MAX_BYTES + len(chunk(0))
        begin = spoken.end if place is None else place
        found, left_out_ms = spoken.recent.since(begin, spoken.end)
        assert found == spoken.chunks[len(spoken.chunks) - len(found) :]
        length_ms = sum(map(len, found)) // BYTES_PER_MS
        assert length_ms + left_out_ms >= (spoken.end - begin) // BYTES_PER_MS
        assert left_out_ms == 0 or length_ms >= 14_900
