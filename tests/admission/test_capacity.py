"""Places for sockets and calls, as they are taken and given back."""

import pytest

from voiceapp.admission.access import Visitor
from voiceapp.admission.capacity import Capacity
from voiceapp.config.rules import Rules
from voiceapp.errors import LimitError

ANN, BOB = Visitor("login:ann", "192.0.2.1"), Visitor("login:bob", "192.0.2.1")


def refused(admission: Capacity, visitor: Visitor) -> str:
    with pytest.raises(LimitError) as error:
        admission.take_seat(visitor)
    return error.value.fault.code


def test_a_house_is_full_when_its_calls_are_however_many_pages_are_open() -> None:
    admission = Capacity(Rules(max_calls=2))
    for _ in range(92):
        admission.take_seat(ANN)
    assert admission.obstacle() is None
    admission.begin_call()
    admission.begin_call()
    assert refused(admission, ANN) == "busy"
    admission.end_call()
    admission.take_seat(ANN)


def test_while_a_call_waits_for_its_page_that_page_gets_in() -> None:
    admission = Capacity(Rules(max_calls=1))
    admission.begin_call()
    admission.lost = 1
    admission.take_seat(ANN)
    with pytest.raises(LimitError):
        admission.check_call()
    admission.lost = 0
    assert refused(admission, ANN) == "busy"


def test_one_person_cannot_take_every_socket() -> None:
    rules = Rules(calls_per_user=2, calls_per_address=4)
    admission = Capacity(rules)
    seats = [admission.take_seat(ANN) for _ in range(rules.sockets_per_user)]
    assert refused(admission, ANN) == "too_many_calls"
    admission.take_seat(BOB)
    seats[0].release()
    admission.take_seat(ANN)


def test_one_address_cannot_either_whatever_it_calls_itself() -> None:
    rules = Rules(calls_per_user=2, calls_per_address=4)
    admission = Capacity(rules)
    for n in range(rules.sockets_per_address):
        admission.take_seat(Visitor(f"login:{n}", "192.0.2.1"))
    assert refused(admission, BOB) == "too_many_calls"
    admission.take_seat(Visitor("login:carol", "192.0.2.2"))


def test_a_seat_that_was_given_back_is_held_by_nobody() -> None:
    admission = Capacity(Rules())
    seats = [admission.take_seat(ANN), admission.take_seat(BOB)]
    assert admission.sockets == 2
    for seat in seats:
        seat.release()
    assert admission.sockets == 0
    assert not admission._held


def test_where_sockets_take_threads_some_are_left_for_http() -> None:
    admission = Capacity(Rules())
    admission.take_threads(8)
    for _ in range(6):
        admission.take_seat(ANN)
    assert refused(admission, ANN) == "busy"
