"""The whole of it: a spoken sentence goes into the microphone, is written down, and is answered aloud."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.speech import spoken
from tests.browser.visitor import Visitor, chromium
from tests.conftest import EMBEDDED
from tests.servers import gunicorn
from tests.word_errors import error_rate
from voiceapp.engine.speech.stt import WhisperStt

pytestmark = [pytest.mark.browser, pytest.mark.models]

SENTENCE = "Please repeat after me, the garden is full of flowers."


@pytest.mark.timeout(90)
def test_a_spoken_sentence_is_written_down_and_answered_aloud(
    playwright: Playwright, tmp_path: Path, output: Path
) -> None:
    microphone = spoken(SENTENCE, tmp_path / "microphone.wav", before_s=5, after_s=60)
    with (
        gunicorn(EMBEDDED, tmp_path / "gunicorn.log") as app,
        chromium(playwright, microphone, whole=True) as browser,
    ):
        visitor = Visitor(browser, records=True, viewport={"width": 1280, "height": 800})
        visitor.open(app.url)
        visitor.call_until_live()
        visitor.wait_for_entry("assistant", seconds=30)
        visitor.wait_until(lambda stats: stats["playedRms"] > 0.01)
        visitor.page.screenshot(path=output / "whole-speaking.png")
        visitor.wait_for_entry("assistant", "[data-final]", seconds=40)
        visitor.page.screenshot(path=output / "whole.png")

        asked, answered = visitor.entries[:2]
        stats = visitor.stats
        heard = WhisperStt.installed().transcribe(visitor.heard()).text
        assert visitor.leave() == []

    assert (asked["role"], answered["role"]) == ("user", "assistant")
    assert error_rate((SENTENCE, asked["text"])) <= 0.4, asked
    assert stats["samplesPlayed"] > 0.5 * 24000
    assert stats["playedPeakRms"] > 0.01
    assert error_rate((answered["text"], heard)) <= 0.4, (answered["text"], heard)
    assert stats["chunksDropped"] == 0
    assert stats["lastReplyMs"] < 5000
