"""Whatever comes, in whatever order and pieces, whatever its owner does: a link ends once, and leaves nothing."""

import logging
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.net.link_world import World
from tests.worlds import worlds

ACTIONS = st.sampled_from(["nothing", "send", "flood", "huge", "ping", "close", "abort", "raise"])
FRAMES = st.lists(
    st.sampled_from(["text", "text", "text", "ping", "binary", "close", "broken"]), min_size=1, max_size=6
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("segment"), FRAMES, st.lists(st.integers(0, 200), max_size=4)),
        st.tuples(st.just("act"), ACTIONS),
        st.tuples(st.just("leave"), st.sampled_from(["half", "whole"])),
        st.tuples(st.just("read")),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 1.0, 3.0])),
    ),
    max_size=8,
)


@worlds(200)
@given(STEPS, st.lists(ACTIONS, max_size=6), st.booleans(), st.booleans())
@example([("segment", ["text", "close"], [])], ["send"], False, False)
@example([("segment", ["text", "text", "close"], [])], ["close", "send"], True, False)
@example([("segment", ["text", "ping", "broken"], [])], ["flood", "flood"], True, False)
@example([("act", "flood"), ("act", "flood"), ("act", "flood"), ("act", "send")], [], True, False)
@example([("act", "huge")], [], True, False)
@example([("act", "flood"), ("segment", ["close"], [])], [], False, False)
@example([("segment", ["text"] * 6, []), ("segment", ["text"] * 5 + ["close"], [])], [], False, True)
def test_a_link_ends_once_with_its_cause_and_leaves_nothing(
    steps: list[tuple[Any, ...]], reactions: list[str], owned: bool, limited: bool
) -> None:
    logging.getLogger("voiceapp.net.link").disabled = True  # owners fail on purpose
    world = World(list(reactions), owned=owned, limited=limited)
    try:
        world.run(steps)
        world.settle()
    finally:
        world.close()
        logging.getLogger("voiceapp.net.link").disabled = False
