"""A whole conversation into the microphone: each sentence is written down and answered, one answer interrupted."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.room import room, say
from tests.browser.speech import spoken
from tests.browser.visitor import Visitor
from tests.conftest import EMBEDDED
from tests.servers import gunicorn
from tests.word_errors import error_rate

pytestmark = [pytest.mark.browser, pytest.mark.models]

# What is said, and a word of the answer.
SAID = (
    ("What is seventeen plus twenty five?", "42"),
    ("Tell me what you can do.", "sums"),
    ("Please repeat after me, the garden is full of flowers.", "flowers"),
)
INTERRUPTED = 1
QUIET = "() => !document.body.hasAttribute('data-speaking') && document.body.dataset.turn === 'listening'"


def of(role: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["role"] == role]


def converse(visitor: Visitor, folder: Path) -> None:
    """Says each sentence when the answer to the one before is over, or in the midst of it."""
    for place, (sentence, _) in enumerate(SAID):
        say(visitor.page, spoken(sentence, folder / f"{place}.wav", before_s=0.1, after_s=0.1))
        visitor.wait_until(lambda _, count=place: len(of("assistant", visitor.entries)) > count, seconds=20)
        if place == INTERRUPTED:
            played = visitor.stats["samplesPlayed"]
            visitor.wait_until(lambda stats, begun=played: stats["samplesPlayed"] > begun + 1.5 * 24000, seconds=20)
        else:
            visitor.wait_until(lambda _, count=place: of("assistant", visitor.entries)[count]["final"], seconds=20)
            visitor.wait_until(lambda _: visitor.page.evaluate(QUIET), seconds=20)


@pytest.mark.timeout(120)
def test_a_conversation_with_an_interruption(browser: Browser, tmp_path: Path, output: Path) -> None:
    with gunicorn(EMBEDDED, tmp_path / "gunicorn.log") as app:
        visitor = Visitor(browser, room=room(echo_db=-60), reduced_motion="reduce")
        visitor.open(app.url)
        visitor.call_until_live()
        converse(visitor, tmp_path)
        visitor.page.screenshot(path=output / "conversation.png")
        entries, stats = visitor.entries, visitor.stats
        assert visitor.leave() == []

    assert [entry["role"] for entry in entries] == ["user", "assistant"] * len(SAID), entries
    questions, answers = of("user", entries), of("assistant", entries)
    wanted, heard = " ".join(said for said, _ in SAID), " ".join(question["text"] for question in questions)
    assert error_rate((wanted, heard)) <= 0.4, heard
    assert [place for place, answer in enumerate(answers) if answer["cut"]] == [INTERRUPTED], answers
    for place, (answer, (_, word)) in enumerate(zip(answers, SAID, strict=True)):
        assert place == INTERRUPTED or word in answer["text"], answers
    assert stats["chunksDropped"] == 0
