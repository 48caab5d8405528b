"""A server's ids are made fit for the page, and missing ones are put in."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceapp.conversation.dialects import cancel, delete, tool_output, truncate, user_text
from voiceapp.conversation.ids import MAX_CHARACTERS, MAX_ODD, Ids
from voiceapp.wire.up import check_fields

LONG = "i" * (MAX_CHARACTERS + 1)
STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
COMMITTED = "input_audio_buffer.committed"
WORDS, WORDS_DELTA, WORDS_FAILED = (
    f"conversation.item.input_audio_transcription.{k}" for k in ("completed", "delta", "failed")
)
ADDED = "conversation.item.added"
CREATED, DONE = "response.created", "response.done"
SOUND, SOUND_DONE = "response.output_audio.delta", "response.output_audio.done"
TEXT = "response.output_audio_transcript.delta"
OUTPUT = "response.output_item.added"


def read(ids: Ids, kind: str, **fields: Any) -> dict[str, Any]:
    message: dict[str, Any] = {"type": kind, **fields}
    ids.inward(message, kind)
    return message


def item_of(ids: Ids, kind: str, **fields: Any) -> str:
    item: str = read(ids, kind, **fields)["item_id"]
    return item


class TestOdd:
    @pytest.mark.parametrize("theirs", [LONG, 17, 0, -1, "é", "\ud800", "x" * 4096])
    def test_it_has_a_short_name_that_stays_and_is_turned_back(self, theirs: Any) -> None:
        ids = Ids()
        ours = item_of(ids, TEXT, item_id=theirs, response_id="r")
        assert ours == item_of(ids, SOUND, item_id=theirs, response_id="r")
        assert check_fields("flushed", ({"item": ours, "heard_ms": 5},))
        named = ids.outward(truncate(ours, 5))
        assert named is not None
        assert named["item_id"] == theirs

    def test_it_is_the_same_wherever_it_stands(self) -> None:
        ids = Ids()
        ours = item_of(ids, STARTED, item_id=LONG)
        assert item_of(ids, COMMITTED, item_id=LONG) == ours
        assert read(ids, ADDED, item={"id": LONG})["item"]["id"] == ours
        assert read(ids, ADDED, item={"id": "a"}, previous_item_id=LONG)["previous_item_id"] == ours

    def test_two_have_two_names(self) -> None:
        ids = Ids()
        assert item_of(ids, STARTED, item_id=LONG) != item_of(ids, STARTED, item_id=LONG + "j")

    @pytest.mark.parametrize("none", [None, True, 1.5, [], {}, "", "x" * 4097])
    def test_what_can_be_none_counts_as_missing(self, none: Any) -> None:
        assert item_of(Ids(), STARTED, item_id=none) == ""
        assert item_of(Ids(), SOUND, item_id=none, response_id="r")

    def test_a_plain_one_stays_as_it_is(self) -> None:
        assert item_of(Ids(), STARTED, item_id="item_1") == "item_1"

    def test_only_so_many_are_remembered(self) -> None:
        ids = Ids()
        for n in range(3 * MAX_ODD):
            item_of(ids, STARTED, item_id=f"{LONG}{n}")
        assert len(ids._ours) <= MAX_ODD
        assert len(ids._theirs) <= 2 * MAX_ODD

    def test_of_a_call_and_a_question_too(self) -> None:
        ids = Ids()
        message = read(ids, OUTPUT, item={"id": "f", "type": "function_call", "call_id": LONG}, response_id="r")
        named = ids.outward(tool_output(message["item"]["call_id"], "1"))
        assert named is not None
        assert named["item"]["call_id"] == LONG


class TestTurns:
    def test_a_turn_has_the_id_of_its_beginning_where_its_commit_has_none(self) -> None:
        ids = Ids()
        read(ids, STARTED, item_id="u1")
        assert item_of(ids, COMMITTED) == "u1"
        assert item_of(ids, WORDS, transcript="Hi") == "u1"

    def test_a_turn_without_any_has_one_of_its_own(self) -> None:
        ids = Ids()
        turns = []
        for _ in range(2):
            assert item_of(ids, STARTED, item_id=None) == ""
            read(ids, STOPPED)
            turns.append(item_of(ids, COMMITTED, item_id=None))
            assert item_of(ids, WORDS_DELTA, delta="H") == turns[-1]
            assert item_of(ids, WORDS) == turns[-1]
        assert turns[0] != turns[1]

    def test_what_stops_and_is_committed_is_one_turn(self) -> None:
        ids = Ids()
        read(ids, STARTED)
        assert item_of(ids, STOPPED) == item_of(ids, COMMITTED)

    def test_speech_that_goes_on_before_it_is_committed_is_one_turn(self) -> None:
        ids = Ids()
        read(ids, STARTED)
        turn = item_of(ids, STOPPED)
        assert item_of(ids, STARTED) == ""
        assert (item_of(ids, STOPPED), item_of(ids, COMMITTED)) == (turn, turn)

    def test_by_key_each_commit_is_a_turn(self) -> None:
        ids = Ids()
        assert item_of(ids, COMMITTED) != item_of(ids, COMMITTED)

    @pytest.mark.parametrize("kind", [WORDS, WORDS_FAILED])
    def test_late_words_are_those_of_the_oldest_turn_that_has_none(self, kind: str) -> None:
        ids = Ids()
        first, second = item_of(ids, COMMITTED), item_of(ids, COMMITTED)
        assert item_of(ids, kind) == first
        assert item_of(ids, kind) == second

    def test_the_servers_own_id_means_the_turn_that_waited_for_it(self) -> None:
        ids = Ids()
        turn = item_of(ids, COMMITTED)
        assert (
            read(ids, ADDED, item={"id": "u1", "role": "user", "content": [{"type": "input_audio"}]})["item"]["id"]
            == turn
        )
        assert item_of(ids, WORDS, item_id="u1") == turn
        named = ids.outward(delete(turn))
        assert named is not None
        assert named["item_id"] == "u1"

    def test_a_typed_text_is_no_turn_that_was_spoken(self) -> None:
        ids = Ids()
        item_of(ids, COMMITTED)
        message = read(
            ids, ADDED, item={"id": "typed_1", "role": "user", "content": [{"type": "input_text", "text": "x"}]}
        )
        assert message["item"]["id"] == "typed_1"

    def test_words_before_anything_else_have_a_place_of_their_own(self) -> None:
        assert item_of(Ids(), WORDS)


class TestResponses:
    def test_what_a_delta_lacks_is_of_the_response_that_runs(self) -> None:
        ids = Ids()
        read(ids, CREATED, response={"id": "r1"})
        read(ids, OUTPUT, response_id="r1", item={"id": "a1", "type": "message"})
        message = read(ids, SOUND, delta="AAAA")
        assert (message["response_id"], message["item_id"]) == ("r1", "a1")

    def test_a_response_without_ids_has_some(self) -> None:
        ids = Ids()
        made = read(ids, CREATED)["response"]["id"]
        sound, text = read(ids, SOUND), read(ids, TEXT)
        assert sound["item_id"] == text["item_id"]
        assert sound["response_id"] == made
        assert read(ids, DONE)["response"]["id"] == made
        again = read(ids, CREATED, response={"status": "in_progress"})["response"]
        assert again["id"] not in ("", made)
        assert again["status"] == "in_progress"
        assert item_of(ids, SOUND) != sound["item_id"]

    def test_ids_that_come_late_mean_the_same(self) -> None:
        ids = Ids()
        made = read(ids, CREATED, response={})["response"]["id"]
        item = item_of(ids, TEXT)
        message = read(ids, SOUND, response_id="r1", item_id="a1")
        assert (message["response_id"], message["item_id"]) == (made, item)
        assert read(ids, DONE, response={"id": "r1"})["response"]["id"] == made

    def test_what_the_server_never_named_is_not_named_to_it(self) -> None:
        ids = Ids()
        response, item = read(ids, CREATED)["response"]["id"], item_of(ids, SOUND)
        assert ids.outward(truncate(item, 5)) is None
        assert ids.outward(delete(item)) is None
        assert ids.outward(cancel(response)) == {"type": "response.cancel"}

    def test_the_short_way_is_the_same(self) -> None:
        long, short = Ids(), Ids()
        for fields in (
            {"item_id": LONG, "response_id": 5},
            {},
            {"item_id": "a"},
            {"item_id": "a", "response_id": "r"},
        ) * 2:
            message = read(long, SOUND, **fields)
            assert short.of_sound({"type": SOUND, **fields}) == (message["response_id"], message["item_id"])


def test_what_is_ours_goes_out_as_it_is() -> None:
    ids = Ids()
    assert ids.outward(user_text("typed_1", "Hi")) == user_text("typed_1", "Hi")
    item_of(ids, STARTED, item_id=LONG)
    assert ids.outward(user_text("typed_1", "Hi")) == user_text("typed_1", "Hi")


def test_a_server_that_counts_anew_in_another_session_names_other_items() -> None:
    ids = Ids()
    assert item_of(ids, COMMITTED, item_id="item_1") == "item_1"
    ids.begin_session()
    again = item_of(ids, STARTED, item_id="item_1")
    assert again == item_of(ids, COMMITTED, item_id="item_1") != "item_1"
    assert item_of(ids, COMMITTED, item_id="item_2") == "item_2"
    assert ids.outward(delete(again)) == delete("item_1")
    ids.begin_session()
    assert item_of(ids, COMMITTED, item_id="item_1") not in ("item_1", again)


def test_names_of_another_session_are_others() -> None:
    ids = Ids()
    first = item_of(ids, COMMITTED)
    ids.begin_session()
    assert item_of(ids, COMMITTED) != first


ODD = st.sampled_from(["a", "b", LONG, LONG + "j", 7, None, "", "\ud800"])
EVENTS = st.lists(
    st.tuples(st.sampled_from([STARTED, COMMITTED, WORDS, CREATED, SOUND, TEXT, DONE, ADDED]), ODD, ODD), max_size=20
)


@given(EVENTS)
def test_every_event_of_a_turn_or_an_answer_has_an_id_that_the_page_takes(events: list[tuple[str, Any, Any]]) -> None:
    ids = Ids()
    for kind, item, response in events:
        message = read(ids, kind, item_id=item, response_id=response, item={"id": item}, response={"id": response})
        if kind in (COMMITTED, WORDS, SOUND, TEXT):
            assert check_fields("flushed", ({"item": message["item_id"], "heard_ms": 5},))
        for name in ("item_id", "response_id"):
            assert isinstance(message[name], str)
