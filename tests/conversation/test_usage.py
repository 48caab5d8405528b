"""What a call uses: as it is told, and as it is estimated where nobody tells."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.usages import TURN
from voiceapp.conversation.events import Transcribing, Usage
from voiceapp.conversation.usage import ASSISTANT_TOKEN_BYTES, MAX_OPEN, USER_TOKEN_BYTES, Charge, Meter

# With some of it read from the cache.
TOLD = replace(TURN, cached_tokens=300)


def estimate(meter: Meter, response: str = "r") -> Usage:
    charge = meter.done(response, None)
    assert charge is not None
    assert charge.estimated
    assert isinstance(charge.usage, Usage)
    return charge.usage


def test_an_estimate_counts_the_sound_and_the_words_that_came() -> None:
    meter = Meter()
    meter.began("r")
    meter.sound_bytes += 3 * ASSISTANT_TOKEN_BYTES + 1
    meter.wrote("r", "nine char")
    assert estimate(meter) == Usage(output_tokens=7, output_text_tokens=3, output_audio_tokens=4)


def test_an_estimate_reads_what_the_answer_before_read_and_said_and_what_came_since() -> None:
    meter = Meter()
    meter.began("r1")
    meter.done("r1", TOLD)
    meter.read("four")
    meter.speech_began(7)
    meter.speech_committed("u1", 7 + 5 * USER_TOKEN_BYTES)
    meter.began("r2")
    known = replace(TOLD, output_tokens=0, output_text_tokens=0, output_audio_tokens=0)
    more = {"input_tokens": 1000 + 300 + 1 + 5, "input_text_tokens": 400 + 100 + 1, "input_audio_tokens": 600 + 200 + 5}
    assert estimate(meter, "r2") == replace(known, **more)


def test_japanese_is_counted_by_its_bytes() -> None:
    meter = Meter()
    meter.began("r")
    meter.wrote("r", "こんにちは。")  # 18 bytes
    assert estimate(meter).output_text_tokens == 5


def test_the_sound_of_an_answer_that_was_never_done_ends_where_the_next_begins() -> None:
    meter = Meter()
    meter.began("r1")
    meter.sound_bytes += 2 * ASSISTANT_TOKEN_BYTES
    meter.began("r2")
    meter.sound_bytes += 5 * ASSISTANT_TOKEN_BYTES
    spoken = [charge.usage.output_audio_tokens for charge in meter.close() if isinstance(charge.usage, Usage)]
    assert spoken == [2, 5]


def test_of_many_answers_that_are_never_done_the_oldest_are_charged() -> None:
    meter = Meter()
    early = [charge for n in range(20) if (charge := meter.began(f"r{n}"))]
    assert len(early) + len(meter.close()) == 20
    assert len(early) == 20 - MAX_OPEN


def test_another_session_knows_only_what_it_is_told_and_may_use_the_same_ids() -> None:
    meter = Meter()
    meter.begin_session("Be kind.")
    meter.began("r")
    one = meter.done("r", TOLD)
    meter.begin_session("Be kind.", "Said before.")
    meter.began("r")
    other = meter.done("r", None)
    assert one
    assert other
    assert one.key != other.key
    assert other.usage == Usage(input_tokens=5, input_text_tokens=5)


def test_a_session_that_gives_way_leaves_what_it_left_open() -> None:
    meter = Meter()
    meter.began("r")
    meter.sound_bytes += ASSISTANT_TOKEN_BYTES
    assert [charge.estimated for charge in meter.begin_session()] == [True]


def test_an_answer_that_failed_before_a_word_costs_nothing_unless_it_is_said() -> None:
    meter = Meter()
    meter.read("a long text")
    meter.began("r")
    assert meter.done("r", None, failed=True) is None
    assert meter.done("r", TOLD, failed=True)


def test_nothing_is_not_believed_of_an_answer_that_was_heard() -> None:
    """A server that does not count says so of a cancelled one, too."""
    meter = Meter()
    meter.began("r1")
    assert meter.done("r1", Usage()) == Charge("0:response:r1", Usage())
    meter.began("r2")
    meter.sound_bytes += ASSISTANT_TOKEN_BYTES
    charge = meter.done("r2", Usage())
    assert charge
    assert (charge.estimated, charge.usage) == (True, Usage(output_tokens=1, output_audio_tokens=1))


def test_nor_is_it_after_the_end() -> None:
    meter = Meter()
    meter.began("r")
    meter.sound_bytes += ASSISTANT_TOKEN_BYTES
    (estimate,) = meter.close()
    assert meter.done("r", Usage()) == estimate


def test_a_beginning_that_is_said_twice_forgets_nothing() -> None:
    meter = Meter()
    meter.began("r")
    meter.sound_bytes += 3 * ASSISTANT_TOKEN_BYTES
    meter.began("r")
    assert estimate(meter).output_audio_tokens == 3


def test_what_comes_after_the_end_is_in_the_estimate() -> None:
    meter = Meter()
    meter.began("r")
    assert [charge.usage.output_tokens for charge in meter.close() if isinstance(charge.usage, Usage)] == [0]
    meter.sound_bytes += 3 * ASSISTANT_TOKEN_BYTES
    assert [charge.usage.output_tokens for charge in meter.close() if isinstance(charge.usage, Usage)] == [3]


def test_answers_without_an_id_are_charged_each() -> None:
    meter = Meter()
    keys = set()
    for usage in (TOLD, None, TOLD, None):
        meter.began("")
        charge = meter.done("", usage)
        assert charge
        keys.add(charge.key)
    assert len(keys) == 4


EVENTS = st.one_of(
    st.tuples(st.just("began"), st.sampled_from(["r1", "r2", "r3", ""])),
    st.tuples(st.just("sound"), st.integers(0, 10_000)),
    st.tuples(st.just("wrote"), st.sampled_from(["r1", "r2", "r3", ""])),
    st.tuples(st.just("told"), st.sampled_from(["r1", "r2", "r3"])),
    st.tuples(st.just("untold"), st.sampled_from(["r1", "r2", "r3", ""])),
    st.tuples(st.just("words"), st.sampled_from(["u1", "u2"])),
)


@given(st.lists(EVENTS, max_size=40))
def test_whatever_the_order_nothing_is_charged_twice_and_what_was_told_stays(events: list[tuple[str, Any]]) -> None:
    meter = Meter()
    charges: list[Charge | None] = []
    for what, value in events:
        match what:
            case "began":
                charges.append(meter.began(value))
            case "sound":
                meter.sound_bytes += value
            case "wrote":
                meter.wrote(value, "word")
            case "told":
                charges.append(meter.done(value, TOLD))
            case "untold":
                charges.append(meter.done(value, None))
            case "words":
                charges.append(meter.transcribed(value, Transcribing(seconds=1)))
    charges += meter.close()
    settled: set[str] = set()
    for charge in filter(None, charges):
        assert charge.key not in settled
        if not charge.estimated:
            settled.add(charge.key)
    said = {value for what, value in events if what == "told"}
    assert len([key for key in settled if "response" in key]) == len(said)
