"""Which page a call belongs to, and what that page is told of the session."""

from collections.abc import Iterator

import pytest

from tests.call.worker import VISITOR, Page, Worker
from tests.clock import StandingLoop
from voiceapp.call.call import Call
from voiceapp.call.outbox import NotHeld
from voiceapp.call.page_line import PageLine
from voiceapp.errors import ResumeError

HOLDER = "the-first-page-01"


@pytest.fixture
def served(loop: StandingLoop) -> Iterator[Worker]:
    worker = Worker(loop)
    yield worker
    for call in worker.calls:
        worker.act(call.leave)
    worker.close()


def begin(served: Worker) -> tuple[Call, Page]:
    page = Page()
    call = served.begin(page, HOLDER)
    served.open()
    return call, page


def test_it_is_told_of_the_session_and_how_to_come_back(served: Worker) -> None:
    call, page = begin(served)
    ready = page.last("ready")
    assert (ready["conversation"], ready["grace_s"]) == (call.id, 30)
    assert served.registry.ticket(ready["token"], VISITOR).call == call.id


def test_whoever_comes_back_is_told_of_the_session_that_goes_on_by_then(served: Worker) -> None:
    call, page = begin(served)
    served.renew(call)
    served.open("gpt-realtime-mini")
    served.act(lambda: served.registry.detach(call, page, stalled=False))
    back = Page()
    back.number = page.number
    served.act(served.registry.resume, page.token, back, VISITOR, HOLDER, page.number)
    resumed = back.last("resumed")
    assert (resumed["model"], resumed["why"], resumed["again"]) == ("gpt-realtime-mini", "back", False)
    assert resumed["number"] == page.number


def test_a_page_belongs_to_it_until_another_takes_its_place(served: Worker) -> None:
    call, first = begin(served)
    second = Page()
    assert call.attachment.belongs_to(first)
    served.act(served.registry.resume, first.token, second, VISITOR, "the-second-page-2", None)
    assert (call.attachment.belongs_to(first), call.attachment.belongs_to(second)) == (False, True)
    assert call.attachment.generation == 1


def test_before_it_is_ready_nobody_can_come_back_to_it(served: Worker) -> None:
    call = served.begin(Page(), HOLDER)
    assert not call.attachment.live
    with pytest.raises(ResumeError) as refused:
        served.act(call.give_back, Page(), HOLDER, 0, 0)
    assert refused.value.fault.code == "call_elsewhere"


def test_what_its_return_puts_out_of_the_full_ring_is_no_hidden_gap(
    served: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, page = begin(served)
    served.act(lambda: served.registry.detach(call, page, stalled=False))
    held = call.attachment.line.missed(page.number)
    answers = iter([held, NotHeld.FORGOTTEN])
    monkeypatch.setattr(PageLine, "missed", lambda *_: next(answers))
    back = Page()
    served.act(served.registry.resume, page.token, back, VISITOR, HOLDER, page.number)
    assert back.last("resumed")["again"] is True
