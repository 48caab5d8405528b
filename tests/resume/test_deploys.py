"""A server is restarted, killed or frozen while people talk: their pages go on with the same talk on another one."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.resume.conftest import Site
from voiceapp.engine.scripted.recorder import Recorder

pytestmark = [pytest.mark.real_time, pytest.mark.slow]

Start = Callable[..., Site]
# Of the second, each page asks again and again.
CALLS, CALLS_OF_THE_DEAD = 20, 8
TOLD_S, BACK_S, LEASE_BACK_S = 1.0, 5.0, 10.0


def test_sigterm_of_one_of_two_servers_under_20_calls(site: Start) -> None:
    """All told within a second and back within five; every transcript goes on as it was, each session knows its own."""
    town = site()
    leaving = town.servers[0]
    pages = [town.visit(leaving) for _ in range(CALLS)]
    for n, page in enumerate(pages):
        page.type(f"I am number {n}.")
    before = [(page.texts.copy(), page.order.copy()) for page in pages]
    began = time.monotonic()
    leaving.process.send_signal(signal.SIGTERM)
    for page in pages:
        page.wait(lambda page=page: page.named("resumed"), what="way back")
        assert page.at("going_away") - began < TOLD_S
        assert page.at("resumed") - began < BACK_S
    for page, (texts, order) in zip(pages, before, strict=True):
        (resumed,) = page.named("resumed")[0]
        assert (resumed["why"], resumed["again"], resumed["taken"]) == ("moved", False, 0)
        page.type("And still here.")
        assert page.order[: len(order)] == order
        assert {item: page.texts[item] for item in order} == texts
        assert page.finished("user")[-1] == "And still here."
        assert len(page.finished("assistant")) == 2
    said = [[f"I am number {n}.", "You wrote to me."] for n in range(CALLS)]
    assert sorted(told(each) for each in town.upstream.connections[CALLS:]) == sorted(said)
    assert leaving.process.wait(15) == 0
    assert "VoiceApp has no SECRET_KEY" not in leaving.log.read_text()


def told(session: Recorder) -> list[str]:
    """The words of the items that it was given before the person spoke on."""
    created = [each for each in session.events if each["type"].endswith("item.create")]
    return [part["text"] for each in created for part in each["item"]["content"]][:2]


def test_kill_9_of_one_of_two_servers(site: Start) -> None:
    """Its lease runs out, and the people go on within ten seconds."""
    town = site()
    dying = town.servers[0]
    pages = [town.visit(dying) for _ in range(CALLS_OF_THE_DEAD)]
    for n, page in enumerate(pages):
        page.type(f"I am number {n}.")
    before = [(page.texts.copy(), page.order.copy()) for page in pages]
    time.sleep(0.3)
    began = time.monotonic()
    for pid in (dying.process.pid, *dying.worker_pids()):
        os.kill(pid, signal.SIGKILL)
    for page in pages:
        page.wait(lambda page=page: page.named("resumed"), what="way back")
        assert page.at("resumed") - began < LEASE_BACK_S
        assert {answer["code"] for (answer,) in page.named("not_resumed")} <= {"call_elsewhere"}
    for page, (texts, order) in zip(pages, before, strict=True):
        page.type("And still here.")
        assert page.order[: len(order)] == order
        assert {item: page.texts[item] for item in order} == texts


def test_without_a_key_of_all_servers_the_operator_is_told_that_calls_stay_on_theirs(site: Start) -> None:
    town = site(1, SECRET_KEY="")
    assert "VoiceApp has no SECRET_KEY" in town.servers[0].log.read_text()
