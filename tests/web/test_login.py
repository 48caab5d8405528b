"""The page on which the access code is typed."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from voiceapp import create_app
from voiceapp.admission import access, identity
from voiceapp.config.settings import Settings
from voiceapp.web.login import MAX_CODE

CODE = "open-sesame-7"


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    with create_app(Settings.from_env({"VOICEAPP_ACCESS_CODE": CODE})).test_client() as client:
        yield client


def test_the_code_lets_in_and_the_cookies_are_for_the_server_alone(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"].endswith("login")
    answer = client.post("/login", data={"code": f" {CODE} "})
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    for name in (access.COOKIE, identity.COOKIE):
        cookie = client.get_cookie(name)
        assert cookie is not None
        assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("code", ["", "open-sesame-8", CODE + "x", "x" * (MAX_CODE + 1)])
def test_any_other_does_not(client: FlaskClient, code: str) -> None:
    answer = client.post("/login", data={"code": code})
    assert answer.status_code == 403
    assert client.get_cookie(access.COOKIE) is None
    assert client.get("/").status_code == 303


def test_after_too_many_wrong_ones_the_right_one_has_to_wait_too(client: FlaskClient) -> None:
    for _ in range(access.WRONG_TRIES_A_MINUTE):
        client.post("/login", data={"code": "wrong-one"})
    answer = client.post("/login", data={"code": CODE})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get_cookie(access.COOKIE) is None


@pytest.mark.parametrize(("language", "words"), [("en", "code"), ("es", "Código"), ("ja", "コード")])
def test_it_speaks_the_browsers_language_and_is_kept_by_nobody(client: FlaskClient, language: str, words: str) -> None:
    answer = client.get("/login", headers={"Accept-Language": language})
    assert f'lang="{language}"' in answer.text
    assert words in answer.text
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "same-origin")


def test_a_links_language_goes_along_until_the_person_is_in(client: FlaskClient) -> None:
    to_login = client.get("/?lang=ja").headers["Location"]
    assert to_login == "login?lang=ja"
    for answer in (client.get(f"/{to_login}"), client.post(f"/{to_login}", data={"code": "wrong"})):
        assert 'lang="ja"' in answer.text
        assert 'action="login?lang=ja"' in answer.text
    assert client.post(f"/{to_login}", data={"code": CODE}).headers["Location"] == "./?lang=ja"


@pytest.mark.parametrize("language", ["xx", '"><script>'])
def test_of_a_link_nothing_else_does(client: FlaskClient, language: str) -> None:
    assert 'action="login"' in client.get("/login", query_string={"lang": language}).text
    answer = client.post("/login", query_string={"lang": language}, data={"code": CODE})
    assert answer.headers["Location"] == "./"


def test_where_no_code_is_asked_for_it_leads_home() -> None:
    with create_app(Settings()).test_client() as client:
        assert client.get("/login").status_code == 303
        assert client.post("/login", data={"code": "x"}).status_code == 303
