"""Where the app may stand: behind proxies that rewrite, on platforms, beside other apps; it works or says why not."""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, urljoin

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, TestResponse

from tests.servers import werkzeug
from tests.web.upgrade import upgrade_status
from voiceapp import create_app
from voiceapp.admission.access import COOKIE
from voiceapp.config.settings import Settings
from voiceapp.errors import SettingError
from voiceapp.web.services import services

CODE = "open-sesame-7"
OPEN = {"PORT": "8000"}
Headers = Mapping[str, str]
Client = Callable[..., FlaskClient]


@pytest.fixture
def visit() -> Iterator[Client]:
    """An app of these settings, asked without a network."""
    with contextlib.ExitStack() as stack:

        def start(**settings: str) -> FlaskClient:
            return stack.enter_context(create_app(Settings.from_env(settings)).test_client(use_cookies=False))

        yield start


@pytest.fixture(autouse=True)
def the_log_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "voiceapp")


# What proxies do to the name: as nginx, Apache and Codespaces send it, for a page at https://voice.example:8443

PAGE = "https://voice.example:8443"
FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
REWRITTEN = {
    "nginx $host": {"Host": "voice.example", "X-Forwarded-Host": "voice.example:8443"},
    "nginx $host, no forwarded host": {"Host": "voice.example"},
    "nginx $host, the port apart": {"Host": "voice.example", "X-Forwarded-Port": "8443"},
    "nginx without Host": {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "voice.example:8443"},
    "Apache": {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "voice.example:8443", "X-Forwarded-Server": "x"},
    "another port inside": {"Host": "voice.example:8000", "X-Forwarded-Port": "8443"},
}


@pytest.mark.parametrize("name", REWRITTEN)
@pytest.mark.parametrize(
    ("settings", "status"),
    [({}, 403), ({"VOICEAPP_PROXIES": "1"}, 101), ({"VOICEAPP_ORIGINS": PAGE}, 101)],
    ids=["undeclared", "declared", "origin"],
)
def test_behind_a_declared_proxy_or_with_the_origin_declared_a_call_is_possible(
    name: str, settings: dict[str, str], status: int
) -> None:
    headers = {**FORWARDED, **REWRITTEN[name], "Origin": PAGE}
    with werkzeug({**OPEN, **settings}) as url:
        assert upgrade_status(url, headers) == status
        assert upgrade_status(url, {**headers, "Origin": "https://evil.example:8443"}) == 403


def test_an_origin_may_be_declared_as_people_write_it(visit: Client) -> None:
    asked = {"Host": "127.0.0.1:8000", "Origin": "https://xn--wgv71a119e.example:8443"}
    answer = visit(**OPEN, VOICEAPP_ORIGINS="https://日本語.example:8443").post("/login", headers=asked)
    assert answer.status_code == 303


def test_a_declared_proxy_that_says_nothing_of_the_name_needs_the_origin(visit: Client) -> None:
    headers = {**FORWARDED, "Host": "127.0.0.1:8000"}
    asked = f"/admission?origin={quote(PAGE)}"
    assert visit(**OPEN, VOICEAPP_PROXIES="1").get(asked, headers=headers).status_code == 403
    assert visit(**OPEN, VOICEAPP_PROXIES="1", VOICEAPP_ORIGINS=PAGE).get(asked, headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["name-8000.app.github.dev", "localhost:8000"])
def test_on_codespaces_which_rewrites_the_origin_a_call_is_possible(host: str) -> None:
    outside = {"X-Forwarded-Host": "name-8000.app.github.dev", "X-Forwarded-Proto": "https"}
    headers = {"Host": host, **outside, "Origin": "http://localhost:8000"}
    with werkzeug({"CODESPACES": "true"}) as url:
        assert upgrade_status(url, headers) == 101
        assert upgrade_status(url, {**headers, "Origin": "https://name-8000.app.github.dev"}) == 101
        assert upgrade_status(url, {**headers, "Origin": "http://localhost:3000"}) == 403


def test_the_page_is_told_why_its_socket_would_be_refused(visit: Client) -> None:
    client = visit(**OPEN)
    answer = client.get(f"/admission?origin={quote(PAGE)}", headers={"Host": "voice.example"})
    assert (answer.status_code, answer.json["ok"]) == (403, False)
    error = answer.json["error"]
    assert (error["code"], error["host"], error["origin"], error["retry"]) == (
        "wrong_place",
        "voice.example",
        PAGE,
        False,
    )
    assert client.get("/admission?origin=https://voice.example", headers={"Host": "voice.example"}).json == {"ok": True}
    assert client.get("/admission", headers={"Host": "voice.example"}).json == {"ok": True}


def test_what_was_compared_is_in_the_log_once_a_second(visit: Client, caplog: pytest.LogCaptureFixture) -> None:
    headers = {"Host": "voice.example", "X-Forwarded-Host": "voice.example:8443"}
    visit(**OPEN).get(f"/admission?origin={quote(PAGE)}", headers=headers)
    (record,) = [record for record in caplog.records if "event=refused" in record.getMessage()]
    compared = f"host=voice.example origin={PAGE} forwarded_host=voice.example:8443 proxies=0 path=/admission"
    assert compared in record.getMessage()
    # voiceapp/ops/log_rate.py holds it to that.
    assert vars(record)["a_second"] == 1


def test_what_a_stranger_writes_cannot_forge_a_line_or_an_answer(
    visit: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = visit(**OPEN).post("/login", headers={"Host": "a", "Origin": 'https://x" code=ok\x1b<b>' + "y" * 500})
    origin = answer.json["error"]["origin"]
    assert len(origin) <= 121
    assert not set(origin) & set(' "<>\x1b')
    assert "code=ok" not in caplog.text.replace(origin, "")


# Names


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({"VOICEAPP_HOSTS": "voice.example"}, {"Host": "127.0.0.1:8000"}, 421),
        (
            {"VOICEAPP_HOSTS": "voice.example", "VOICEAPP_PROXIES": "1"},
            {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "voice.example"},
            200,
        ),
        (
            {"VOICEAPP_HOSTS": "voice.example"},
            {"Host": "127.0.0.1:8000", "X-Forwarded-Host": "voice.example"},
            421,
        ),
        ({"VOICEAPP_HOSTS": "voice.example"}, {"Host": "voice.example."}, 200),
        ({"VOICEAPP_HOSTS": "[2001:db8::1]"}, {"Host": "[2001:db8:0::1]:8000"}, 200),
        ({"VOICEAPP_HOSTS": "2001:db8::1"}, {"Host": "[2001:db8::1]"}, 200),
        ({"VOICEAPP_HOSTS": "[2001:db8::1]"}, {"Host": "[2001:db8::2]"}, 421),
        ({"VOICEAPP_HOST": "::1"}, {"Host": "[::1]:8000"}, 200),
        ({"VOICEAPP_HOST": "::1"}, {"Host": "evil.example"}, 421),
        ({"VOICEAPP_ORIGINS": "https://voice.example"}, {"Host": "voice.example"}, 200),
        ({"VOICEAPP_ORIGINS": "https://voice.example"}, {"Host": "evil.example"}, 421),
        # Browsers ask for such names in their ASCII form.
        ({"VOICEAPP_HOSTS": "日本語.example"}, {"Host": "xn--wgv71a119e.example"}, 200),
        ({"VOICEAPP_HOSTS": "*.日本語.example"}, {"Host": "voice.xn--wgv71a119e.example:8443"}, 200),
        ({"VOICEAPP_HOSTS": "日本語.example"}, {"Host": "evil.example"}, 421),
        ({"VOICEAPP_ORIGINS": "https://日本語.example:8443"}, {"Host": "xn--wgv71a119e.example"}, 200),
    ],
)
def test_the_name_is_the_one_people_use(visit: Client, settings: dict[str, str], headers: Headers, status: int) -> None:
    assert visit(**settings).get("/", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "not one of the names"), ("es", "no es uno de los nombres"), ("ja", "応答する名前ではありません")],
)
def test_a_wrong_name_is_explained_to_who_looks(visit: Client, language: str, word: str) -> None:
    headers = {"Host": "<b>.example", "Accept": "text/html", "Accept-Language": language}
    answer = visit(VOICEAPP_HOSTS="voice.example").get("/", headers=headers)
    assert (answer.status_code, answer.mimetype) == (421, "text/html")
    assert word in answer.text
    assert "<b>" not in answer.text
    assert visit(VOICEAPP_HOSTS="voice.example").get("/admission").json["error"]["code"] == "wrong_place"


@pytest.mark.parametrize(("language", "word"), [("en", "the server was asked for"), ("ja", "途中で変わっています")])
def test_whose_form_is_refused_is_told_why(visit: Client, language: str, word: str) -> None:
    headers = {"Host": "voice.example", "Origin": PAGE, "Accept": "text/html,*/*", "Accept-Language": language}
    answer = visit(**OPEN, VOICEAPP_ACCESS_CODE=CODE).post("/login", data={"code": CODE}, headers=headers)
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert word in answer.text
    assert PAGE in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("code", "typed", "status"),
    [
        ("ひらけがごま", "ひらけか\u3099ごま", 303),
        ("ひらけか\u3099ごま", "\u3000ひらけがごま ", 303),
        ("open-7", "ｏｐｅｎ－７", 303),
        ("ﾊﾟｽﾜｰﾄﾞ", "パスワード", 303),
        ("open-7", "OPEN-7", 403),
        ("ひらけがごま", "ひらけかごま", 403),
    ],
)
def test_a_code_is_the_same_however_the_keyboard_writes_it(visit: Client, code: str, typed: str, status: int) -> None:
    assert visit(VOICEAPP_ACCESS_CODE=code).post("/login", data={"code": typed}).status_code == status


# Other apps' cookies

COOKIES = ['prefs={"a":1}; {}', "flag; {}", 'q="a; {}', "a=1,2; {}", "=; {}", "ä=ö; {}", "{}; flag", "x=\\; {}"]


def logged_in(client: FlaskClient, **headers: str) -> str:
    answer = client.post("/login", data={"code": CODE}, headers=headers)
    assert answer.status_code == 303
    cookies = [each.partition(";")[0] for each in answer.headers.getlist("Set-Cookie")]
    return next(each for each in cookies if each.startswith(COOKIE))


def cookies_of(answer: TestResponse) -> list[list[str]]:
    """Each cookie it sets, in parts; at least one."""
    cookies = [cookie.split("; ") for cookie in answer.headers.getlist("Set-Cookie")]
    assert cookies
    return cookies


@pytest.mark.parametrize("others", COOKIES)
def test_another_apps_cookie_locks_nobody_out(visit: Client, others: str) -> None:
    client = visit(VOICEAPP_ACCESS_CODE=CODE)
    ours = logged_in(client)
    assert client.get("/", headers={"Cookie": others.replace("{}", ours)}).status_code == 200


@pytest.mark.parametrize("others", COOKIES)
def test_another_apps_cookie_hides_no_choice(visit: Client, others: str) -> None:
    ours = "language=xx; theme=pink; language=ja; theme=dark"
    answer = visit().get("/", headers={"Cookie": others.replace("{}", ours)})
    assert re.search(r'<html lang="ja"[^>]* data-theme="dark">', answer.text)


def test_of_several_cookies_of_our_name_any_may_let_in(visit: Client) -> None:
    client = visit(VOICEAPP_ACCESS_CODE=CODE)
    ours, old = logged_in(client), f"{COOKIE}=InZvaWNlIg.aaaa.bbbb"
    assert client.get("/", headers={"Cookie": f"{old}; {ours}"}).status_code == 200
    assert client.get("/", headers={"Cookie": f"{ours}; {old}"}).status_code == 200
    assert client.get("/", headers={"Cookie": f"{old}; {old}"}).status_code == 303


# Addresses


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3"])
@pytest.mark.parametrize("network", ["10.0.0.0/8", "::ffff:10.0.0.0/104"])
def test_an_ipv4_address_is_one_in_every_form(visit: Client, peer: str, network: str) -> None:
    client = visit(VOICEAPP_TRUSTED_PROXIES=network, VOICEAPP_HOSTS="localhost")
    user = {"X-Forwarded-User": "sam"}
    assert client.get("/", headers=user, environ_base={"REMOTE_ADDR": peer}).status_code == 200
    assert client.get("/", headers=user, environ_base={"REMOTE_ADDR": "11.0.0.1"}).status_code == 303


def test_metrics_are_read_on_loopback_in_every_form(visit: Client) -> None:
    peers = ("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1")
    statuses = [visit().get("/metrics", environ_base={"REMOTE_ADDR": peer}).status_code for peer in peers]
    assert statuses == [200, 200, 200, 403]


# A proxy that names people, and no code


@pytest.mark.parametrize(
    ("language", "word"), [("en", "did not say who you are"), ("ja", "ユーザー名が届きませんでした")]
)
def test_whom_no_proxy_names_is_told_so_and_not_sent_around(
    visit: Client, caplog: pytest.LogCaptureFixture, language: str, word: str
) -> None:
    client = visit(VOICEAPP_TRUSTED_PROXIES="10.0.0.0/8", VOICEAPP_USER_HEADER="X-Auth-Name")
    proxy = {"REMOTE_ADDR": "10.0.0.1"}
    assert client.get("/", environ_base=proxy).headers["Location"].endswith("login")
    answer = client.get("/login", environ_base=proxy, headers={"Accept-Language": language})
    assert answer.status_code == 401
    assert word in answer.text
    assert "X-Auth-Name" in answer.text
    assert "peer=10.0.0.1 trusted=yes missing=X-Auth-Name" in caplog.text
    assert client.post("/login", data={"code": "x"}, environ_base=proxy).status_code == 401
    error = client.get("/admission", environ_base=proxy).json["error"]
    assert (error["code"], "access code" in error["message"]) == ("not_allowed", False)
    named = client.get("/login", environ_base=proxy, headers={"X-Auth-Name": "sam"})
    assert named.status_code == 303


def test_who_is_not_logged_in_is_in_the_log(visit: Client, caplog: pytest.LogCaptureFixture) -> None:
    client = visit(VOICEAPP_ACCESS_CODE=CODE)
    assert client.get("/admission", headers={"Cookie": f"{COOKIE}=old"}).status_code == 401
    assert "code=not_allowed login=refused" in caplog.text


# Behind a platform's router: STRANGER and OTHER as each platform writes them, with what the stranger wrote before

STRANGER, OTHER, MADE_UP = "198.51.100.7", "203.0.113.9", "9.9.9.9"
PLATFORMS: dict[str, tuple[dict[str, str], Callable[[str], dict[str, str]]]] = {
    "Heroku": ({"DYNO": "web.1"}, lambda who: {"X-Forwarded-For": who}),
    "Heroku, made up": ({"DYNO": "web.1"}, lambda who: {"X-Forwarded-For": f"{MADE_UP}, {who}"}),
    "Render": (
        {"RENDER": "true"},
        lambda who: {"X-Forwarded-For": f"{MADE_UP},{who}, 172.70.247.28, 10.19.6.53", "CF-Connecting-IP": who},
    ),
    "Render, by the list": (
        {"RENDER": "true"},
        lambda who: {"X-Forwarded-For": f"{MADE_UP},{who}, 172.70.247.28, 10.19.6.53"},
    ),
    "Fly": (
        {"FLY_APP_NAME": "voice"},
        lambda who: {"X-Forwarded-For": f"{MADE_UP}, {who}, 66.241.124.1", "Fly-Client-IP": who},
    ),
    "Fly, IPv6": ({"FLY_APP_NAME": "voice"}, lambda who: {"Fly-Client-IP": f"2001:db8:0:{who[-1]}::1"}),
    "Railway": (
        {"RAILWAY_ENVIRONMENT": "production", "RAILWAY_PROJECT_ID": "x"},
        lambda who: {"X-Real-IP": who, "X-Forwarded-For": MADE_UP},
    ),
    "Railway, by the list": ({"RAILWAY_SERVICE_ID": "x"}, lambda who: {"X-Forwarded-For": who}),
    "Cloud Run": ({"K_SERVICE": "voice"}, lambda who: {"X-Forwarded-For": f"{MADE_UP},{who}"}),
    "one proxy": ({"VOICEAPP_PROXIES": "1"}, lambda who: {"X-Forwarded-For": f"{MADE_UP}, {who}"}),
    "two proxies": ({"VOICEAPP_PROXIES": "2"}, lambda who: {"X-Forwarded-For": f"{MADE_UP}, {who}, 10.0.0.2"}),
    "a trusted proxy": ({"VOICEAPP_TRUSTED_PROXIES": "10.0.0.0/8"}, lambda who: {"X-Forwarded-For": who}),
}
ROUTER = {"REMOTE_ADDR": "::ffff:10.0.0.1"}


def type_code(client: FlaskClient, code: str, headers: Headers) -> TestResponse:
    return client.post("/login", data={"code": code}, headers=headers, environ_base=ROUTER)


def address_of(client: FlaskClient, headers: Headers) -> str:
    """Whom the limits count."""
    environ = EnvironBuilder(headers=headers, environ_base=ROUTER).get_environ()
    return str(services(client.application).access.address(environ))


@pytest.mark.parametrize("name", PLATFORMS)
def test_behind_a_known_router_people_are_told_apart_and_the_cookie_is_secure(
    visit: Client, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings, of = PLATFORMS[name]
    client = visit(**OPEN, VOICEAPP_ACCESS_CODE=CODE, **settings)
    tls = {"X-Forwarded-Proto": "https"}
    assert [type_code(client, "wrong", {**tls, **of(STRANGER)}).status_code for _ in range(5)] == [403] * 5
    assert type_code(client, CODE, {**tls, **of(STRANGER)}).status_code == 429
    answer = type_code(client, CODE, {**tls, **of(OTHER)})
    assert answer.status_code == 303
    assert all("Secure" in attributes for attributes in cookies_of(answer))
    assert "Strict-Transport-Security" in answer.headers
    assert address_of(client, of(STRANGER)) != address_of(client, of(OTHER))
    assert address_of(client, of(OTHER)) not in (MADE_UP, "10.0.0.1")
    assert "VOICEAPP_PROXIES" not in caplog.text


@pytest.mark.parametrize("name", ["Heroku", "Render", "Fly", "Railway", "Cloud Run"])
def test_on_a_platform_nothing_is_believed_where_the_operator_says_so(visit: Client, name: str) -> None:
    settings, of = PLATFORMS[name]
    client = visit(**OPEN, VOICEAPP_ACCESS_CODE=CODE, VOICEAPP_PROXIES="0", **settings)
    answer = type_code(client, CODE, {"X-Forwarded-Proto": "https", **of(OTHER)})
    assert not any("Secure" in attributes for attributes in cookies_of(answer))


def test_behind_a_proxy_nobody_declared_a_stranger_locks_nobody_out(visit: Client) -> None:
    client = visit(**OPEN, VOICEAPP_ACCESS_CODE=CODE)
    stranger, other = {"X-Forwarded-For": f"{MADE_UP}, {STRANGER}"}, {"X-Forwarded-For": OTHER}
    assert [type_code(client, "wrong", stranger).status_code for _ in range(5)] == [403] * 5
    assert type_code(client, CODE, stranger).status_code == 429
    assert type_code(client, CODE, other).status_code == 303


def test_who_makes_up_addresses_has_no_endless_tries(visit: Client) -> None:
    client = visit(**OPEN, VOICEAPP_ACCESS_CODE=CODE)
    tried = [type_code(client, "wrong", {"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(61)]
    assert tried == [403] * 60 + [429]


def test_an_undeclared_proxy_is_warned_of_once(visit: Client, caplog: pytest.LogCaptureFixture) -> None:
    client = visit(**OPEN)
    for _ in range(3):
        client.get("/", headers={"X-Forwarded-For": OTHER}, environ_base=ROUTER)
    (warning,) = [record.getMessage() for record in caplog.records if "VOICEAPP_PROXIES" in record.getMessage()]
    assert "10.0.0.1" in warning


def test_what_a_caller_from_outside_writes_warns_of_nothing(visit: Client, caplog: pytest.LogCaptureFixture) -> None:
    visit(**OPEN).get("/", headers={"X-Forwarded-For": OTHER}, environ_base={"REMOTE_ADDR": "8.8.8.8"})
    assert "VOICEAPP_PROXIES" not in caplog.text


# Under a path

PREFIXED: dict[str, tuple[dict[str, str], Headers, dict[str, str]]] = {
    "header": ({"VOICEAPP_PROXIES": "1"}, {"X-Forwarded-Prefix": "/voice"}, {}),
    "header of a trusted proxy": (
        {"VOICEAPP_TRUSTED_PROXIES": "127.0.0.1", "VOICEAPP_HOSTS": "localhost"},
        {"X-Forwarded-Prefix": "/voice/", "X-Forwarded-User": "sam"},
        {},
    ),
    "setting": ({"VOICEAPP_PREFIX": "/voice/"}, {}, {}),
    "SCRIPT_NAME": ({"SCRIPT_NAME": "/voice"}, {}, {}),
    "the server's": ({}, {}, {"SCRIPT_NAME": "/voice"}),
}


# A server that says SCRIPT_NAME has cut it off.
@pytest.mark.parametrize(
    ("kind", "cut"), [(kind, cut) for kind in PREFIXED for cut in (True, False) if cut or kind != "the server's"]
)
def test_under_a_path_every_address_stays_under_it(visit: Client, kind: str, cut: bool) -> None:
    settings, headers, environ = PREFIXED[kind]
    client = visit(**settings)

    def get(path: str) -> TestResponse:
        path = path.removeprefix("/voice") if cut else path
        return client.get(path, headers={"Host": "localhost", **headers}, environ_overrides=environ)

    page = get("/voice/")
    assert page.status_code == 200
    addresses = re.findall(r'\s(?:src|href|action)="([^"#]+)"', page.text)
    assert len(addresses) > 20
    assert [address for address in addresses if not address.startswith("/voice/")] == []
    for address in {address for address in addresses if "/vendor/" not in address}:
        with get(address) as answer:
            assert answer.status_code == 200, address
    manifest = get("/voice/manifest.webmanifest").json
    assert urljoin("https://x/voice/manifest.webmanifest", manifest["start_url"]) == "https://x/voice/"
    assert "id" not in manifest
    for path in ("worker.js", "healthz", "readyz", "admission", "admission?origin=http://localhost"):
        with get("/voice/" + path) as answer:
            assert answer.status_code == 200, path
    assert get("/voice/socket.io/?EIO=4&transport=websocket").status_code in (400, 426)


@pytest.mark.parametrize("kind", ["header", "setting", "SCRIPT_NAME", "the server's"])
def test_under_a_path_the_login_stays_there_and_so_does_its_cookie(visit: Client, kind: str) -> None:
    settings, headers, environ = PREFIXED[kind]
    client = visit(**settings, VOICEAPP_ACCESS_CODE=CODE)
    given = {"headers": headers, "environ_overrides": environ}
    assert client.get("/", **given).headers["Location"] == "/voice/login"
    assert 'action="/voice/login"' in client.get("/login", **given).text
    answer = client.post("/login", data={"code": CODE}, **given)
    assert answer.headers["Location"] == "/voice/"
    assert all("Path=/voice" in attributes for attributes in cookies_of(answer))


def test_under_a_path_without_its_last_slash_the_page_is_found(visit: Client) -> None:
    answer = visit(VOICEAPP_PREFIX="/voice").get("/voice?lang=ja")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/voice/?lang=ja")


def test_under_a_path_nobody_named_the_page_still_works(visit: Client) -> None:
    """A proxy that cuts the path off and says nothing: then all addresses are relative."""
    client = visit(VOICEAPP_ACCESS_CODE=CODE)
    assert client.get("/").headers["Location"] == "login"
    assert client.post("/login", data={"code": CODE}).headers["Location"] == "./"
    page = client.get("/", headers={"Cookie": logged_in(client)}).text
    assert re.findall(r'(?:src|href|action)="/', page) == []


BAD = ["//evil.example", "/../x", '/"><script>', "/a b", "/voice, /x y", "https://evil.example", "/a;path=/", "/login"]


@pytest.mark.parametrize("prefix", BAD)
def test_a_bad_prefix_is_ignored(visit: Client, prefix: str) -> None:
    client = visit(VOICEAPP_PROXIES="1", VOICEAPP_ACCESS_CODE=CODE)
    headers = {"X-Forwarded-Prefix": prefix}
    assert client.get("/", headers=headers).headers["Location"] == "login"
    answer = client.post("/login", data={"code": CODE}, headers=headers)
    assert answer.headers["Location"] == "./"
    assert all("Path=/" in attributes for attributes in cookies_of(answer))


def test_a_prefix_of_an_undeclared_proxy_is_ignored(visit: Client) -> None:
    client = visit(VOICEAPP_ACCESS_CODE=CODE)
    assert client.get("/", headers={"X-Forwarded-Prefix": "/evil"}).headers["Location"] == "login"


@pytest.mark.parametrize("name", ["VOICEAPP_PREFIX", "SCRIPT_NAME"])
@pytest.mark.parametrize("prefix", BAD)
def test_a_bad_prefix_that_is_set_stops_the_start(name: str, prefix: str) -> None:
    with pytest.raises(SettingError, match=f"^{name}"):
        Settings.from_env({name: prefix})


# Whatever comes

HEADERS = ("Host", "Origin", "Cookie", "Accept-Language", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port")
HEADERS += ("X-Forwarded-Proto", "X-Forwarded-Prefix", "CF-Connecting-IP", "X-Forwarded-User", "Authorization")
ODD = st.text(
    st.sampled_from("a:1/.[]%,;\"'=<> \\@?#\t\xe4\xff-") | st.characters(max_codepoint=255, exclude_categories=["Cc"])
)
KNOWN = st.sampled_from(
    ["voice.example", "[::1]:8000", "[::1", "::ffff:1.2.3.4", "null", "https://[", "https://a:b", "/voice", "1.2.3.4:5"]
)


@pytest.fixture(scope="module")
def declared() -> Iterator[FlaskClient]:
    settings = {**OPEN, "RENDER": "true", "VOICEAPP_ACCESS_CODE": CODE}
    with create_app(Settings.from_env(settings)).test_client(use_cookies=False) as client:
        yield client


@given(
    st.dictionaries(st.sampled_from(HEADERS), ODD | KNOWN),
    st.sampled_from(["/", "/login", "/admission?origin=[", "/healthz", "/voice/", "/metrics", "/nothing"]),
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["text/html", "*/*"]),
)
def test_whatever_headers_come_the_answer_is_ours(
    declared: FlaskClient, headers: dict[str, str], path: str, method: str, accept: str
) -> None:
    with declared.open(path, method=method, headers={"Accept": accept, **headers}) as answer:
        assert answer.status_code < 500
        assert "X-Request-Id" in answer.headers
        location = answer.headers.get("Location", "./")
        assert re.fullmatch(r"(\./|login|/(?!/)[\w.~/-]*)", location)
