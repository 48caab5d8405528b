"""Whoever comes back in bad faith, over the real wire: a clear answer, nothing given away, and the call goes on."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlencode

import pytest
import websocket
from itsdangerous import URLSafeTimedSerializer

from tests.conftest import SCENARIOS, upstream_settings
from tests.hostile.attacker import fetch
from tests.page_client import PageClient, chunk
from tests.servers import werkzeug
from voiceapp.call.resume_token import SALT
from voiceapp.engine.scripted.server import ScriptedServer

SECRET, CODE = "a-secret-of-the-tests-000", "open sesame, please"
HOLDER, STRANGER = "page-of-the-person-1", "page-of-a-stranger-1"
SPOKEN, TYPED = "Hello there.", "a word nobody else may read"
KEY_MARK = "sk-test-marked-key"
# What is about a connection, and tells nothing of a talk.
OPENING = {"ready", "resumed", "limits", "ack", "notice"}

Serve = Callable[..., str]


@pytest.fixture
def engine() -> Iterator[ScriptedServer]:
    with ScriptedServer(SCENARIOS / "hello.toml") as engine:
        yield engine


@pytest.fixture
def serve(engine: ScriptedServer, resources: ExitStack, caplog: pytest.LogCaptureFixture) -> Iterator[Serve]:
    """Start the app; in the end its log holds no fault, no key, no token and nothing that was said."""
    caplog.set_level(logging.INFO)
    yield lambda **more: resources.enter_context(
        werkzeug(upstream_settings(engine, SECRET_KEY=SECRET, **{"VOICEAPP_CALLS_PER_USER": "0", **more}))
    )
    said = "\n".join(f"{each.getMessage()} {each.exc_text or ''}" for each in caplog.records)
    assert "Traceback" not in said
    # Werkzeug's own server takes a late close frame for a request.
    ours = [each for each in caplog.records if each.name.startswith("voiceapp")]
    assert not [each for each in ours if each.levelno >= logging.ERROR]
    for secret in (KEY_MARK, SPOKEN, TYPED, *TOKENS):
        assert secret not in said
    TOKENS.clear()


# Every token that was given out.
TOKENS: list[str] = []


def begin(url: str, holder: str = HOLDER, **headers: str) -> tuple[PageClient, str]:
    """A call that is live, in which something was typed and answered; its page, and its token."""
    page = PageClient(url, headers)
    token = page.start(page=holder)["token"]
    TOKENS.append(token)
    page.emit("text", {"n": 1, "text": TYPED})
    page.expect("audio", lambda _n, _item, sound: not sound)
    return page, token


def resume(url: str, token: str, got: int | None = None, holder: str = STRANGER, **headers: str) -> PageClient:
    page = PageClient(url, headers)
    page.emit("resume", {"token": token, "got": got, "page": holder})
    return page


def told_nothing(page: PageClient) -> bool:
    """Neither of the talk nor of its session."""
    return {name for name, _ in page.events} <= {"not_resumed"}


def refusal(page: PageClient) -> dict[str, Any]:
    refused: dict[str, Any] = page.expect("not_resumed")[0]
    assert told_nothing(page)
    return refused


def goes_on(page: PageClient, first: int) -> None:
    """Its call is as it was: from number `first` on its sound is taken."""
    page.talk(5, first)
    page.confirm(first + 4)


def altered(token: str) -> str:
    return token[:-2] + ("AA" if token[-2:] != "AA" else "BB")


def of_another_key(token: str) -> str:
    said = URLSafeTimedSerializer(SECRET, salt=SALT).loads(token)
    return str(URLSafeTimedSerializer("another", salt=SALT).dumps(said))


def of_another_kind(_: str) -> str:
    return str(URLSafeTimedSerializer(SECRET, salt="voiceapp_access").dumps(["call", 0, "worker", ""]))


def of_another_shape(_: str) -> str:
    return str(URLSafeTimedSerializer(SECRET, salt=SALT).dumps({"call": [1, 2]}))


FORGED: dict[str, Callable[[str], str]] = {
    "made up": lambda _: "x" * 40,
    "altered": altered,
    "signed with another key": of_another_key,
    "signed for something else": of_another_kind,
    "of another shape": of_another_shape,
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_opens_nothing(serve: Serve, how: str) -> None:
    url = serve()
    page, token = begin(url)
    with page, resume(url, FORGED[how](token)) as forger:
        refused = refusal(forger)
        assert (refused["code"], refused["retry"]) == ("resume_refused", False)
        goes_on(page, 2)


def test_a_token_of_somebody_else_opens_nothing(serve: Serve) -> None:
    url = serve(VOICEAPP_ACCESS_CODE=CODE)
    mine, theirs = log_in(url), log_in(url)
    page, token = begin(url, Cookie=mine)
    with page, resume(url, token, Cookie=theirs) as thief:
        assert refusal(thief)["code"] == "resume_refused"
        goes_on(page, 2)
        with resume(url, token, holder=HOLDER, Cookie=mine) as myself:
            assert myself.expect("resumed")[0]["again"]


def log_in(url: str) -> str:
    """A cookie: whoever knows the code is one person more."""
    status, headers, _ = fetch(url + "/login", data=urlencode({"code": CODE}).encode())
    assert status == 303
    return headers["set-cookie"].partition(";")[0]


def test_a_token_of_before_another_page_took_over_opens_nothing(serve: Serve) -> None:
    url = serve()
    page, token = begin(url)
    with page, resume(url, token) as second:
        new = second.expect("resumed")[0]["token"]
        TOKENS.append(new)
        assert page.expect("ended")[0] == {"reason": "taken_over"}
        before = len(page.events)
        for holder in (HOLDER, "page-of-a-stranger-2"):
            with resume(url, token, holder=holder) as late:
                assert refusal(late)["code"] == "resume_refused"
        goes_on(second, 2)
        assert len(page.events) == before


@pytest.mark.parametrize("got", [10_000, 2**53 - 1])
def test_a_page_that_has_what_never_was_is_refused_and_its_call_waits_on(serve: Serve, got: int) -> None:
    url = serve()
    page, token = begin(url)
    with page:
        with resume(url, token, got, HOLDER) as prophet:
            assert refusal(prophet)["code"] == "resume_refused"
        goes_on(page, 2)


@pytest.mark.parametrize("n", [3, 10_000, 2**53 - 1])
def test_a_number_from_the_future_is_refused_by_name_and_the_right_one_is_taken(serve: Serve, n: int) -> None:
    page, _ = begin(serve())
    with page:
        page.emit("audio", n, chunk(1))
        page.expect("notice", lambda notice: notice["code"] == "bad_event" and "expected number 2" in notice["message"])
        page.emit("interrupt", {"n": n})
        goes_on(page, 2)


@pytest.mark.parametrize("n", [-1, 0, 1.5, "7", None, True, 10**18, [1], {"n": 1}])
def test_nonsense_of_what_came_is_refused_and_nothing_is_let_go(serve: Serve, n: Any) -> None:
    url = serve()
    page, token = begin(url)
    with page:
        page.emit("got", {"n": n})
        page.expect("notice", lambda notice: notice["code"] == "bad_event")
        page.emit("got", {"n": 2**53 - 1})
        goes_on(page, 2)
    with resume(url, token, 0, HOLDER) as back:
        assert back.expect("resumed")[0]["missed"] == 0
        back.wait(lambda: TYPED in str(back.events))


def test_whoever_has_a_call_takes_no_other(serve: Serve) -> None:
    url = serve()
    page, token = begin(url)
    other, its = begin(url, "page-of-another-call-1")
    with page, other:
        for each in (token, its):
            page.emit("resume", {"token": each, "got": None, "page": HOLDER})
        page.wait(lambda: page.notices.count("already_started") == 2)
        goes_on(page, 2)
        goes_on(other, 2)
        assert "resumed" not in [name for name, _ in page.events]


def test_to_come_back_twice_on_one_socket_is_to_come_back_once(serve: Serve) -> None:
    url = serve()
    page, token = begin(url)
    page.vanish()
    with PageClient(url) as back:
        for _ in range(2):
            back.emit("resume", {"token": token, "got": 0, "page": HOLDER})
        back.expect("notice", lambda notice: notice["code"] == "already_started")
        goes_on(back, 2)
        assert len(back.named("resumed")) == 1


def test_a_call_that_is_over_is_said_to_be_over(serve: Serve) -> None:
    url = serve()
    page, token = begin(url)
    with page:
        page.emit("stop", {})
        page.expect("ended")
    with resume(url, token, 0, HOLDER) as late:
        assert (refusal(late)["code"], late.named("not_resumed")[0][0]["retry"]) == ("call_over", False)


def test_a_flood_of_tries_costs_the_flooder_its_socket_and_others_nothing(serve: Serve) -> None:
    url = serve()
    page, _ = begin(url)
    with page:
        flooder = PageClient(url)
        began = time.monotonic()
        with suppress(OSError, websocket.WebSocketException):
            for _ in range(1000):
                flooder.emit("resume", {"token": "x" * 300, "got": None})
        assert flooder.closed.wait(10)
        flooder.close()
        # So many at once, and a few more while it lasted.
        assert len(flooder.named("not_resumed")) <= 100 + 50 * (time.monotonic() - began) + 1
        assert told_nothing_but_no(flooder)
        goes_on(page, 2)


def told_nothing_but_no(page: PageClient) -> bool:
    codes = {args[0]["code"] for _, args in page.events}
    return {name for name, _ in page.events} <= {"not_resumed", "notice"} and codes <= {"resume_refused", "too_fast"}


def test_two_pages_that_take_the_call_from_each_other_have_it_in_turn(serve: Serve) -> None:
    url = serve()
    page, token = begin(url)
    for turn in range(20):
        other = resume(url, token, holder=f"page-that-takes-over-{turn:03d}")
        token = other.expect("resumed")[0]["token"]
        TOKENS.append(token)
        assert page.expect("ended")[0] == {"reason": "taken_over"}
        # Whatever the first still says is not for the call.
        with suppress(OSError, websocket.WebSocketException):
            page.emit("text", {"text": "not any more"})
        page.close()
        goes_on(other, 2 + turn * 5)
        assert other.named("item")
        assert "not any more" not in str(other.events)
        page = other
    page.close()


@pytest.mark.parametrize("event", [("interrupt", {}), ("text", {"text": "x"})])
def test_events_that_come_too_fast_make_no_hole(serve: Serve, event: tuple[str, dict[str, Any]]) -> None:
    name, fields = event
    page, _ = begin(serve())
    with page:
        for n in range(2, 252):
            page.emit(name, {"n": n, **fields})
        page.expect("notice", lambda notice: notice["code"] == "too_fast")
        goes_on(page, 252)


def test_a_page_that_comes_back_without_end_is_told_all_and_gains_nothing(serve: Serve, engine: ScriptedServer) -> None:
    url = serve()
    page, token = begin(url)
    number, sent, began = 0, 1, time.monotonic()
    for _ in range(60):
        number = max([number, *(args[0] for name, args in page.events if name not in OPENING and name != "latency")])
        page.close()
        page = resume(url, token, number, HOLDER)
        resumed = page.expect("resumed")[0]
        assert (resumed["again"], resumed["missed"]) == (False, 0)
        # A second of sound each time: far more than is spoken meanwhile.
        page.talk(25, sent + 1)
        sent += 25
        page.confirm(sent)
    took_s = time.monotonic() - began
    page.close()
    heard_s = len(engine.audio) / 48_000
    # And once what may have been said before the call was ready.
    assert heard_s <= took_s * 1.05 + 15 + 0.1
    assert len(engine.connections) == 1
