"""The operator's numbers, and the line in the log that goes with each."""

import logging

import pytest
from prometheus_client import REGISTRY

from tests.clock import StandingLoop
from voiceapp.net.bridge import Bridge
from voiceapp.ops import metrics
from voiceapp.ops.metrics import BridgeWatch


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_a_call_is_counted_from_its_beginning_to_its_end(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    names = ("voiceapp_calls", "voiceapp_calls_started_total", "voiceapp_call_seconds_count")
    before = [counted(name) for name in names]
    metrics.call_started("c1", request="r1", who="w1")
    assert [counted(name) for name in names] == [before[0] + 1, before[1] + 1, before[2]]
    metrics.call_ended("c1", "stopped", 12.34)
    assert [counted(name) for name in names] == [before[0], before[1] + 1, before[2] + 1]
    assert "event=call_started call=c1 request=r1 who=w1" in caplog.text
    assert "event=call_ended call=c1 reason=stopped seconds=12.3" in caplog.text


def test_what_a_stranger_wrote_is_one_word_in_the_line_of_a_refusal(caplog: pytest.LogCaptureFixture) -> None:
    before = counted("voiceapp_refused_total", code="wrong_place")
    metrics.refused("r1", "wrong_place", host='x" code=ok\r\nforged')
    assert counted("voiceapp_refused_total", code="wrong_place") == before + 1
    assert "event=refused request=r1 code=wrong_place host=x?_code=ok??forged" in caplog.text


def test_the_bridge_is_looked_at_every_second_until_it_stops(
    loop: StandingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = Bridge()
    bridge.loop = loop
    watch = BridgeWatch(bridge)
    carried = {("browser", "in"): 100}
    monkeypatch.setattr(bridge, "traffic", lambda: dict(carried))
    monkeypatch.setattr(bridge, "waiting_bytes", lambda: {"upstream": 7})
    before = counted("voiceapp_bytes_total", side="browser", direction="in")
    watch._look_later()
    loop.pass_time(3)
    carried["browser", "in"] = 250
    loop.pass_time(3)
    assert counted("voiceapp_bytes_total", side="browser", direction="in") == before + 250
    assert counted("voiceapp_queue_bytes", side="upstream") == 7
    assert counted("voiceapp_bridge_lag_seconds") == pytest.approx(0, abs=0.01)
    loop.now += 2.5
    loop.spin()
    assert counted("voiceapp_bridge_lag_seconds") == pytest.approx(1.5, abs=0.01)
    watch._stop()
    loop.spin()
    assert loop.timers == 0


def test_the_exposition_is_what_prometheus_reads() -> None:
    body, content_type = metrics.exposition()
    assert b"# TYPE voiceapp_calls gauge" in body
    assert content_type.startswith("text/plain")
