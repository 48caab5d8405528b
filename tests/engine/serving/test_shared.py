"""What calls share: which brain answers, and threads that end."""

import threading

import pytest

from voiceapp.engine.brains.chat_completions import ChatCompletions
from voiceapp.engine.brains.companion import Companion
from voiceapp.engine.brains.companion_ja import JapaneseCompanion
from voiceapp.engine.serving.jobs import BusyError
from voiceapp.engine.serving.shared import MAX_WAITING_JOBS, Workers, new_brain


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
