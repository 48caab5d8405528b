"""What a page has is compared with what the engine has: nothing lost, nothing doubled, all in order, or it was said."""

from itertools import pairwise
from typing import Any

from tests.resume.page import CHUNK_MS, Record, sound_of
from tests.resume.walk import Answer, Walk
from tests.screen import Screen
from voiceapp.conversation.pcm16 import BYTES_PER_MS
from voiceapp.engine.scripted import tone
from voiceapp.engine.scripted.recorder import Recorder

CHUNK_BYTES = CHUNK_MS * BYTES_PER_MS
# What the engine says to whoever typed.
TYPED_ANSWER, TYPED_ANSWER_SOUND = "All right.", tone.sine(440, 400)
INTERRUPTING = ("text", "interrupt")


def check(walk: Walk) -> None:
    """Raises `AssertionError` with the seed."""
    try:
        connections, record, screen = walk.connections, walk.page.record, walk.page.screen
        check_chunks(chunks_in(b"".join(bytes(each.audio) for each in connections)), record)
        check_texts(connections, record)
        check_changes(connections, record)
        truncated = cuts_in(connections)
        for answer in walk.answers:
            check_answer(answer, walk, truncated.get(answer.item, []))
        check_cuts(truncated, walk)
        check_typed_answers(screen, {answer.item for answer in walk.answers})
        check_questions(walk)
    except AssertionError as error:
        raise AssertionError(f"seed {walk.seed}, moments {walk.done}: {error}") from error


# Up


def chunks_in(sound: bytes) -> list[int]:
    """Which chunks of the microphone the engine has, in order."""
    assert len(sound) % CHUNK_BYTES == 0, "a part of a chunk"
    found = []
    for at in range(0, len(sound), CHUNK_BYTES):
        chunk = int.from_bytes(sound[at : at + 2], "little") - 1
        assert sound[at : at + CHUNK_BYTES] == sound_of(chunk), f"chunk {chunk} is damaged"
        found.append(chunk)
    return found


def check_chunks(came: list[int], record: Record) -> None:
    sent = [each.chunk for each in record.taken if each.chunk is not None]
    lost, doubled = sorted(set(sent) - set(came)), sorted({each for each in came if came.count(each) > 1})
    assert came == sent, f"chunks lost {lost[:10]}, doubled {doubled[:10]}, of {len(sent)}"
    # Whatever was spoken came, but for what the page says that it left out.
    gaps = [chunk for one, other in pairwise(sent) for chunk in range(one + 1, other)]
    assert set(gaps) <= set(record.left_out), f"left out without a word: {set(gaps) - set(record.left_out)}"
    assert "too_fast" not in record.notices, "late sound was refused"


def check_texts(connections: list[Recorder], record: Record) -> None:
    """A session that takes over is told of what was typed before it, once more."""
    came: list[str] = []
    for connection in connections:
        typed = [_typed(event) for event in connection.events]
        here = [text for text in typed if text.startswith("typed")]
        assert len(here) == len(set(here)), f"typed twice: {here}"
        came += [text for text in here if text not in came]
    assert came == [fields["text"] for fields in record.named("text")]


def _typed(event: dict[str, Any]) -> str:
    content = event.get("item", {}).get("content") or [{}]
    return str(content[0].get("text", "")) if event["type"] == "conversation.item.create" else ""


def check_changes(connections: list[Recorder], record: Record) -> None:
    """A session that takes over is made to what was last changed."""
    asked = [fields["turn"]["silence_ms"] for fields in record.named("configure") if "turn" in fields]
    came: list[int] = []
    for connection in connections:
        for event in connection.events:
            detection = event.get("session", {}).get("audio", {}).get("input", {}).get("turn_detection") or {}
            silence_ms = detection.get("silence_duration_ms")
            if silence_ms is not None and silence_ms not in (500, *came[-1:]):
                came.append(silence_ms)
    assert came == asked, f"changes: {came}, not {asked}"


# Down


def check_answer(answer: Answer, walk: Walk, truncated: list[int]) -> None:
    screen, record = walk.page.screen, walk.page.record
    unwanted = answer.broken_off or interrupted(answer, record)
    if answer.item not in screen.order or answer.item in screen.removed:
        # Nothing of it was heard when the next question came: whether the page says so, or a reload took it before.
        overtaken = answer is not walk.answers[-1] and answer.item in record.unheard
        unheard = record.flushed.get(answer.item) == 0 or overtaken
        assert unwanted or unheard or screen.missed, f"{answer.item} is not there"
        return
    text = screen.texts.get(answer.item, "")
    assert text == answer.text or (unwanted and answer.text.startswith(text)), f"{answer.item}: {text!r}"
    assert answer.text.startswith(screen.heard.get(answer.item, "")), f"{answer.item}: {screen.heard[answer.item]!r}"
    start, sound = answer.came or screen.sounds.get(answer.item, (0, b""))
    whole = answer.sound[start:]
    assert whole.startswith(sound), f"{answer.item}: its sound is not what was said"
    if sound != whole and not unwanted and answer.item not in record.flushed:
        check_gap(answer, walk, (start + len(sound)) // BYTES_PER_MS, truncated)


def check_gap(answer: Answer, walk: Walk, had_ms: int, truncated: list[int]) -> None:
    """What is missing was said, to the person and to the model, and is just what was said."""
    screen, record = walk.page.screen, walk.page.record
    what = f"{answer.item}: {had_ms} of {answer.ms} ms, and the model knows of {truncated}"
    assert answer.item in screen.heard, what
    if "answer_shortened" in record.notices and had_ms in truncated:
        return
    assert screen.missed, what
    assert truncated[-1] <= record.forgotten.get(answer.item, had_ms), what


def interrupted(answer: Answer, record: Record) -> bool:
    """Something of the page's was on its way that ends whatever is said."""
    return any(
        each.said_at < answer.complete_at and each.taken_at > answer.began_at
        for each in record.taken
        if each.event in INTERRUPTING
    )


def cuts_in(connections: list[Recorder]) -> dict[str, list[int]]:
    """Of each answer that was cut, how many milliseconds the model was told were heard."""
    told: dict[str, list[int]] = {}
    for connection in connections:
        for event in connection.events:
            if event["type"] in ("conversation.item.truncate", "conversation.item.delete"):
                told.setdefault(event["item_id"], []).append(event.get("audio_end_ms", 0))
    return told


def check_cuts(told: dict[str, list[int]], walk: Walk) -> None:
    """The model is told of each answer that was cut, and of just as much as was heard."""
    screen, record = walk.page.screen, walk.page.record
    for item, each_ms in told.items():
        # An answer that was shortened may be interrupted after that.
        assert len(each_ms) == 1 or each_ms[0] > each_ms[1], f"{item} was cut twice: {each_ms}"
        if item in record.flushed:
            heard_ms = record.flushed[item]
            # Where all was told anew, what the page said last had to do, and its answer came too late.
            late = screen.missed and each_ms[-1] < heard_ms
            assert each_ms[-1] == heard_ms or late, f"{item}: {each_ms} of {heard_ms} ms"
        elif item in screen.sounds:
            start, sound = screen.sounds[item]
            assert each_ms[-1] <= start + len(sound) // BYTES_PER_MS, f"{item}: {each_ms} ms were never there"


def check_typed_answers(screen: Screen, others: set[str]) -> None:
    """What answered a typed text: whole, or cut by what came next."""
    for item, (start, sound) in screen.sounds.items():
        if item not in others:
            cut = item in screen.flushed or item in screen.heard
            assert sound == TYPED_ANSWER_SOUND[start:] or (cut and TYPED_ANSWER_SOUND[start:].startswith(sound))
            assert screen.texts[item] == TYPED_ANSWER or cut, f"{item}: {screen.texts[item]!r}"


def check_questions(walk: Walk) -> None:
    texts = walk.page.screen.texts
    for number, _ in enumerate(walk.answers, 1):
        assert texts.get(f"u{number}") == f"question {number}", f"u{number}: {texts.get(f'u{number}')!r}"
    order = [item for item in walk.page.screen.order if item.startswith("u")]
    assert order == sorted(order, key=lambda item: int(item[1:])), f"out of order: {order}"


def whole_answers(walk: Walk) -> int:
    """How many had to come whole, and did: else nothing was shown."""
    return sum(answer.came is not None and answer.came == (0, answer.sound) for answer in walk.answers)
