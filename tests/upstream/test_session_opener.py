"""Opening a session: servers that take long, that never come to it, that refuse it, and that say why."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.clock import StandingLoop
from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import werkzeug
from tests.upstream.far_end import FarEnd
from tests.waiting import closed, eventually
from voiceapp.config.settings import Settings
from voiceapp.conversation import events as ev
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.net.link import CLOSE_WAIT_S
from voiceapp.upstream.session_opener import ASK_S, SILENT_S, SessionOpener
from voiceapp.upstream.session_options import SessionOptions

Upstream = Callable[..., ScriptedServer]

FIELD = "session.audio.input.noise_reduction"
SAID = f"Unknown parameter: '{FIELD}'."
READY_S = 300.0


@contextmanager
def called(
    *on: Mapping[str, Any], settings: Mapping[str, str] = {}, **scenario: Any
) -> Iterator[tuple[ScriptedServer, PageClient]]:
    """A page whose call was just asked for, and a server that does this."""
    with (
        ScriptedServer({"on": list(on), **scenario}) as server,
        werkzeug(upstream_settings(server, **settings)) as url,
        PageClient(url) as page,
    ):
        assert page.call("start", {}) == {"ok": True}
        yield server, page


def refusing(error: Mapping[str, Any]) -> dict[str, Any]:
    return {"when": "session.update", "do": [{"error": error}]}


class Opening:
    """A session that is opened on a link whose far end the test plays; `told`: what its owner was told, and when."""

    def __init__(self, loop: StandingLoop, far_end: FarEnd) -> None:
        self.told: list[tuple[str, float]] = []
        self.session: ev.SessionUpdated | None = None
        self._loop = loop
        self.opener = SessionOpener(
            loop,
            far_end.link,
            SessionOptions(Settings.from_env({"OPENAI_API_KEY": "sk-x"})).plan({}),
            "call",
            ready_s=READY_S,
            opened=self._opened,
            failed=lambda fault: self._note(fault.code),
            waits=lambda: self._note("waits"),
            passed=lambda *_: None,
        )
        self.opener.start()

    def _opened(self, session: ev.SessionUpdated) -> None:
        self.session = session
        self._note("opened")

    def _note(self, what: str) -> None:
        self.told.append((what, self._loop.time()))


@pytest.fixture
def opening(loop: StandingLoop, far_end: FarEnd) -> Iterator[Opening]:
    opening = Opening(loop, far_end)
    yield opening
    opening.opener.drop()
    loop.pass_time(CLOSE_WAIT_S)
    assert loop.timers == 0


class TestPatience:
    def test_a_server_that_loads_its_models_first_is_waited_for_and_said_to_be(
        self, loop: StandingLoop, far_end: FarEnd, opening: Opening
    ) -> None:
        loop.pass_time(READY_S - 1)
        far_end.say("session.created", session={"model": "m"})
        far_end.say("session.updated", session={})
        assert opening.told == [("waits", ASK_S), ("opened", READY_S - 1)]
        assert opening.session is not None
        assert opening.session.model == "m"

    def test_one_that_takes_long_over_the_settings_is_waited_for_too(
        self, loop: StandingLoop, far_end: FarEnd, opening: Opening
    ) -> None:
        far_end.say("session.created")
        loop.pass_time(READY_S - 1)
        far_end.say("session.updated", session={})
        assert [what for what, _ in opening.told] == ["waits", "opened"]
        assert [event["type"] for event in far_end.heard] == ["session.update"]

    def test_one_that_answers_and_never_makes_a_session_is_given_up_when_the_setting_says(
        self, loop: StandingLoop, far_end: FarEnd, opening: Opening
    ) -> None:
        loop.pass_time(3600)
        assert opening.told == [("waits", ASK_S), ("upstream_not_ready", READY_S)]
        assert far_end.closed == 1000

    def test_one_that_answers_nothing_is_given_up_soon(
        self, loop: StandingLoop, far_end: FarEnd, opening: Opening
    ) -> None:
        far_end.mute = True
        loop.pass_time(3600)
        assert opening.told == [("waits", ASK_S), ("upstream_stalled", SILENT_S)]

    def test_a_quick_one_is_never_spoken_of(self, loop: StandingLoop, far_end: FarEnd, opening: Opening) -> None:
        far_end.say("session.created")
        far_end.say("session.updated", session={})
        loop.pass_time(3600)
        assert opening.told == [("opened", 0.0)]
        assert far_end.pings == []

    def test_once_dropped_it_waits_for_nobody_and_tells_nobody(
        self, loop: StandingLoop, far_end: FarEnd, opening: Opening
    ) -> None:
        opening.opener.drop()
        loop.pass_time(3600)
        assert opening.told == []
        assert far_end.closed == 1000

    def test_one_that_leaves_is_told_of_once(self, loop: StandingLoop, far_end: FarEnd, opening: Opening) -> None:
        far_end.leave(1001)
        loop.pass_time(3600)
        assert [what for what, _ in opening.told] == ["upstream_closed"]


class TestOverAServer:
    def test_a_server_that_loads_its_models_first_is_waited_for_and_the_page_told(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("voiceapp.upstream.session_opener.ASK_S", 0.2)
        with called(defaults=False) as (server, page):
            (notice,) = page.expect("notice")
            assert (notice["code"], notice["fatal"]) == ("upstream_starting", False)
            assert not page.named("ready")
            server.do({"send": "session.created"}, {"send": "session.updated"})
            page.expect("ready")
            assert page.notices == ["upstream_starting"]

    def test_hanging_up_while_it_is_waited_for_ends_at_once(self) -> None:
        with called(defaults=False) as (server, page):
            assert eventually(lambda: bool(server.connections))
            page.emit("stop", {})
            assert page.expect("ended") == [{"reason": "stopped"}]
            assert closed(server)


class TestRefusal:
    @pytest.mark.parametrize("cause", ["$event.event_id", None, "response_7", ""])
    def test_any_error_before_the_session_is_made_refuses_it_at_once(
        self, cause: str | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        error = {"type": "invalid_request_error", "code": "unknown_parameter", "message": SAID, "param": FIELD}
        with caplog.at_level(logging.INFO), called(refusing({**error, "event_id": cause})) as (_, page):
            assert page.expect("ended") == [{"reason": "settings_refused"}]
            (notice,) = page.expect("notice")
        assert notice["param"] == FIELD
        assert FIELD in notice["message"]
        assert f"unknown_parameter ({FIELD}): {SAID}" in caplog.text

    @pytest.mark.parametrize(
        ("code", "param", "fault"),
        [
            ("invalid_api_key", None, "key_wrong"),
            ("rate_limit_exceeded", None, "rate_limited"),
            ("server_error", None, "upstream_failed"),
            ("invalid_value", None, "settings_refused"),
            ("server_error", FIELD, "settings_refused"),
        ],
    )
    def test_what_is_known_of_it_keeps_its_own_words(self, code: str, param: str | None, fault: str) -> None:
        with called(refusing({"type": code, "code": code, "message": "No.", "param": param})) as (_, page):
            assert page.expect("ended") == [{"reason": fault}]

    def test_an_error_in_place_of_a_session_is_one_too(self) -> None:
        with called({"when": "connect", "do": [{"error": {"code": "invalid_model", "message": "No."}}]}) as (_, page):
            assert page.expect("ended") == [{"reason": "model_missing"}]

    def test_a_field_with_no_fields_name_is_not_shown(self) -> None:
        with called(refusing({"code": "invalid_value", "message": "No.", "param": "<b>" + "x" * 5000})) as (_, page):
            (notice,) = page.expect("notice")
        assert "param" not in notice

    def test_one_that_would_take_the_place_of_another_leaves_the_call_as_it_was(self) -> None:
        refused = {
            "when": "session.update",
            "connection": 2,
            "do": [{"error": {"code": "invalid_value", "message": "No."}}],
        }
        with called(refused) as (_, page):
            page.expect("ready")
            page.emit("configure", {"voice": "cedar"})
            page.expect("notice", lambda notice: notice["code"] == "renewal_failed")
            page.emit("text", {"text": "Are you there?"})
            page.expect("usage")


def test_a_server_that_greets_in_the_same_breath_is_heard() -> None:
    greeting = {"say": {"item": "a1", "text": "Hello there.", "ms": 200, "pace_ms": 0}}
    with called({"when": "session.update", "do": [{"send": "session.updated"}, greeting]}) as (_, page):
        page.expect("ready")
        page.expect("transcript", lambda _, data: data.get("text") == "Hello there." and data["final"])


def test_a_refused_change_in_mid_call_names_its_field_and_logs_nothing_of_what_was_typed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    change = {
        "when": "session.update",
        "nth": 2,
        "do": [{"error": {"code": "invalid_value", "message": SAID, "param": FIELD, "event_id": "$event.event_id"}}],
    }
    quoting = {
        "when": "conversation.item.create",
        "do": [
            {"error": {"code": "bad_text", "message": "Too odd: 'my secret diary'", "param": "item.content[0].text"}},
            {"error": {"code": "flagged", "message": "Your input 'my secret diary' was flagged.", "param": None}},
            {"error": {"code": "unsafe", "message": "Not allowed: my secret diary", "param": None}},
        ],
    }
    with caplog.at_level(logging.INFO), called(change, quoting) as (_, page):
        page.expect("ready")
        page.emit("configure", {"language": "ja"})
        (notice,) = page.expect("notice", lambda notice: notice["code"] == "change_refused")
        page.emit("text", {"text": "my secret diary"})
        page.expect("notice", lambda notice: notice["code"] == "upstream_failed")
    assert notice["param"] == FIELD
    assert f"invalid_value ({FIELD}): {SAID}" in caplog.text
    assert "bad_text (item.content[0].text)" in caplog.text
    assert "secret diary" not in caplog.text


def test_a_close_reason_is_in_the_log_bounded_and_without_escapes(caplog: pytest.LogCaptureFixture) -> None:
    goodbye = {"when": "session.update", "do": [{"close": 4001, "reason": "model 'my secret diary' is gone"}]}
    with caplog.at_level(logging.INFO), called(goodbye) as (_, page):
        page.expect("ended")
    assert "4001" in caplog.text
    assert "model (15 characters) is gone" in caplog.text
