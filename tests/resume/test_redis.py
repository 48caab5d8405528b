"""Redis fails while people talk, or a server is not heard of: no call feels it, and all is well again by itself."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from tests.redis_server import RedisServer
from tests.resume.conftest import Site
from tests.servers import Gunicorn
from tests.waiting import eventually

pytestmark = [pytest.mark.real_time, pytest.mark.slow]

Start = Callable[..., Site]
# The last one forgets all.
TROUBLES: dict[str, tuple[Callable[[RedisServer], None], Callable[[RedisServer], None], str]] = {
    "frozen": (RedisServer.freeze, RedisServer.thaw, "it does not answer"),
    "full": (RedisServer.fill, RedisServer.empty, "it is full"),
    "killed": (RedisServer.stop, RedisServer.start, "it does not answer"),
}
# Longer than a lease.
FROZEN_S = 10.0


def readyz(server: Gunicorn) -> tuple[int, str]:
    """Status, and what is said of Redis."""
    try:
        with urllib.request.urlopen(server.url + "/readyz", timeout=5) as response:
            status, body = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    return status, json.loads(body)["reasons"].get("redis", "")


def calls(server: Gunicorn) -> float:
    with urllib.request.urlopen(server.url + "/metrics", timeout=5) as response:
        text = response.read().decode()
    return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("voiceapp_calls "))


def test_redis_fails_and_no_call_feels_it(site: Start) -> None:
    town = site()
    one, other = town.servers
    page = town.visit(one)
    page.type("Before.")
    said, newcomers = ["Before."], []
    for trouble, (break_it, mend_it, reason) in TROUBLES.items():
        break_it(town.redis)
        try:
            began = time.monotonic()
            meanwhile = [f"Meanwhile {n}, {trouble}." for n in range(4)]
            for text in meanwhile:
                page.type(text)
            assert time.monotonic() - began < 4, trouble
            # A call that begins knows only the limits of its own server.
            newcomers.append(town.visit(other))
            newcomers[-1].type("I am new.")
            assert eventually(lambda reason=reason: readyz(one) == (503, reason)), trouble
        finally:
            mend_it(town.redis)
        assert eventually(lambda: readyz(one) == (200, "") and readyz(other) == (200, "")), trouble
        for each in (page, newcomers[-1]):
            each.type(f"After, {trouble}.")
        said += [*meanwhile, f"After, {trouble}."]
        # What changed was written again: whoever goes now can hand over.
        written = {page: said, newcomers[-1]: ["I am new.", f"After, {trouble}."]}
        for texts in written.values():
            assert eventually(lambda texts=texts: any(holds(call, texts) for call in kept(town))), trouble
        assert eventually(lambda: len(kept(town)) == 1 + len(newcomers)), trouble
        assert (calls(one), calls(other)) == (1, len(newcomers)), trouble
        assert not any(each.named("notice") for each in (page, *newcomers)), trouble
    one.process.send_signal(signal.SIGTERM)
    page.wait(lambda: page.named("resumed"), what="way back")
    page.type("Elsewhere.")
    assert page.finished("user") == [*said, "Elsewhere."]


def holds(call: str, texts: list[str]) -> bool:
    return all(text in call for text in texts)


def kept(town: Site) -> list[str]:
    """What Redis holds of each call."""
    with town.redis.client() as client:
        return [str(client.hgetall(key)) for key in client.scan_iter("voiceapp:call:*")]


def test_a_server_that_wakes_ends_what_another_has_gone_on_with(town: Site) -> None:
    """It was frozen for longer than its lease, and its page went elsewhere; a call that nobody took goes on with it."""
    sleeper = town.servers[0]
    moved, patient = town.visit(sleeper), town.visit(sleeper)
    moved.type("One."), patient.type("Two.")
    workers = sleeper.worker_pids()
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        town.balancer.only = town.servers[1].port
        moved.client.vanish()
        moved.wait(lambda: moved.named("resumed"), what="way back")
        assert time.monotonic() - began < FROZEN_S
        moved.type("One more.")
        time.sleep(max(0.0, began + FROZEN_S - time.monotonic()))
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
    assert eventually(lambda: calls(sleeper) == 1), sleeper.log.read_text()
    assert "another worker has gone on with it" in sleeper.log.read_text()
    patient.type("Still here.")
    moved.type("And here.")
    assert not patient.named("resumed")
    assert calls(town.servers[1]) == 1


def test_a_page_that_reaches_another_server_gets_its_call_from_the_living_one(town: Site) -> None:
    """Workers behind one address take turns; its own is asked to let go where the page does not find it."""
    page = town.visit(town.servers[0])
    page.type("Hello.")
    town.balancer.only = town.servers[1].port
    began = time.monotonic()
    page.client.vanish()
    page.wait(lambda: page.named("resumed"), what="way back")
    assert time.monotonic() - began < 6
    assert {answer["code"] for (answer,) in page.named("not_resumed")} == {"call_elsewhere"}
    page.type("Here I am.")
    assert page.finished("user") == ["Hello.", "Here I am."]
    assert eventually(lambda: calls(town.servers[0]) == 0)


def test_pages_of_workers_that_take_turns_all_find_their_calls(site: Start) -> None:
    """Two workers behind one address: a page asks over line after line, and mostly finds its own."""
    town = site(1, WEB_CONCURRENCY="2")
    pages = [town.visit() for _ in range(10)]
    for n, page in enumerate(pages):
        page.type(f"I am number {n}.")
    for page in pages:
        page.client.vanish()
    for n, page in enumerate(pages):
        page.wait(lambda page=page: page.named("resumed"), what="way back")
        page.type("Still here.")
        assert page.finished("user") == [f"I am number {n}.", "Still here."]
    assert "back" in {page.named("resumed")[0][0]["why"] for page in pages}


def test_where_words_are_not_shared_the_page_tells_them_and_none_lies_in_redis(site: Start) -> None:
    town = site(VOICEAPP_SHARE_TRANSCRIPTS="no")
    page = town.visit(town.servers[0])
    page.type("My name is Ada.")
    assert eventually(lambda: kept(town))
    assert "Ada" not in str(kept(town))
    assert "You wrote" not in str(kept(town))
    town.servers[0].process.send_signal(signal.SIGTERM)
    page.wait(lambda: page.named("resumed"), what="way back")
    assert told(town) == ["My name is Ada.", "You wrote to me."]


def told(town: Site) -> list[str]:
    """The words of the items that the second session was given."""
    created = [each for each in town.upstream.connections[1].events if each["type"].endswith("item.create")]
    return [part["text"] for each in created for part in each["item"]["content"]]


def test_a_page_that_was_loaded_anew_is_told_what_was_said(site: Start) -> None:
    town = site()
    page = town.visit(town.servers[0], forgets=True)
    page.type("My name is Ada.")
    town.servers[0].process.send_signal(signal.SIGTERM)
    page.wait(lambda: page.named("resumed"), what="way back")
    (resumed,) = page.named("resumed")[0]
    assert (resumed["why"], resumed["again"]) == ("moved", True)
    page.wait(lambda: page.finished("assistant"))
    assert [page.texts[item] for item in page.order] == ["My name is Ada.", "You wrote to me."]
    page.type("And on.")
    assert page.finished("user") == ["My name is Ada.", "And on."]


def test_nothing_is_written_where_nobody_may_come_back(site: Start) -> None:
    town = site(1, VOICEAPP_RESUME="no", VOICEAPP_SHARE_TRANSCRIPTS="no")
    town.balancer.only = None
    page = town.visit_once()
    assert page["token"] is None
    time.sleep(0.5)
    with town.redis.client() as client:
        assert [key for key in client.scan_iter() if not key.startswith("voiceapp:spent")] == []
