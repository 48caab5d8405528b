"""Who a browser belongs to: the same at every login, and nobody's choice."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from voiceapp import create_app
from voiceapp.admission import access, identity
from voiceapp.admission.identity import Identity
from voiceapp.config.settings import Settings
from voiceapp.secret import Secret
from voiceapp.web.services import services

CODE = "open sesame"


@pytest.fixture
def app() -> Iterator[Any]:
    app = create_app(Settings.from_env({"VOICEAPP_ACCESS_CODE": CODE, "VOICEAPP_PROFILE": "embedded"}))
    yield app
    services(app).bridge.stop()


def person(app: Any, client: FlaskClient) -> tuple[str, bool]:
    """Whom the budgets count what this browser does for, and whether that lasts."""
    cookies = [f"{name}={cookie.value}" for name in (access.COOKIE,) if (cookie := client.get_cookie(name))]
    visitor = services(app).access.visitor({"HTTP_COOKIE": "; ".join(cookies), "REMOTE_ADDR": "192.0.2.1"})
    return visitor.user, visitor.lasting


def login(client: FlaskClient) -> None:
    assert client.post("/login", data={"code": CODE}).status_code == 303


def test_a_new_login_is_the_same_person(app: Any) -> None:
    client = app.test_client()
    login(client)
    first = person(app, client)
    login(client)
    assert person(app, client) == first
    # Logged out, by the clock or by a new code.
    client.delete_cookie(access.COOKIE)
    login(client)
    assert person(app, client) == first


def test_another_browser_is_another_person_and_neither_is_certain(app: Any) -> None:
    people = []
    for client in (app.test_client(), app.test_client()):
        login(client)
        people.append(person(app, client))
    assert people[0] != people[1]
    assert [lasting for _, lasting in people] == [False, False]


def test_nobody_takes_the_name_of_another(app: Any) -> None:
    client = app.test_client()
    client.set_cookie(identity.COOKIE, "somebody-else.signature")
    login(client)
    assert "somebody-else" not in person(app, client)[0]
    known, other = Identity(Secret("a" * 32)), Identity(Secret("b" * 32))
    own, foreign = (identity.COOKIE, known.cookie("ann")), (identity.COOKIE, other.cookie("ann"))
    assert known.of(MultiDict([foreign, own])) == "ann"
    assert known.of(MultiDict([foreign])) != "ann"


def test_the_cookie_lasts_and_is_for_the_server_alone(app: Any) -> None:
    given = app.test_client().post("/login", data={"code": CODE}).headers.getlist("Set-Cookie")
    (kept,) = (each for each in given if each.startswith(identity.COOKIE))
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert f"Max-Age={identity.COOKIE_S}" in kept
