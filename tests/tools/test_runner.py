"""Functions of every kind, run: beside everything else, and whatever they do."""

import json
import logging
import queue
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.tools import shop
from voiceapp.tools import ToolContext, threads
from voiceapp.tools.interfaces import BUSY, FAILED, NOT_JSON, Outcome
from voiceapp.tools.loading import load
from voiceapp.tools.results import MAX_BYTES
from voiceapp.tools.runner import MAX_THREADS, ToolRunner


class Running:
    """A runner, and what it tells."""

    def __init__(self, most: int = MAX_THREADS) -> None:
        self.runner = ToolRunner(load([shop.__file__]), most)
        self.told: queue.Queue[Outcome] = queue.Queue()
        self.progress: queue.Queue[str] = queue.Queue()

    def start(self, name: str, **arguments: Any) -> Any:
        context = ToolContext("c1", "v1", "en", progress=self.progress.put)
        return self.runner.start(name, json.dumps(arguments), context, self.told.put)

    def run(self, name: str, **arguments: Any) -> Outcome:
        self.start(name, **arguments)
        return self.told.get(timeout=10)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.runner.stop()
    running.runner.stop()


def test_a_function_that_waits_for_nothing(running: Running) -> None:
    assert running.run("find_article", query="hat") == Outcome("hat in m")


def test_an_async_one_with_models_and_its_context(running: Running) -> None:
    outcome = running.run("place_order", lines=[{"article": "hat"}], colour="blue")
    assert json.loads(outcome.output) == {
        "lines": [{"article": "hat", "count": 1}],
        "colour": "blue",
        "for": "v1",
        "total": "9.50",
        "on": "2026-01-02",
    }
    assert running.progress.get(timeout=10) == "The order is on its way"


def test_a_dataclass_comes_back_as_json(running: Running) -> None:
    assert running.run("near_shop", town="Kyoto") == Outcome('{"town":"Kyoto en","open":true}')


@pytest.mark.parametrize("name", ["broken", "leave", "leave_too"])
def test_one_that_fails_tells_nothing_of_what_it_said(
    running: Running, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert running.run(name) == FAILED
    assert f"the tool {name} failed: " in caplog.text
    assert shop.SECRET not in caplog.text


def test_wrong_arguments_are_explained_to_the_model_alone(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        outcome = running.run("find_article", query="hat", size="elephant")
    assert outcome.failed
    assert json.loads(outcome.output) == {"error": "Wrong arguments. size: Input should be 's', 'm' or 'l'"}
    assert "elephant" not in caplog.text


def test_what_has_no_json_is_said_so(running: Running) -> None:
    assert running.run("odd") == NOT_JSON


def test_a_big_result_is_cut(running: Running) -> None:
    assert len(running.run("big").output.encode()) <= MAX_BYTES


def test_one_that_is_cancelled_ends_where_it_waits(running: Running) -> None:
    cancel = running.start("forever")
    # It has begun, as what was asked for after it has ended.
    running.told.queue.clear()
    running.run("near_shop", town="Kyoto")
    cancel()
    assert running.progress.get(timeout=10) == "too late"
    assert running.told.get(timeout=10) == FAILED


def test_many_run_at_once(running: Running) -> None:
    for n in range(20):
        running.start("find_article", query=str(n))
    assert {running.told.get(timeout=10).output for _ in range(20)} == {f"{n} in m" for n in range(20)}


def test_one_that_is_async_behind_a_decorator_is_awaited(running: Running) -> None:
    assert running.run("decorated") == Outcome("waited")


def test_what_one_began_and_left_fails_without_its_words(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert running.run("forgetful") == Outcome("begun")
    assert "failed: ValueError" in caplog.text
    assert shop.SECRET not in caplog.text


def test_fields_that_nobody_knows_are_told_within_bounds(running: Running) -> None:
    outcome = running.run("find_article", query="hat", **{"x" * 10_000 + str(n): 1 for n in range(20)})
    assert "and 15 more" in outcome.output
    assert len(outcome.output) < 1_500


def test_where_all_threads_are_taken_the_model_and_the_log_are_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(threads, "BUSY_S", 0.05)
    busy = Running(1)
    busy.start("slow")
    assert busy.run("find_article", query="hat") == BUSY
    assert "find_article was not run: none of the 1 threads is free for it" in caplog.text
    busy.runner.stop()


def test_a_person_does_not_take_all_threads_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "BUSY_S", 0.05)
    busy = Running(4)
    for _ in range(4):
        busy.start("slow")
    assert [busy.told.get(timeout=10) for _ in range(2)] == [BUSY, BUSY]
    told: queue.Queue[Outcome] = queue.Queue()
    busy.runner.start("find_article", '{"query": "hat"}', ToolContext(visitor="v2"), told.put)
    assert told.get(timeout=10) == Outcome("hat in m")
    busy.runner.stop()


def test_one_that_blocks_the_loop_is_named(caplog: pytest.LogCaptureFixture) -> None:
    held_up = Running()
    held_up.start("blocking")
    cancel = held_up.start("near_shop", town="Kyoto")
    time.sleep(1.1)
    cancel()
    held_up.runner.stop()
    assert "near_shop could not begin: blocking is async and blocks" in caplog.text
