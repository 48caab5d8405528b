"""Scenario files are checked before anything runs, and mistakes are named."""

from pathlib import Path
from typing import Any

import pytest

from voiceapp.engine.scripted.scenario import ScenarioError, Trigger, load, parse


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"titel": "x"}, "titel unknown"),
        ({"dialect": "alpha"}, "ga or beta"),
        ({"handshake": {"code": 401}}, "code unknown"),
        ({"on": [{"when": "connect"}]}, r"on\[1\] needs"),
        ({"on": [{"when": "audio", "do": []}]}, "needs `ms`"),
        ({"on": [{"when": "connect", "do": [{"shout": 1}]}]}, "step 1: a step is one of send"),
        ({"on": [{"when": "connect", "do": [{"say": {"txt": "x"}}]}]}, "say: txt unknown"),
        ({"on": [{"when": "connect", "do": [{"say": {"midway": [{"x": 1}]}}]}]}, "midway, step 1"),
        ({"on": [{"when": "connect", "do": [{"drop": "politely"}]}]}, "drop is fin or rst"),
        ({"on": [{"when": "connect", "do": [{"wait_ms": "long"}]}]}, "wait_ms cannot be"),
        ({"on": [{"when": "connect", "do": [{"close": 1000, "why": "x"}]}]}, "why unknown"),
    ],
)
def test_a_mistake_is_named(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        parse(raw)


def test_a_file_names_itself(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("title = ")
    with pytest.raises(ScenarioError, match=r"broken\.toml"):
        load(path)


def test_a_trigger_counts() -> None:
    def acts(**fields: int) -> list[int]:
        trigger = Trigger("chunk", (), **fields)
        return [occurrence for occurrence in range(1, 7) if trigger.counts(occurrence)]

    assert acts() == [1, 2, 3, 4, 5, 6]
    assert acts(nth=3) == [3]
    assert acts(every=2) == [2, 4, 6]


def test_a_trigger_looks_into_the_event() -> None:
    trigger = Trigger("session.update", (), match={"session.type": "realtime"})
    assert trigger.matches({"session": {"type": "realtime"}})
    assert not trigger.matches({"session": None})
