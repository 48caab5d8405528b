"""The assistant over loudspeakers: its echo does not interrupt it, and a person still does.

The whole of it is real: page, relay, embedded engine with its own judgement of speech. Only the room is made: the
page's playback comes back into its microphone at -20 dB after 80 ms. ECHO_TURNS=10 asks for more turns.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor
from tests.conftest import EMBEDDED
from tests.servers import gunicorn

pytestmark = [pytest.mark.browser, pytest.mark.models]

TURNS = int(os.environ.get("ECHO_TURNS", "1"))
LONG = "Please repeat after me: the garden is full of flowers, and the bees are busy from morning until night."


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with gunicorn(EMBEDDED, tmp_path_factory.mktemp("app") / "gunicorn.log") as app:
        yield app.url


# When the page held an answer, by its clock.
WATCH_HOLDS = """() => {
  window.testHolds = []
  setInterval(() => {
    if (voiceapp.stats().holds[0] > testHolds.length) testHolds.push(performance.now())
  }, 5)
}"""


def pause_ms(visitor: Visitor, said: float) -> float | None:
    """How long after that the page held the answer, if it did."""
    held = visitor.page.evaluate("testHolds.at(-1) ?? 0")
    return held - said if held > said else None


def ask(visitor: Visitor, text: str = LONG) -> None:
    """Asked in writing, so that nothing but the echo is in the room; until the answer is well under way."""
    played = visitor.stats["samplesPlayed"]
    visitor.type(text)
    visitor.wait_until(lambda stats: stats["samplesPlayed"] > played + 0.8 * 24000, seconds=20)


def cuts(visitor: Visitor) -> int:
    return visitor.page.locator("[data-cut]").count()


def was_cut(visitor: Visitor) -> bool:
    """Whether the answer that is being spoken is cut, by the time all is quiet."""
    before = cuts(visitor)
    quiet = "() => !document.body.hasAttribute('data-speaking') && document.body.dataset.turn === 'listening'"
    visitor.wait_until(lambda _: cuts(visitor) > before or visitor.page.evaluate(quiet), seconds=20)
    return cuts(visitor) > before


def finish(visitor: Visitor) -> None:
    """The person ends their sentence, and stops the answer to it."""
    visitor.wait_until(lambda stats: stats["turn"] in ("assistant", "listening"), seconds=20)
    visitor.page.keyboard.press("Escape")
    visitor.wait_until(lambda stats: stats["turn"] == "listening", seconds=20)


@pytest.mark.timeout(60 + 20 * TURNS)
def test_it_does_not_interrupt_itself_and_a_person_does_and_without_the_guard_it_would(
    visit: Callable[..., Visitor], url: str, tmp_path: Path, output: Path
) -> None:
    voice = spoken("No, that is not what I meant.", tmp_path / "voice.wav", before_s=0, after_s=0.3)
    visitor = visit(url, room=room(echo_db=-20, echo_ms=80))
    visitor.call_until_live()
    visitor.page.evaluate(WATCH_HOLDS)
    itself, person, pauses, latencies = 0, 0, [], []
    for _ in range(TURNS):
        ask(visitor)
        itself += was_cut(visitor)
    users = sum(entry["role"] == "user" for entry in visitor.entries)
    for _ in range(TURNS):
        ask(visitor)
        said = say(visitor.page, voice)
        person += was_cut(visitor)
        latencies.append(visitor.page.evaluate("performance.now()") - said)
        pauses.append(pause_ms(visitor, said))
        finish(visitor)
    stats = visitor.stats
    (output / "echo.json").write_text(
        json.dumps(
            {"itself": itself, "person": person, "of": TURNS, "paused_ms": pauses, "ms": latencies, "stats": stats}
        )
    )
    assert (itself, users) == (0, TURNS), stats
    assert person == TURNS, stats
    assert None not in pauses, stats

    visitor.settings("sound")
    visitor.page.get_by_role("switch", name="Echo guard").uncheck()
    visitor.page.click("#settings-close")
    judged = visitor.stats["judgements"]
    ask(visitor)
    assert was_cut(visitor), "without the guard"
    assert visitor.stats["judgements"] == judged
