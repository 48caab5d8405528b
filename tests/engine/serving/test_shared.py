"""What calls share: which brain answers, and threads that end."""

import logging
import threading
from typing import cast

import pytest

from voiceapp.engine.brains.chat_completions import ChatCompletions
from voiceapp.engine.brains.companion import Companion
from voiceapp.engine.brains.companion_ja import JapaneseCompanion
from voiceapp.engine.serving.jobs import BusyError
from voiceapp.engine.serving.shared import MAX_WAITING_JOBS, TurnEnd, Workers, new_brain
from voiceapp.engine.speech.missing import MissingError
from voiceapp.engine.speech.turn_end import SmartTurn

from ..fake_models import FixedTurnEnd


def test_without_a_language_model_the_companion_of_the_language_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOICEAPP_BRAIN_URL", raising=False)
    assert isinstance(new_brain("en"), Companion)
    assert isinstance(new_brain("ja"), JapaneseCompanion)


def test_a_language_model_answers_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEAPP_BRAIN_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("VOICEAPP_BRAIN_MODEL", "tiny")
    monkeypatch.delenv("VOICEAPP_BRAIN_KEY", raising=False)
    assert new_brain("ja") == ChatCompletions("http://127.0.0.1:1/v1", None, "tiny")


def test_the_voice_speaks_for_one_at_a_time_and_for_no_endless_queue() -> None:
    workers = Workers(max_calls=1)
    began, go_on = threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        go_on.wait(10)

    running = workers.tts_pool.submit("caller", work)
    assert began.wait(10)
    waiting = [workers.tts_pool.submit("caller", work) for _ in range(MAX_WAITING_JOBS)]
    with pytest.raises(BusyError):
        workers.tts_pool.submit("other", work)
    go_on.set()
    running.result(10)
    workers.close()
    assert all(job.done() for job in waiting)


class Fetching:
    """The model's file: not there, broken, or there by now."""

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure

    def load(self) -> SmartTurn:
        if self.failure:
            raise self.failure
        return cast(SmartTurn, FixedTurnEnd(0.5))


@pytest.mark.parametrize("failure", [MissingError("a file"), RuntimeError("of the runtime")])
def test_without_the_model_of_turns_it_is_said_once_and_it_may_come_later(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    fetching = Fetching(failure)
    turn_end = TurnEnd(fetching.load)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            turn_end.look()
    (record,) = caplog.records
    assert "turns end by words and silence alone: " in record.getMessage()
    assert turn_end.model is None
    fetching.failure = None
    turn_end.look()
    assert turn_end.model is not None
