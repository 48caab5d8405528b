"""What the operator's log says of a call's upstream: enough to help, and nothing that was said."""

import logging
from collections.abc import Iterator

import pytest

from voiceapp.call.observers import Observers
from voiceapp.call.upstream_log import EXPLAINED_AT_ONCE, UpstreamLog
from voiceapp.conversation import effects
from voiceapp.conversation.event_reader import LeftOut


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[UpstreamLog]:
    caplog.set_level(logging.INFO)
    yield UpstreamLog("c1", lambda: ["my secret diary"])


def test_an_error_is_explained_without_what_people_said(log: UpstreamLog, caplog: pytest.LogCaptureFixture) -> None:
    log.effect(effects.LogError("flagged", "Your input my secret diary was flagged.", "item.content"), 0.0)
    assert "call c1: upstream error: flagged (item.content)" in caplog.text
    assert "diary" not in caplog.text


def test_of_very_many_at_once_only_the_codes_are_said(log: UpstreamLog, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(EXPLAINED_AT_ONCE + 5):
        log.effect(effects.LogError("server_error", "The disk is broken.", ""), 0.0)
    assert EXPLAINED_AT_ONCE <= caplog.text.count("The disk is broken") <= EXPLAINED_AT_ONCE + 1
    assert caplog.text.count("server_error") == EXPLAINED_AT_ONCE + 5


def test_no_other_effect_is_of_interest(log: UpstreamLog, caplog: pytest.LogCaptureFixture) -> None:
    Observers(log).effect(effects.TurnChanged("listening"), 0.0)
    assert caplog.text == ""


def test_what_was_left_out_is_said_once_and_counted_at_the_end(
    log: UpstreamLog, caplog: pytest.LogCaptureFixture
) -> None:
    why, other = list(LeftOut)[:2]
    for _ in range(7):
        log.left_out(why)
    log.left_out(other)
    assert [caplog.text.count(each.value) for each in (why, other)] == [1, 1]
    log.ended("stopped", 1.0)
    for line, each, times in zip(caplog.messages[2:], (why, other), (7, 1), strict=True):
        assert each.value in line
        assert f" {times} " in line
