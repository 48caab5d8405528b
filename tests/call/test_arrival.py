"""How a page comes with a call that another worker began."""

from tests.store.workers import TALK, record
from voiceapp.call.arrival import Arrival
from voiceapp.call.resume_token import Ticket
from voiceapp.store.record import Entry, Record
from voiceapp.wire import down

SAID_BY_PAGE = ({"role": "user", "text": "By the page."},)


def come(kept: Record, generation: int = 3) -> Arrival:
    return Arrival.of(kept, Ticket("c1", generation, "one"), None, SAID_BY_PAGE)


def without_words() -> Record:
    kept = record()
    return Record(**{name: getattr(kept, name) for name in kept.__struct_fields__ if name != "entries"})


def test_the_record_knows_what_was_said_better_than_the_page() -> None:
    assert come(record()).entries == TALK
    assert come(without_words()).entries == (Entry("told_1", "user", "By the page."),)


def test_what_the_page_says_was_before_the_call_is_told_to_the_session_and_not_to_the_page() -> None:
    talk = [{"role": "user", "text": text} for text in ("Yesterday.", "Today.", "Now.")]
    came = Arrival.of(without_words(), Ticket("c1", 3, "one"), None, talk, before=1)
    assert [entry.text for entry in came.entries] == ["Yesterday.", "Today.", "Now."]
    assert [each.text for each in came.retold() if isinstance(each, down.TextFinished)] == ["Today.", "Now."]


def test_the_newest_token_counts_whoever_knows_of_it() -> None:
    assert [come(record(), generation).generation for generation in (2, 3, 4)] == [3, 3, 4]


def test_an_answer_is_owed_to_whoever_spoke_last() -> None:
    assert come(without_words()).owed
    assert not come(record()).owed


def test_what_was_said_is_retold_in_its_order() -> None:
    events = list(come(record()).retold())
    assert [each.after for each in events if isinstance(each, down.ItemPlaced)] == [None, "before_1"]
    assert [each.text for each in events if isinstance(each, down.TextFinished)] == [entry.text for entry in TALK]
