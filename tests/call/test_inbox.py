"""Chunks are taken in order, at the pace of speech, and confirmed; what is wrong with one is said."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.call.inbox import SOUND_MS_A_SECOND, SOUND_MS_AT_ONCE, Inbox, chunk_bytes
from voiceapp.errors import BrowserError


def sound(ms: int) -> bytes:
    return base64.b64encode(bytes(48 * ms))


class TestOrder:
    def test_they_are_confirmed_every_500_ms(self) -> None:
        inbox, due = Inbox(), []
        for n in range(1, 11):
            assert inbox.take(n, sound(100)) == 4800
            due.append(inbox.due())
        assert due == [0, 0, 0, 0, 5, 0, 0, 0, 0, 10]

    @pytest.mark.parametrize("n", [-1, 0, 3, 99, 2**53])
    def test_a_number_that_was_not_due_is_refused_by_name(self, n: int) -> None:
        inbox = Inbox()
        inbox.take(1, sound(40))
        for take in (lambda: inbox.take(n, sound(40)), lambda: inbox.take_event(n)):
            with pytest.raises(BrowserError, match=f"expected number 2, got {n}"):
                take()

    def test_what_came_before_is_taken_once_and_confirmed_again(self) -> None:
        inbox = Inbox()
        assert (inbox.take(1, sound(40)), inbox.take_event(2), inbox.due()) == (1920, True, 2)
        assert (inbox.take(1, sound(40)), inbox.take_event(2), inbox.due()) == (None, False, 2)
        assert (inbox.number, inbox.due()) == (2, 0)

    def test_after_a_refused_chunk_the_due_one_is_taken(self) -> None:
        inbox = Inbox()
        for n, wrong in ((7, sound(40)), (1, b"AAA")):
            with pytest.raises(BrowserError):
                inbox.take(n, wrong)
        assert inbox.take(1, sound(500)) == 24000
        assert inbox.due() == 1

    def test_those_that_were_passed_on_are_counted(self) -> None:
        inbox = Inbox(lambda: 0.0)
        inbox.take(1, sound(1000))
        inbox.take_event(2)
        inbox.take_next(sound(900))
        inbox.take(3, sound(900))
        assert inbox.take(4, sound(900)) == 0
        inbox.leave_out()
        inbox.leave_out()
        inbox.take_event(6)
        inbox.take(8, sound(40))
        assert (inbox.number, inbox.chunks) == (8, 3)

    def test_what_was_left_out_unread_is_no_hole(self) -> None:
        inbox = Inbox()
        assert inbox.take(1, sound(40)) == 1920
        inbox.leave_out()
        inbox.leave_out()
        assert inbox.take_event(3)
        assert not inbox.take_event(2)
        assert inbox.take(5, sound(40)) == 1920
        with pytest.raises(BrowserError, match="expected number 6"):
            inbox.take(7, sound(40))


class TestPace:
    def test_what_waited_in_a_stalled_line_may_come_at_once_and_more_is_left_out(self) -> None:
        clock = [0.0]
        inbox = Inbox(lambda: clock[0])
        sizes = [inbox.take(n, sound(100)) for n in range(1, 31)]
        assert sizes == [4800] * 20 + [0] * 10
        clock[0] = 1.0
        assert inbox.take(31, sound(1000)) == 48_000

    def test_the_first_15_s_may_come_at_once_and_no_more(self) -> None:
        clock = [0.0]
        inbox = Inbox(lambda: clock[0])
        inbox.expect_first()
        sizes = [inbox.take(n, sound(200)) for n in range(1, 91)]
        assert sizes == [9600] * 75 + [0] * 15
        clock[0] = 100.0
        assert [inbox.take(n, sound(200)) for n in range(91, 121)] == [9600] * 10 + [0] * 20

    def test_a_page_that_was_away_may_catch_up_once(self) -> None:
        clock = [0.0]
        inbox = Inbox(lambda: clock[0])
        for n in range(1, 21):
            inbox.take(n, sound(100))
        clock[0] = 60.0
        inbox.expect_late()
        sizes = [inbox.take(n, sound(100)) for n in range(21, 101)]
        assert sizes == [4800] * 70 + [0] * 10
        clock[0] = 160.0
        assert [inbox.take(n, sound(100)) for n in range(101, 131)] == [4800] * 20 + [0] * 10

    def test_a_page_whose_way_back_is_cut_again_may_still_catch_up(self) -> None:
        clock = [0.0]
        inbox = Inbox(lambda: clock[0])
        for n in range(1, 21):
            inbox.take(n, sound(100))
        clock[0] = 4.0
        inbox.expect_late()
        sizes = [inbox.take(n, sound(100)) for n in range(21, 31)]
        inbox.expect_late()
        clock[0] = 4.5
        inbox.expect_late()
        sizes += [inbox.take(n, sound(100)) for n in range(31, 66)]
        assert sizes == [4800] * 45

    def test_a_page_that_catches_up_may_speak_meanwhile(self) -> None:
        clock = [0.0]
        inbox, n = Inbox(lambda: clock[0]), 0
        clock[0] = 60.0
        inbox.expect_late()
        # All that it kept, four times as fast as it was spoken, and what it says while it does so.
        late_ms, sizes = 6500, []
        while late_ms > 0:
            for _ in range(4):
                n += 1
                sizes.append(inbox.take(n, sound(40)))
            clock[0] += 0.04
            late_ms -= 3 * 40
        assert set(sizes) == {40 * 48}

    def test_to_come_back_often_gives_no_more(self) -> None:
        clock = [0.0]
        inbox = Inbox(lambda: clock[0])
        for n in range(1, 21):
            inbox.take(n, sound(100))
        for _ in range(100):
            clock[0] += 0.01
            inbox.expect_late()
        assert [inbox.take(n, sound(100)) for n in range(21, 41)] == [4800] * 10 + [0] * 10

    def test_what_is_left_out_is_confirmed_too(self) -> None:
        inbox = Inbox(lambda: 0.0)
        for n in range(1, 31):
            inbox.take(n, sound(100))
        assert inbox.due() == 30

    @given(st.lists(st.tuples(st.integers(1, 1000), st.floats(0, 2)), max_size=60))
    def test_whatever_comes_no_more_passes_than_is_spoken(self, chunks: list[tuple[int, float]]) -> None:
        now = [0.0]
        inbox, passed = Inbox(lambda: now[0]), 0
        for n, (ms, pause) in enumerate(chunks, 1):
            now[0] += pause
            passed += inbox.take(n, sound(ms))
        assert passed / 48 <= SOUND_MS_AT_ONCE + SOUND_MS_A_SECOND * now[0] + 1


class TestSize:
    @pytest.mark.parametrize("ms", [1, 40, 1000])
    def test_their_size_is_known(self, ms: int) -> None:
        assert chunk_bytes(base64.b64encode(bytes(ms * 48))) == ms * 48

    @pytest.mark.parametrize("sound", [b"", base64.b64encode(bytes(1001 * 48)), b"AAA", b"!!!!", b"AAAA"])
    def test_others_are_refused(self, sound: bytes) -> None:
        with pytest.raises(BrowserError, match=r"^audio was refused: "):
            chunk_bytes(sound)
