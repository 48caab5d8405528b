"""What the operator's numbers and log are told of one call."""

import logging
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from voiceapp.call.call_metrics import CallMetrics
from voiceapp.call.observers import Session
from voiceapp.config.settings import Settings
from voiceapp.errors import IDLE
from voiceapp.upstream.session_options import SessionOptions

SESSION = Session(SessionOptions(Settings.from_env({"OPENAI_API_KEY": "sk-x"})).plan({}), "gpt-realtime-2.1")


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0


def test_a_call_that_had_a_place_is_counted_to_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before = counted("voiceapp_calls")
    call = CallMetrics("c1", "r1", "w1", 100.0)
    call.began(100.5)
    assert counted("voiceapp_calls") == before + 1
    call.noticed(IDLE, fatal=True)
    call.ended("idle", 160.0)
    assert counted("voiceapp_calls") == before
    assert "event=call_started call=c1 request=r1 who=w1" in caplog.text
    assert "event=call_notice call=c1 code=idle fatal=true" in caplog.text
    assert "event=call_ended call=c1 reason=idle seconds=60.0" in caplog.text


def test_one_that_ended_before_it_had_a_place_is_not(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before = counted("voiceapp_calls")
    CallMetrics("c1", "r1", "w1", 100.0).ended("stopped", 100.0)
    assert counted("voiceapp_calls") == before
    assert "call_ended" not in caplog.text


def test_how_long_it_took_until_the_call_was_ready_counts_and_no_later_session_does() -> None:
    before = counted("voiceapp_ready_seconds_count"), counted("voiceapp_ready_seconds_sum")
    call = CallMetrics("c1", "r1", "w1", 100.0)
    call.session(SESSION, 100.25)
    call.ready(100.25)
    call.session(SESSION, 900.0)
    assert counted("voiceapp_ready_seconds_count") == before[0] + 1
    assert counted("voiceapp_ready_seconds_sum") == pytest.approx(before[1] + 0.25)


def test_sessions_that_took_the_place_of_another_are_counted_by_why(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    def renewed(why: str) -> float:
        return REGISTRY.get_sample_value("voiceapp_sessions_renewed_total", {"why": why}) or 0

    before = {why: renewed(why) for why in ("asked", "expiring", "lost")}
    call = CallMetrics("c1", "r1", "w1", 100.0)
    call.session(SESSION, 100.0)
    call.session(replace(SESSION, why="lost"), 200.0)
    assert {why: renewed(why) - count for why, count in before.items()} == {"asked": 0, "expiring": 0, "lost": 1}
    assert "event=session_renewed call=c1 why=lost" in caplog.text
