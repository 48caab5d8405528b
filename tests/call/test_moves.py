"""A call goes on with another worker: let go, taken from one that died, or asked for by its page."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.call.town import HOLDER, OTHER, SHARED, Town, begin_answer, close, die, end_answer, say, told, words
from tests.call.worker import VISITOR, Page
from tests.clock import StandingLoop
from tests.store.workers import Slow
from voiceapp.admission.access import Visitor
from voiceapp.call.registry import SENTENCE_S
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.errors import LimitError, ResumeError, UpstreamError
from voiceapp.store.backend import ASKS, LEASE_S, RENEW_S
from voiceapp.store.record import Record


@pytest.fixture
def town(loop: StandingLoop) -> Iterator[Town]:
    town = Town(loop, **SHARED)
    yield town
    close(town)


@pytest.fixture
def silent_town(loop: StandingLoop) -> Iterator[Town]:
    """Where words are not shared."""
    town = Town(loop)
    yield town
    close(town)


def test_a_call_of_a_dead_worker_goes_on_and_the_session_is_told_what_was_said(town: Town) -> None:
    call, page, upstream = town.begin(voice="cedar")
    say(upstream, 1, "Is it far?", "No, it is near.")
    die(town)
    moved, back, far_end = town.go_on(page, page.number)
    assert moved.id == call.id
    resumed = back.told[0][1][0] if back.told[0][0] == "resumed" else back.last("resumed")
    assert (resumed["why"], resumed["again"], resumed["taken"], resumed["number"]) == ("moved", False, 0, page.number)
    assert resumed["voice"] == "cedar"
    assert "ready" not in back.names
    assert told(far_end) == ["Is it far?", "No, it is near."]
    assert "response.create" not in [event["type"] for event in far_end.heard]


def test_items_of_the_new_session_are_told_apart_from_those_of_the_old_one(town: Town) -> None:
    _, page, upstream = town.begin()
    say(upstream, 1, "One.", "First.")
    die(town)
    moved, back, far_end = town.go_on(page, page.number)
    say(far_end, 1, "Two.", "Second.")
    assert words(back) == [("m1_u1", "Two."), ("m1_a1", "Second.")]
    first = next(args[1] for name, args in back.told if name == "item")
    assert first["after"] not in (None, "u1", "a1")
    # Of an item of before the page may still say how much was heard.
    town.other.act(moved.take_event, ev.Heard("a1", 100))
    town.other.act(moved.take_event, ev.Flushed("m1_a1", 0))
    assert not moved.over


def test_a_question_that_had_no_answer_is_answered_by_the_new_session(town: Town) -> None:
    _, page, upstream = town.begin()
    say(upstream, 1, "Is it far?", "")
    die(town)
    far_end = town.go_on(page, page.number)[2]
    assert [event["type"] for event in far_end.heard][-1] == "response.create"


def test_a_page_that_holds_nothing_is_told_what_was_said(town: Town) -> None:
    _, page, upstream = town.begin()
    say(upstream, 1, "Is it far?", "No, it is near.")
    die(town)
    _, back, _ = town.go_on(page, None, OTHER)
    assert back.last("resumed")["again"]
    assert [text for _, text in words(back)] == ["Is it far?", "No, it is near."]
    roles = [args[1]["role"] for name, args in back.told if name == "item"]
    assert roles == ["user", "assistant"]


def test_a_page_that_is_loaded_again_after_the_move_is_told_what_was_said_before_it(town: Town) -> None:
    _, page, upstream = town.begin()
    say(upstream, 1, "One.", "First.")
    die(town)
    _, back, far_end = town.go_on(page, page.number)
    say(far_end, 1, "Two.", "Second.")
    again = Page()
    town.other.act(town.other.registry.resume, back.token, again, VISITOR, OTHER, None)
    assert [text for _, text in words(again)] == ["One.", "First.", "Two.", "Second."]
    items = [args[1] for name, args in again.told if name == "item"]
    ids = [each["id"] for each in items]
    assert [each["role"] for each in items] == ["user", "assistant", "user", "assistant"]
    # The first of this worker's is behind all that stands there.
    assert [each["after"] in ids for each in items] == [False, True, False, True]


@pytest.mark.parametrize("moves", [1, 2])
def test_what_was_said_before_the_call_is_told_to_sessions_alone_however_often_it_moves(town: Town, moves: int) -> None:
    _, page, upstream = town.begin(talk=[{"role": "user", "text": "Yesterday."}])
    say(upstream, 1, "One.", "First.")
    for _ in range(moves):
        die(town)
        _, page, far_end = town.go_on(page, None)
        assert told(far_end) == ["Yesterday.", "One.", "First."]
        assert [text for _, text in words(page)] == ["One.", "First."]
        town.one, town.other = town.other, town.one


def test_where_words_are_not_shared_they_are_asked_of_the_page(silent_town: Town) -> None:
    _, page, upstream = silent_town.begin()
    say(upstream, 1, "Is it far?", "No, it is near.")
    die(silent_town)
    with pytest.raises(ResumeError) as refused:
        silent_town.claim(page)
    assert refused.value.fault.code == "talk_wanted"
    silent_town.loop.spin()
    talk = ({"role": "user", "text": "Is it far?"}, {"role": "assistant", "text": "No."})
    far_end = silent_town.go_on(page, page.number, talk=talk)[2]
    assert told(far_end) == ["Is it far?", "No."]


def test_what_was_said_before_a_move_is_told_after_the_next_one_too(town: Town) -> None:
    _, page, upstream = town.begin()
    say(upstream, 1, "One.", "First.")
    die(town)
    moved, _, far_end = town.go_on(page, page.number)
    say(far_end, 1, "Two.", "Second.")
    record = town.other.registry.record(moved.id)
    assert record is not None
    assert [entry.text for entry in record.entries or ()] == ["One.", "First.", "Two.", "Second."]
    assert record.generation == 1


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_a_call_of_a_living_worker_is_let_go_for_its_own_page_alone(town: Town, who: str) -> None:
    call, page, _ = town.begin()
    for _ in range(ASKS):
        with pytest.raises(ResumeError) as refused:
            town.claim(page, OTHER, VISITOR if who == "owner" else Visitor("another", "192.0.2.9"))
        assert refused.value.fault.code == ("call_elsewhere" if who == "owner" else "resume_refused")
    town.loop.pass_time(RENEW_S)
    assert call.over == (who == "owner")
    if who == "owner":
        assert [page.last("notice")["code"], page.last("ended")["reason"]] == ["taken_over"] * 2
        assert town.one.capacity.calls == 0
        assert not town.go_on(page, None, OTHER)[0].over


def test_a_worker_that_wakes_ends_its_copy_and_tells_the_page_that_is_there(town: Town) -> None:
    call, page, _ = town.begin()
    die(town)
    moved, back, _ = town.go_on(page, page.number)
    town.loop.pass_time(RENEW_S)
    assert call.over
    assert page.last("ended") == {"reason": "taken_over"}
    assert not moved.over
    assert town.memory.calls[call.id].owner == "other"
    town.loop.pass_time(LEASE_S)
    assert back.names.count("ended") == 0


def test_a_call_whose_page_is_lost_again_before_it_goes_on_can_be_claimed_once_more(town: Town) -> None:
    _, page, _ = town.begin()
    die(town)
    call, back = town.arrive(page)
    town.other.act(lambda: town.other.registry.detach(call, back, stalled=False))
    assert call.over
    assert town.memory.calls[call.id].owner == ""
    # Also by the page as it is loaded again: nothing of it was ever told of another generation.
    assert town.arrive(page, OTHER)[0].id == call.id


def test_a_page_that_is_loaded_again_while_its_call_is_being_opened_gets_it(town: Town) -> None:
    _, page, _ = town.begin()
    die(town)
    call, back = town.arrive(page)
    with pytest.raises(ResumeError) as refused:
        town.other.act(town.other.registry.resume, page.token, Page(), VISITOR, OTHER, None)
    assert refused.value.fault.code == "call_elsewhere"
    assert call.over
    assert back.last("ended") == {"reason": "taken_over"}
    assert town.go_on(page, None, OTHER)[1].last("resumed")["again"]
    assert town.other.capacity.calls == 1


@pytest.mark.parametrize("lost_again", [True, False])
def test_a_page_that_was_not_told_of_the_move_is_told_when_it_comes_back(town: Town, lost_again: bool) -> None:
    """Its line was lost just then. It must know that its numbers count anew."""
    call, page, _ = town.begin()
    town.one.act(call.take_number, 1)
    die(town)
    moved, lost, _ = town.go_on(page, page.number)
    if lost_again:
        town.other.act(lambda: town.other.registry.detach(moved, lost, stalled=False))
    back = Page()
    back.number = page.number
    town.other.act(town.other.registry.resume, page.token, back, VISITOR, HOLDER, page.number)
    resumed = back.last("resumed")
    assert (resumed["why"], resumed["again"], resumed["taken"]) == ("moved", False, 0)
    again = Page()
    again.number = back.number
    town.other.act(moved.take_number, 1)
    town.other.act(town.other.registry.resume, back.token, again, VISITOR, HOLDER, back.number)
    resumed = again.last("resumed")
    assert (resumed["why"], resumed["taken"]) == ("back", 1)


def test_a_page_that_is_loaded_again_before_it_was_told_of_the_move_comes_as_the_same_page(town: Town) -> None:
    _, page, upstream = town.begin()
    say(upstream, 1, "One.", "First.")
    die(town)
    town.go_on(page, page.number)
    again = Page()
    town.other.act(town.other.registry.resume, page.token, again, VISITOR, HOLDER, None)
    resumed = again.last("resumed")
    assert (resumed["why"], resumed["again"], resumed["taken"]) == ("moved", True, 0)
    assert [text for _, text in words(again)] == ["One.", "First."]


@pytest.mark.parametrize("how", ["connecting", "opening"])
def test_a_call_that_no_session_can_be_had_for_just_now_may_be_asked_for_again(town: Town, how: str) -> None:
    """After a deploy all calls come at once, and a provider takes so many a moment."""
    _, page, _ = town.begin()
    die(town)
    call, back = town.arrive(page)
    if how == "connecting":
        town.other.refuse(UpstreamError(faults.RATE_LIMITED, 5.0))
    else:
        town.other.reach().leave(1013)
    refusal = back.last("not_resumed")
    assert (refusal["code"], refusal["retry"]) == ("call_elsewhere", True)
    assert refusal["after_s"] == (5.0 if how == "connecting" else 2.0)
    assert not {"notice", "ended"} & set(back.names)
    assert call.over
    assert town.other.capacity.calls == 0
    town.loop.spin()
    assert town.go_on(page, page.number)[0].id == call.id


@pytest.mark.parametrize("error", [UpstreamError(faults.KEY_WRONG), UpstreamError(faults.RATE_LIMITED, 86_400.0)])
def test_a_call_that_no_session_can_be_had_for_at_all_is_over(town: Town, error: UpstreamError) -> None:
    _, page, _ = town.begin()
    die(town)
    call, back = town.arrive(page)
    town.other.refuse(error)
    assert back.last("ended") == {"reason": error.fault.code}
    assert call.id not in town.memory.calls


def test_a_page_that_asks_again_while_its_call_is_being_opened_is_told_to_wait(town: Town) -> None:
    _, page, _ = town.begin()
    die(town)
    other = town.other
    town.arrive(page)
    with pytest.raises(ResumeError) as refused:
        other.act(other.registry.resume, page.token, Page(), VISITOR, HOLDER, page.number)
    assert refused.value.fault.code == "call_elsewhere"


def test_the_length_of_a_call_goes_on_with_it(loop: StandingLoop) -> None:
    town = Town(loop, VOICEAPP_CALL_SECONDS="600", **SHARED)
    call, page, upstream = town.begin()
    call.began_at -= 590
    say(upstream, 1, "One.", "First.")
    die(town)
    moved, back, _ = town.go_on(page, page.number)
    loop.pass_time(15)
    assert moved.over
    assert back.last("ended") == {"reason": "call_too_long"}
    close(town)


def test_a_call_that_is_over_is_no_longer_kept(town: Town) -> None:
    call, page, _ = town.begin()
    assert call.id in town.memory.calls
    town.one.act(lambda: call.finish(None))
    assert call.id not in town.memory.calls
    with pytest.raises(ResumeError) as refused:
        town.claim(page)
    assert refused.value.fault.code == "call_over"


# A server leaves


def test_a_server_that_leaves_lets_a_quiet_call_go_at_once(town: Town) -> None:
    call, _, upstream = town.begin()
    say(upstream, 1, "One.", "First.")
    leaving = town.loop.create_task(town.one.registry.leave(lambda _: None))
    town.loop.spin(50)
    assert leaving.done()
    assert town.memory.calls[call.id].owner == ""


def test_it_lets_an_answer_come_to_its_end(town: Town) -> None:
    call, page, upstream = town.begin()
    say(upstream, 1, "Is it far?", "")
    begin_answer(upstream, 1)
    gone: list[str] = []
    leaving = town.loop.create_task(town.one.registry.leave(lambda calls: gone.extend(each.id for each in calls)))
    town.loop.pass_time(SENTENCE_S / 2)
    assert not gone
    end_answer(upstream, 1, "No, it is near.")
    town.loop.pass_time(0.1)
    assert gone == [call.id]
    assert leaving.done()
    assert town.go_on(page, page.number)[0].id == call.id
    assert told(town.other.far_ends[0]) == ["Is it far?", "No, it is near."]


def test_it_waits_for_an_answer_no_longer_than_it_may(town: Town) -> None:
    call, page, upstream = town.begin()
    say(upstream, 1, "Is it far?", "")
    begin_answer(upstream, 1)
    assert town.release() == [call.id]
    assert call.over
    far_end = town.go_on(page, page.number)[2]
    assert [event["type"] for event in far_end.heard][-1] == "response.create"


def test_what_still_becomes_of_a_call_that_is_being_let_go_takes_it_back_from_nobody(town: Town) -> None:
    call, page, upstream = town.begin()
    say(upstream, 1, "Is it far?", "")
    begin_answer(upstream, 1)
    store = town.one.registry._store
    assert store is not None
    store.executor = Slow(town.loop)
    leaving = town.loop.create_task(town.one.registry.leave(lambda _: None))
    town.loop.pass_time(SENTENCE_S + 0.5)
    # It was asked to stop, and says what it used, and what it had said.
    end_answer(upstream, 1, "No.")
    town.loop.pass_time(4)
    assert leaving.done()
    assert call.over
    assert not {"notice", "ended"} & set(page.names)
    assert town.memory.calls[call.id].owner == ""


def test_what_a_call_used_that_was_let_go_while_the_store_was_away_does_not_keep_it_here(town: Town) -> None:
    call, page, upstream = town.begin()
    say(upstream, 1, "Is it far?", "")
    begin_answer(upstream, 1)
    store = town.one.registry._store
    assert store is not None
    store.executor = Slow(town.loop)
    town.one.act(call._changed)
    for _ in range(ASKS):
        with pytest.raises(ResumeError):
            town.claim(page, OTHER)
    town.one.act(town.one.registry.let_go, call.id)
    end_answer(upstream, 1, "No.")
    town.loop.pass_time(3)
    assert town.memory.calls[call.id].owner == ""


def test_where_nobody_could_go_on_with_it_the_page_is_told_that_its_call_is_over(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is this process's alone."""
    monkeypatch.setattr(town.one.backend, "shared", False)
    _, page, _ = town.begin()
    town.release()
    assert page.last("ended") == {"reason": "server_stopping"}


def test_a_server_that_is_leaving_takes_no_page_back(town: Town) -> None:
    call, page, _ = town.begin()
    town.one.act(lambda: town.one.registry.detach(call, page, stalled=False))
    town.one.act(town.one.capacity.stop)
    with pytest.raises(ResumeError) as refused:
        town.one.act(town.one.registry.resume, page.token, Page(), VISITOR, HOLDER, page.number)
    assert refused.value.fault.code == "call_elsewhere"


def test_where_there_is_no_room_it_can_be_claimed_by_others(loop: StandingLoop) -> None:
    town = Town(loop, VOICEAPP_MAX_CALLS="1", **SHARED)
    call, page, _ = town.begin()
    town.other.begin(Page(), OTHER)
    die(town)
    with pytest.raises(LimitError):
        town.go_on(page, page.number)
    assert town.memory.calls[call.id].owner == "other"
    town.other.act(town.other.registry.put_back, town.memory.calls[call.id].record)
    assert town.memory.calls[call.id].owner == ""
    close(town)


def test_two_sockets_of_a_page_do_not_claim_its_call_twice(town: Town) -> None:
    _, page, _ = town.begin()
    die(town)
    registry = town.other.registry
    store = registry._store
    assert store is not None
    store.executor = Slow(town.loop, "claim")
    ticket = registry.ticket(page.token or "", VISITOR)

    async def both() -> list[Any]:
        claims = [registry.claim(ticket, VISITOR, HOLDER, talk=True) for _ in range(2)]
        return await asyncio.gather(*claims, return_exceptions=True)

    claimed = town.loop.create_task(both())
    town.loop.pass_time(1)
    first, second = claimed.result()
    assert isinstance(first, Record)
    assert isinstance(second, ResumeError)
    assert second.fault.code == "call_elsewhere"
