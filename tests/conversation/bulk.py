"""What a server may send in bulk: each story is so many events of one kind."""

import json
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from tests.conversation.call import Call
from voiceapp.conversation.event_reader import EventReader

Event = dict[str, Any]
SOUND = "AAAA" * 16


def added(item: str, after: str | None = None, role: str = "user") -> Event:
    message = {"id": item, "type": "message", "role": role, "content": []}
    return {"type": "conversation.item.added", "previous_item_id": after, "item": message}


def created(response: str = "r") -> Event:
    return {"type": "response.created", "response": {"id": response}}


def done(response: str = "r", status: str = "completed") -> Event:
    return {"type": "response.done", "response": {"id": response, "status": status}}


def sound(item: str, response: str = "r", delta: str = SOUND) -> Event:
    return {"type": "response.output_audio.delta", "response_id": response, "item_id": item, "delta": delta}


def words(item: str, delta: str = "word ") -> Event:
    return {"type": "response.output_audio_transcript.delta", "response_id": "r", "item_id": item, "delta": delta}


def tool(item: str, done: bool = False) -> Event:
    called = {"id": item, "type": "mcp_call", "name": "w", **({"output": "x"} if done else {})}
    return {"type": "conversation.item.done" if done else "conversation.item.added", "item": called}


def chain(n: int) -> Iterator[Event]:
    yield from (added(f"i{k}", f"i{k - 1}") for k in range(n))


def chain_backwards(n: int) -> Iterator[Event]:
    yield from (added(f"i{n - k}", f"i{n - k - 1}") for k in range(n))


def all_behind_one(n: int) -> Iterator[Event]:
    yield added("x")
    yield from (added(f"i{k}", "x") for k in range(n))


def one_led_about_with_all_behind_it(n: int) -> Iterator[Event]:
    yield from chain(n // 2)
    yield from (added(f"f{k}", "x") for k in range(n // 2))
    yield from (added("x", f"i{k}") for k in range(n // 2))


def hidden_and_then_shown(n: int) -> Iterator[Event]:
    yield from (added(f"s{k}", role="system") for k in range(n // 2))
    yield from (added(f"i{k}", f"s{n // 2 - 1}") for k in range(n // 2))


def letters(n: int) -> Iterator[Event]:
    yield from (words("a") for _ in range(n))


def letters_looked_at(n: int) -> Iterator[Event]:
    for k in range(n // 4):
        yield from (created(f"r{k}"), words("a"), sound(f"a{k}", f"r{k}"), done(f"r{k}"))


def items_that_never_end(n: int) -> Iterator[Event]:
    yield created()
    yield from (sound(f"a{k}") for k in range(n))


def items_with_odd_bytes(n: int) -> Iterator[Event]:
    yield created()
    yield from (sound(f"a{k}", delta="AAAAAAA=") for k in range(n))


def items_that_are_cut(n: int) -> Iterator[Event]:
    for k in range(n // 3):
        yield from (
            created(f"r{k}"),
            sound(f"a{k}", f"r{k}"),
            {"type": "input_audio_buffer.speech_started", "item_id": "u"},
        )


def tools_that_never_end(n: int) -> Iterator[Event]:
    yield from (tool(f"t{k}") for k in range(n))


def tools_that_end(n: int) -> Iterator[Event]:
    for k in range(n // 2):
        yield from (tool(f"t{k}"), tool(f"t{k}", done=True))


def tools_and_the_person(n: int) -> Iterator[Event]:
    for k in range(n // 2):
        yield from (tool(f"t{k}"), {"type": "input_audio_buffer.speech_started", "item_id": f"u{k}"})


def tools_and_responses(n: int) -> Iterator[Event]:
    for k in range(n // 2):
        yield from (tool(f"t{k}"), done(f"r{k}"))


def turns_without_ids(n: int) -> Iterator[Event]:
    for _ in range(n // 2):
        yield from ({"type": "input_audio_buffer.speech_started"}, {"type": "input_audio_buffer.committed"})


def turns(n: int) -> Iterator[Event]:
    kinds = ("speech_started", "speech_stopped", "committed")
    yield from ({"type": f"input_audio_buffer.{kinds[k % 3]}", "item_id": f"u{k // 3}"} for k in range(n))


def long_ids(n: int) -> Iterator[Event]:
    yield from (added(f"{'i' * 200}{k}") for k in range(n))


def responses_that_never_end(n: int) -> Iterator[Event]:
    yield from (created(f"r{k}") for k in range(n))


def deleted(n: int) -> Iterator[Event]:
    for k in range(n):
        yield from (added(f"i{k}"), {"type": "conversation.item.deleted", "item_id": f"i{k}"})


def errors(n: int) -> Iterator[Event]:
    yield from ({"type": "error", "error": {"code": "server_error", "message": "x"}} for _ in range(n))


def steps(events: Iterator[Event]) -> int:
    """Lines run while a call takes the events."""
    payloads = [json.dumps(event).encode() for event in events]
    call, reader = Call().begin(), EventReader()
    return lines_run(lambda: [take(call, reader, payload) for payload in payloads])


def lines_run(action: Callable[[], object]) -> int:
    count = 0

    def see(_frame: FrameType, _event: str, _arg: object) -> Callable[..., Any]:
        nonlocal count
        count += 1
        return see

    before = sys.gettrace()
    sys.settrace(see)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


def take(call: Call, reader: EventReader, payload: bytes) -> None:
    found = reader.sound(payload)
    if found is None:
        event = reader.read(payload).event
        if event is not None:
            call.hear(event)
    elif call.conversation.knows(found.item):
        call.conversation.take_audio(found.response, found.item, found.size)
    else:
        call.hear(found.event())
