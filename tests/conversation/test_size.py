"""What a server sends in bulk is not kept: a call is as large after twice as much. Bounds are lowered to be reached."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import pytest

from tests.conversation import bulk
from tests.conversation.call import Call
from voiceapp.conversation import ids, playback, tools, transcript, transcript_writer, usage
from voiceapp.conversation.event_reader import EventReader

MANY = 200
LONG = "so long " * 1_250
BOUNDS = (
    (transcript_writer, "MAX_ENTRIES"),
    (transcript_writer, "MAX_ENTRY_CHARACTERS"),
    (transcript, "MAX_HIDDEN"),
    (ids, "MAX_SEEN"),
    (ids, "MAX_ODD"),
    (ids, "MAX_WAITING"),
    (playback, "MAX_KEPT"),
    (tools, "MAX_CALLS"),
    (usage, "MAX_TOLD"),
)
Event = dict[str, Any]


def told(n: int) -> Iterator[Event]:
    used = {"input_tokens": 1, "output_tokens": 1}
    for k in range(n):
        yield {"type": "response.done", "response": {"id": f"r{k}", "status": "completed", "usage": used}}


def written_down(n: int) -> Iterator[Event]:
    kind, used = "conversation.item.input_audio_transcription.completed", {"type": "duration", "seconds": 1}
    yield from ({"type": kind, "item_id": f"u{k}", "transcript": "Hi.", "usage": used} for k in range(n))


def halves_of_characters(n: int) -> Iterator[Event]:
    for k in range(n):
        yield {**bulk.words(f"{k}{LONG}", "\ud83d"), "response_id": f"r{k}"}


def functions_of_long_names(n: int) -> Iterator[Event]:
    kind = "response.function_call_arguments.done"
    yield from (
        {"type": kind, "item_id": f"t{k}", "call_id": f"c{k}", "name": LONG, "arguments": "{}"} for k in range(n)
    )


def items_of_long_kinds(n: int) -> Iterator[Event]:
    for k in range(n):
        yield {"type": "conversation.item.added", "item": {"id": f"i{k}", "type": LONG, "role": LONG}}


def size(*roots: object) -> int:
    """Bytes of all that is reached from there."""
    seen: set[int] = set()
    left, found = list(roots), 0
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, type | ModuleType | FunctionType | BuiltinFunctionType | Enum):
            continue
        seen.add(id(one))
        found += sys.getsizeof(one)
        left += gc.get_referents(one)
    return found


STORIES = [
    told, written_down, halves_of_characters, functions_of_long_names, items_of_long_kinds, bulk.chain, bulk.letters,
    bulk.items_that_never_end, bulk.items_with_odd_bytes, bulk.items_that_are_cut, bulk.tools_that_never_end,
    bulk.tools_that_end, bulk.turns_without_ids, bulk.turns, bulk.long_ids, bulk.responses_that_never_end,
    bulk.deleted, bulk.errors,
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_a_call_grows_no_more_once_its_bounds_are_reached(
    story: Callable[[int], Iterator[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, bound in BOUNDS:
        monkeypatch.setattr(module, bound, 50)
    call, reader, sizes = Call().begin(), EventReader(), []
    for k, event in enumerate(story(3 * MANY)):
        bulk.take(call, reader, json.dumps(event).encode())
        if k + 1 in (MANY, 2 * MANY):
            sizes.append(size(call.conversation, reader))
    assert max(sizes) < 500_000
    assert sizes[1] < sizes[0] + 5_000
