"""The page of a call that moved tells the items of two workers apart."""

from typing import get_args, get_type_hints

import msgspec
import pytest

from voiceapp.call.item_names import _NAMED, ItemNames
from voiceapp.wire import down
from voiceapp.wire.kinds import MAX_ITEM

NAMES = ItemNames("m4_")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (down.ItemPlaced("a", "user", "b", "audio"), down.ItemPlaced("m4_a", "user", "m4_b", "audio")),
        (down.TextAdded("a", "word"), down.TextAdded("m4_a", "word")),
        (down.Flush("a"), down.Flush("m4_a")),
        (down.ToolChanged("a", "f", "{}", "done"), down.ToolChanged("m4_a", "f", "{}", "done")),
        (down.TurnChanged("listening"), down.TurnChanged("listening")),
        (down.Ack(7), down.Ack(7)),
    ],
)
def test_whatever_names_an_item_names_it_by_our_mark(event: down.Event, told: down.Event) -> None:
    assert NAMES.outward(event) == told


def test_what_comes_first_stands_behind_all_that_was_said_before_the_move() -> None:
    """`after` null is the top of the transcript, and an id that the page does not know its end."""
    (placed,) = [NAMES.outward(down.ItemPlaced("a", "user", None, "audio"))]
    assert isinstance(placed, down.ItemPlaced)
    assert placed.after == "m4_"


def test_the_page_names_it_likewise_and_what_is_not_ours_is_none() -> None:
    assert NAMES.inward(NAMES.of("a")) == "a"
    assert NAMES.inward("a") is None
    assert NAMES.inward("m3_a") is None


def test_no_event_that_names_an_item_is_forgotten() -> None:
    """Sound is written by hand (`PageLine.sound`), and `resumed` tells nothing of a call that moved."""
    named = {down.ItemPlaced: {"after"}}
    for kind in down.EVENTS:
        hints = get_type_hints(kind, include_extras=True)
        names = {name for name, hint in hints.items() if _is_id(hint)}
        if names and kind not in (down.Audio, down.Resumed):
            named[kind] = named.get(kind, set()) | names
    assert {kind: set(names) for kind, names in _NAMED.items()} == named


def _is_id(hint: object) -> bool:
    bounds = [each.max_length for each in getattr(hint, "__metadata__", ()) if isinstance(each, msgspec.Meta)]
    return MAX_ITEM in bounds or any(map(_is_id, get_args(hint)))
