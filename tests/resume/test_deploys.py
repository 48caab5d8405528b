"""A server is restarted, killed or frozen while people talk: their pages go on with the same talk on another one."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.resume.conftest import Site

pytestmark = [pytest.mark.real_time, pytest.mark.slow]

Start = Callable[..., Site]
CALLS = 20
TOLD_S, BACK_S, LEASE_BACK_S = 1.0, 5.0, 10.0


def test_sigterm_of_one_of_two_servers_under_20_calls(site: Start) -> None:
    """All told within a second, all back within five, and every transcript goes on as it was."""
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
    assert leaving.process.wait(15) == 0


def test_what_was_said_is_told_to_the_new_session(site: Start) -> None:
    town = site()
    page = town.visit(town.servers[0])
    page.type("My name is Ada.")
    town.servers[0].process.send_signal(signal.SIGTERM)
    page.wait(lambda: page.named("resumed"))
    assert told(town, 1) == ["My name is Ada.", "You wrote to me."]


def told(town: Site, connection: int) -> list[str]:
    """The words of the items that a session was given."""
    created = [each for each in town.upstream.connections[connection].events if each["type"].endswith("item.create")]
    return [part["text"] for each in created for part in each["item"]["content"]]


def test_kill_9_of_one_of_two_servers(site: Start) -> None:
    """Its lease runs out, and the people go on within ten seconds."""
    town = site()
    dying = town.servers[0]
    pages = [town.visit(dying) for _ in range(CALLS)]
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
    assert "VoiceApp has no SECRET_KEY" not in site(1).servers[0].log.read_text()
