"""Limits while a call runs: told before they strike, and they strike, alone and over several workers."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.conftest import upstream_settings
from tests.hostile.attacker import fetch
from tests.page_client import PageClient, chunk, of_answer
from tests.redis_server import redis_server
from tests.servers import Gunicorn, gunicorn, werkzeug
from tests.waiting import closed, eventually
from voiceapp.admission.access import Visitor
from voiceapp.admission.budgets import Budgets, Remaining
from voiceapp.admission.quota_store import QuotaStore
from voiceapp.config.rules import Rules
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.secret import Secret

Serve = Callable[..., str]
Upstream = Callable[..., ScriptedServer]


def test_a_silent_call_is_warned_and_ended(serve: Serve, upstream: Upstream) -> None:
    server = upstream("load")
    with PageClient(serve(server, VOICEAPP_IDLE_SECONDS="2")) as page:
        page.start()
        began = time.monotonic()
        for n in range(1, 20):
            # The microphone's frames are no speech.
            page.emit("audio", n, chunk(n))
            time.sleep(0.04)
        assert page.expect("ended") == [{"reason": "idle"}]
        assert 1.5 < time.monotonic() - began < 4
        assert page.notices == ["idle_soon", "idle"]
        assert closed(server)


def test_whoever_speaks_or_types_is_not_idle(serve: Serve, upstream: Upstream) -> None:
    with PageClient(serve(upstream(), VOICEAPP_IDLE_SECONDS="2")) as page:
        page.start()
        for _ in range(6):
            page.emit("text", {"text": "Hello"})
            time.sleep(0.5)
        assert page.named("ended") == []
        assert "idle" not in page.notices


def test_a_silence_begins_when_the_answer_has_been_heard(upstream: Upstream) -> None:
    with werkzeug(upstream_settings(upstream(), VOICEAPP_IDLE_SECONDS="2")) as url, PageClient(url) as page:
        page.start()
        page.emit("text", {"text": "Hello"})
        page.expect("turn", lambda n, turn: turn["state"] == "assistant")
        # It plays for so long on this page: longer than a silence may be.
        time.sleep(3.5)
        assert page.notices == []
        page.emit("heard", {"item": "t1", "heard_ms": 600})
        assert page.expect("ended") == [{"reason": "idle"}]
        assert page.notices == ["idle_soon", "idle"]


def test_what_is_left_of_a_silence_is_told_until_somebody_types(serve: Serve, upstream: Upstream) -> None:
    with PageClient(serve(upstream(), VOICEAPP_IDLE_SECONDS="3")) as page:
        page.start()
        assert page.expect("limits", lambda limits: limits["idle_left_s"] is not None)[0]["idle_left_s"] <= 1
        page.expect("notice", lambda notice: notice["code"] == "idle_soon")
        page.emit("text", {"text": "Hello"})
        assert eventually(lambda: page.named("limits")[-1][0]["idle_left_s"] is None)
        assert page.named("ended") == []


def test_a_call_has_a_longest_time(serve: Serve, upstream: Upstream) -> None:
    server = upstream()
    with PageClient(serve(server, VOICEAPP_CALL_SECONDS="2")) as page:
        page.start()
        time_limits = {"call_s": 2, "call_left_s": 2, "idle_s": 360, "idle_left_s": None}
        of_the_day = {"left_s": None, "budget_s": None, "used_s": 0, "left_money": None, "budget_money": None}
        of_the_money = {"used_money": 0.0, "presumed": False, "currency": "USD"}
        assert page.expect("limits")[0] == {**time_limits, **of_the_day, **of_the_money}
        assert page.expect("ended") == [{"reason": "call_too_long"}]
        assert page.notices == ["call_ending", "call_too_long"]
        assert closed(server)


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


def test_the_budget_that_is_short_first_is_told_with_its_whole() -> None:
    visitor = Visitor("one", "192.0.2.1")
    budgets = Budgets(Rules(user_day_s=600, day_s=1000, user_day_money=2.0), QuotaStore(Secret("")))
    assert budgets.charge(visitor, "call", 100, 500_000) == Remaining(500, 600, 1.5, 2.0)
    budgets.charge(Visitor("other", "192.0.2.2"), "other", 450, 0)
    assert budgets.left(visitor) == Remaining(450, 1000, 1.5, 2.0)
    assert budgets.charge(visitor, "call", 360, 0) == Remaining(90, 1000, 1.5, 2.0, low=True)


def test_a_changed_limit_goes_on_with_the_same_count() -> None:
    visitor, quota_store = Visitor("one", "192.0.2.1"), QuotaStore(Secret(""))
    Budgets(Rules(user_day_money=2.0, day_s=100), quota_store).charge(visitor, "call", 60, 500_000)
    lowered = Budgets(Rules(user_day_money=0.75, day_s=60), quota_store).left(visitor)
    assert (lowered.money, lowered.seconds, lowered.spent) == (0.25, 0, True)
    assert Budgets(Rules(user_day_money=4.0), quota_store).left(visitor).money == 3.5


def test_whoever_forgets_their_cookies_shares_the_address_with_who_they_were() -> None:
    budgets = Budgets(Rules(user_day_money=1.0, people_per_address=2), QuotaStore(Secret("")))

    def login(name: str, address: str = "192.0.2.1") -> Visitor:
        return Visitor(f"login:{name}", address, lasting=False)

    budgets.charge(login("one"), "call", 0, 900_000)
    assert budgets.left(login("two")).money == 1.0
    budgets.charge(login("two"), "call", 0, 900_000)
    assert budgets.left(login("three")) == Remaining(money=0.2, of_money=2.0, low=True)
    assert budgets.left(login("three", "192.0.2.9")).money == 1.0
    # Who has a name is counted by it alone.
    assert budgets.left(Visitor("proxy:ann", "192.0.2.1")).money == 1.0


def test_an_address_is_not_counted_where_the_operator_says_so() -> None:
    budgets = Budgets(Rules(user_day_money=1.0, people_per_address=0), QuotaStore(Secret("")))
    budgets.charge(Visitor("login:one", "192.0.2.1", lasting=False), "call", 0, 1_000_000)
    assert budgets.left(Visitor("login:two", "192.0.2.1", lasting=False)).money == 1.0


# Several workers and a real Redis


def per_worker(server: Gunicorn, stack: ExitStack, count: int) -> list[PageClient]:
    return [stack.enter_context(PageClient(server.url)) for _ in range(count)]


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
        pages = per_worker(server, stack, 6)
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


def test_calls_go_on_and_begin_while_redis_is_frozen(upstream: Upstream, tmp_path: Path) -> None:
    with redis_server() as redis, ExitStack() as stack:
        settings = upstream_settings(upstream(), REDIS_URL=redis.url, VOICEAPP_CALLS_PER_USER="5")
        server = stack.enter_context(gunicorn(settings, tmp_path / "log"))
        running, newcomer = per_worker(server, stack, 2)
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
