"""The line is cut at every awkward moment: both sides have everything once and in order, or are told what they lack."""

import asyncio
import random
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import start_app, upstream_settings
from tests.resume import oracle
from tests.resume.cutter import Cut
from tests.resume.page import CHUNK_MS
from tests.resume.soak import SETTINGS
from tests.resume.walk import GREETING_BYTES, MOMENTS, Walk, walks
from voiceapp.call import attachment
from voiceapp.conversation.pcm16 import BYTES_PER_MS
from voiceapp.engine.scripted.server import ScriptedServer

# Each moment once; over the stock driver some of them.
CUTS = {"gunicorn": len(MOMENTS), "werkzeug": 2}
SEEDS = 3
CHUNK_BYTES = CHUNK_MS * BYTES_PER_MS
# Less than one chunk of an answer's sound.
LITTLE = 2_000


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def served(stack: ExitStack, folder: Path, driver: str = "werkzeug") -> tuple[ScriptedServer, int]:
    engine = stack.enter_context(ScriptedServer())
    return engine, port_of(start_app(driver, upstream_settings(engine, **SETTINGS), stack, folder / "gunicorn.log"))


@pytest.mark.real_time
@pytest.mark.parametrize("driver", ["gunicorn", "werkzeug"])
def test_everything_comes_once_and_in_order(driver: str, resources: ExitStack, tmp_path: Path) -> None:
    engine, port = served(resources, tmp_path, driver)
    first = random.randrange(10**6)
    made = asyncio.run(walks(engine, port, range(first, first + SEEDS), CUTS[driver]))
    for walk in made:
        oracle.check(walk)
    assert sum(walk.cuts for walk in made) >= SEEDS * CUTS[driver]
    # Else little was shown.
    assert sum(map(oracle.whole_answers, made)) >= CUTS[driver]
    log = tmp_path / "gunicorn.log"
    assert not log.exists() or "Traceback" not in log.read_text()


@pytest.mark.real_time
def test_with_next_to_no_room_every_gap_is_told(
    resources: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment, "RING_BYTES", LITTLE)
    engine, port = served(resources, tmp_path)
    moments = ("replay", "mid_frame", "replay")
    first = random.randrange(10**6)
    made = asyncio.run(walks(engine, port, range(first, first + 4), len(moments), moments))
    for walk in made:
        oracle.check(walk)
    assert sum(walk.page.screen.missed for walk in made)
    # Had it not been told, it would have been noticed.
    for walk in made:
        untold(walk)
    assert any(map(fails, made))


def fails(walk: Walk) -> bool:
    try:
        oracle.check(walk)
    except AssertionError as error:
        assert f"seed {walk.seed}" in str(error)
        return True
    return False


def untold(walk: Walk) -> None:
    walk.page.screen.missed = 0
    walk.page.record.told = [each for each in walk.page.record.told if each[0] != "notice"]


@pytest.mark.real_time
def test_the_oracle_notices_what_is_lost_doubled_or_out_of_its_place(resources: ExitStack, tmp_path: Path) -> None:
    engine, port = served(resources, tmp_path)
    (walk,) = asyncio.run(walks(engine, port, [1], 2, ("nothing", "anywhere")))
    oracle.check(walk)
    for tamper in (tamper_with_chunks, tamper_with_events, tamper_with_answers):
        tamper(walk)
        oracle.check(walk)


def tamper_with_chunks(walk: Walk) -> None:
    sound = walk.connections[0].audio
    whole = bytes(sound)
    one, two = whole[:CHUNK_BYTES], whole[CHUNK_BYTES : 2 * CHUNK_BYTES]
    for wrong in (whole[CHUNK_BYTES:], one + whole, two + one + whole[2 * CHUNK_BYTES :], whole[:-2]):
        sound[:] = wrong
        assert fails(walk)
    sound[:] = whole


def tamper_with_events(walk: Walk) -> None:
    events = walk.connections[0].events
    typed = next(event for event in events if event["type"] == "conversation.item.create")
    at = events.index(typed)
    for wrong in ([], [typed, typed]):
        events[at : at + 1] = wrong
        assert fails(walk)
        events[at : at + len(wrong)] = [typed]


def tamper_with_answers(walk: Walk) -> None:
    answer = next(each for each in walk.answers if each.came == (0, each.sound))
    text = walk.page.screen.texts[answer.item]
    walk.page.screen.texts[answer.item] = f"x{text}"
    assert fails(walk)
    walk.page.screen.texts[answer.item] = text
    for wrong in (answer.sound[4800:], answer.sound + answer.sound[:4800]):
        answer.came = (0, wrong)
        assert fails(walk)
    answer.came = (0, answer.sound)


class TestBeforeItBegan:
    """Between `start` and `ready` there is nothing to come back to: another begins, and nothing of the first stays."""

    @pytest.mark.real_time
    @pytest.mark.parametrize("down", [GREETING_BYTES, GREETING_BYTES + 200])
    def test_a_call_begins_anew_and_the_first_is_gone(self, down: int, resources: ExitStack, tmp_path: Path) -> None:
        engine, port = served(resources, tmp_path)

        async def call() -> Walk:
            walk = Walk(engine, port, 1, ("anywhere",))
            walk.cutter.plan(Cut("torn", down=down), Cut("reset", down=down))
            await walk.run(1)
            return walk

        walk = asyncio.run(call())
        oracle.check(walk)
        assert walk.page.record.starts == 3
        assert [bool(each.closed) for each in walk.connections[:-1]] == [True] * (len(walk.connections) - 1)
