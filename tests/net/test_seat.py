"""A socket's place is given back once, by whoever holds it."""

from collections.abc import Callable

import pytest

from voiceapp.net.seat import Seat


@pytest.mark.parametrize(
    ("steps", "given_back"),
    [
        ([Seat.end_request], 1),
        ([Seat.end_request, Seat.release, Seat.end_request], 1),
        ([Seat.keep, Seat.end_request], 0),
        ([Seat.keep, Seat.end_request, Seat.release], 1),
        ([Seat.keep, Seat.release, Seat.end_request, Seat.release], 1),
    ],
)
def test_it_is_given_back_once_and_not_by_a_request_whose_connection_kept_it(
    steps: list[Callable[[Seat], None]], given_back: int
) -> None:
    back: list[int] = []
    seat = Seat(lambda: back.append(1))
    for step in steps:
        step(seat)
    assert len(back) == given_back
