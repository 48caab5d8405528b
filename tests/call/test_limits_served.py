"""Limits over the whole server: the page is told of them, and several workers count together."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import upstream_settings
from tests.hostile.attacker import fetch
from tests.page_client import PageClient, of_answer
from tests.redis_server import redis_server
from tests.servers import Gunicorn, bridged, gunicorn, skipping
from tests.waiting import closed, eventually
from voiceapp.engine.scripted.server import ScriptedServer

Serve = Callable[..., str]
Upstream = Callable[..., ScriptedServer]


@pytest.mark.real_time
@pytest.mark.parametrize("limit", ["IDLE", "CALL"])
def test_a_call_is_warned_and_ended(serve: Serve, upstream: Upstream, limit: str) -> None:
    server = upstream("load")
    with PageClient(serve(server, **{f"VOICEAPP_{limit}_SECONDS": "2"})) as page:
        page.start()
        # The microphone's frames are no speech.
        page.talk(20)
        warning, end = {"IDLE": ("idle_soon", "idle"), "CALL": ("call_ending", "call_too_long")}[limit]
        assert page.expect("ended") == [{"reason": end}]
        assert page.notices == [warning, end]
        assert closed(server)


def test_a_silence_begins_when_the_answer_has_been_heard(upstream: Upstream) -> None:
    settings = upstream_settings(upstream(), VOICEAPP_IDLE_SECONDS="12")
    with skipping(settings) as (url, loop), PageClient(url) as page:
        page.start()
        page.emit("text", {"text": "Hello"})
        page.expect("usage", of_answer)
        # It plays for so long on this page: longer than a silence may be.
        loop.skip(13)
        assert page.call("configure", {"language": "en"}) == {"ok": True}
        assert page.notices == []
        page.emit("heard", {"item": "t1", "heard_ms": 600})
        page.wait(lambda: page.named("turn")[-1][1]["state"] == "listening")
        loop.skip(13)
        assert page.expect("ended") == [{"reason": "idle"}]
        # What the page says at that moment may come when the call is over.
        assert [code for code in page.notices if code != "not_started"] == ["idle_soon", "idle"]


def test_what_is_left_of_a_silence_is_told_until_somebody_types(upstream: Upstream) -> None:
    settings = upstream_settings(upstream(), VOICEAPP_IDLE_SECONDS="12")
    with skipping(settings) as (url, loop), PageClient(url) as page:
        page.start()
        loop.skip(10.1)
        page.expect("notice", lambda notice: notice["code"] == "idle_soon")
        assert page.named("limits")[-1][0]["idle_left_s"] in (1, 2)
        page.emit("text", {"text": "Hello"})
        page.expect("turn", lambda n, turn: turn["state"] == "assistant")
        loop.skip(3)
        page.wait(lambda: page.named("limits")[-1][0]["idle_left_s"] is None)
        assert page.named("ended") == []


def test_a_page_is_told_its_limits_as_the_call_begins(upstream: Upstream) -> None:
    with skipping(upstream_settings(upstream(), VOICEAPP_CALL_SECONDS="12")) as (url, loop), PageClient(url) as page:
        page.start()
        time_limits = {"call_s": 12, "call_left_s": 12, "idle_s": 360, "idle_left_s": None}
        of_the_day = {"left_s": None, "budget_s": None, "used_s": 0, "left_money": None, "budget_money": None}
        of_the_money = {"used_money": 0.0, "presumed": False, "currency": "USD"}
        assert page.expect("limits")[0] == {**time_limits, **of_the_day, **of_the_money}
        loop.skip(12)
        assert page.expect("ended") == [{"reason": "call_too_long"}]
        assert page.notices == ["call_ending", "call_too_long"]


def test_a_call_that_begins_with_little_left_is_warned_at_once(serve: Serve, upstream: Upstream) -> None:
    url = serve(upstream(), VOICEAPP_MONEY_PER_DAY="0.003", VOICEAPP_PRICES="output_audio=100")
    with PageClient(url) as page:
        page.start()
        assert page.notices == []
        page.emit("text", {"text": "Hello"})
        page.expect("usage", of_answer)
        page.emit("stop", {})
        page.expect("ended")
        assert eventually(lambda: "budget_low" in _called(page).notices)
        names = [name for name, _ in page.events]
        assert names.index("ready") < names.index("notice")


def _called(page: PageClient) -> PageClient:
    _again(page)
    return page


def test_one_person_has_so_many_calls_and_no_more(serve: Serve, upstream: Upstream) -> None:
    url = serve(upstream(), VOICEAPP_CALLS_PER_USER="1")
    with PageClient(url) as one, PageClient(url) as other:
        one.start()
        other.call("start", {})
        assert other.expect("ended") == [{"reason": "too_many_calls"}]
        one.emit("stop", {})
        one.expect("ended")
        assert eventually(lambda: "ready" in {name for name, _ in _again(other)})


def _again(page: PageClient) -> list[tuple[str, list[object]]]:
    page.call("start", {})
    time.sleep(0.2)
    return page.events


def test_addresses_are_told_apart_behind_a_proxy(serve: Serve, upstream: Upstream) -> None:
    url = serve(upstream(), VOICEAPP_CALLS_PER_ADDRESS="1", VOICEAPP_PROXIES="1", VOICEAPP_CALLS_PER_USER="0")

    def page(forwarded: str) -> PageClient:
        return PageClient(url, {"X-Forwarded-For": forwarded})

    with page("203.0.113.1") as one, page("203.0.113.2") as two, page("9.9.9.9, 203.0.113.1") as forged:
        one.start()
        two.start()
        forged.call("start", {})
        assert forged.expect("ended") == [{"reason": "too_many_calls"}]


def test_money_is_counted_by_the_tokens_and_shown(serve: Serve, upstream: Upstream) -> None:
    """The turn of `hello` costs more than a cent: the second call has nothing left."""
    settings = {"VOICEAPP_MONEY_PER_DAY": "0.002", "VOICEAPP_PRICES": "output_audio=1000"}
    url = serve(upstream(), **settings)
    with PageClient(url) as page:
        page.start()
        limits = page.expect("limits")[0]
        assert (limits["left_money"], limits["budget_money"], limits["used_money"]) == (0.002, 0.002, 0.0)
        page.talk(20)
        page.expect("usage", of_answer)
        page.emit("stop", {})
        page.expect("ended")

        def spent() -> bool:
            return fetch(url + "/admission")[0] == 429

        assert eventually(spent)
        page.call("start", {})
        page.expect("notice", lambda notice: notice["code"] == "budget_spent")


# Several workers and a real Redis


def test_two_workers_count_together_and_a_killed_one_forgets_no_money(upstream: Upstream, tmp_path: Path) -> None:
    with redis_server() as redis, ExitStack() as stack:
        settings = upstream_settings(
            upstream(),
            WEB_CONCURRENCY="2",
            REDIS_URL=redis.url,
            VOICEAPP_CALLS_PER_USER="3",
            VOICEAPP_MONEY_PER_DAY="0.001",
            VOICEAPP_PRICES="output_audio=1000",
        )
        server = stack.enter_context(gunicorn(settings, tmp_path / "log"))
        pages = [stack.enter_context(PageClient(server.url)) for _ in range(6)]
        for page in pages:
            page.call("start", {})
        assert eventually(lambda: sum(bool(page.named("ready")) for page in pages) == 3)
        assert eventually(lambda: sum("too_many_calls" in page.notices for page in pages) == 3)
        caller = next(page for page in pages if page.named("ready"))
        caller.talk(20)
        caller.expect("usage", of_answer)
        caller.emit("stop", {})
        assert eventually(lambda: fetch(server.url + "/admission")[0] == 429)
        for pid in server.worker_pids():
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: _answers(server))
        assert fetch(server.url + "/admission")[0] == 429
        assert redis.url not in server.log.read_text()


def test_calls_go_on_and_begin_while_redis_is_frozen(upstream: Upstream) -> None:
    settings = {"VOICEAPP_CALLS_PER_USER": "5"}
    with (
        redis_server() as redis,
        bridged(upstream_settings(upstream(), REDIS_URL=redis.url, **settings)) as server,
        PageClient(server.url) as running,
        PageClient(server.url) as newcomer,
    ):
        running.start()
        redis.freeze()
        began = time.monotonic()
        running.emit("text", {"text": "Hello"})
        running.expect("transcript", lambda _, data: data.get("text") == "You wrote to me.")
        assert time.monotonic() - began < 1
        newcomer.start()
        assert fetch(server.url + "/healthz")[0] == 200
        status, _, body = fetch(server.url + "/readyz")
        assert status == 503
        assert b'"redis":false' in body.replace(b" ", b"")
        redis.thaw()
        assert eventually(lambda: fetch(server.url + "/readyz")[0] == 200)


def _answers(server: Gunicorn) -> bool:
    try:
        return fetch(server.url + "/healthz")[0] == 200
    except OSError:
        return False
