"""What machines ask: does it take work, what are its numbers, is there room?"""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from voiceapp import create_app
from voiceapp.config.settings import Settings
from voiceapp.web.services import Services, services

TOKEN = "marked-token"


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    settings = {"OPENAI_API_KEY": "sk-x", **getattr(request, "param", {})}
    with create_app(Settings.from_env(settings)).test_client() as client:
        yield client


def app(client: FlaskClient) -> Services:
    return services(client.application)


def test_it_is_ready_until_it_stops(client: FlaskClient) -> None:
    assert client.get("/readyz").json["status"] == "ready"
    app(client).limits.capacity.stop()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert answer.json["reasons"]


@pytest.mark.parametrize("client", [{"VOICEAPP_METRICS_TOKEN": TOKEN}], indirect=True)
def test_with_a_token_the_numbers_are_for_whoever_has_it(client: FlaskClient) -> None:
    def status(authorization: str) -> int:
        return client.get("/metrics", headers={"Authorization": authorization}).status_code

    assert [status(each) for each in (f"Bearer {TOKEN}", "Bearer marked-tokem", f"bearer {TOKEN}", TOKEN, "日")] == [
        200, 403, 403, 403, 403,
    ]  # fmt: skip
    assert client.get("/metrics").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-Ip"])
def test_without_one_they_are_for_this_machine_alone_and_for_nobody_behind_a_proxy(
    client: FlaskClient, header: str
) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert b"voiceapp_calls" in answer.data
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("client", [{"VOICEAPP_MAX_CALLS": "1"}], indirect=True)
def test_a_full_house_says_so_and_when_to_come_again(client: FlaskClient) -> None:
    assert client.get("/admission").json == {"ok": True}
    app(client).limits.capacity.begin_call()
    answer = client.get("/admission")
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("client", [{"VOICEAPP_MINUTES_PER_DAY": "1"}], indirect=True)
def test_a_budget_that_is_spent_is_said_before_a_socket_is_asked_for(client: FlaskClient) -> None:
    limits = app(client).limits
    visitor = app(client).access.visitor({"REMOTE_ADDR": "127.0.0.1"})
    assert visitor is not None
    limits.budgets.spend(visitor, 60, 0)
    answer = client.get("/admission")
    assert (answer.status_code, answer.json["error"]["code"]) == (429, "budget_spent")
