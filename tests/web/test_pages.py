"""The page over HTTP: its language, its files, its headers."""

import gzip
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from voiceapp import create_app
from voiceapp.config.settings import Settings
from voiceapp.web import pages

# All that a visit loads, gzipped; the check before a call comes when it is asked for.
MAX_BYTES = 150_000

# Whether each pair of scripts has the same tokens in the same lines.
TOKENS = f"""
const {{ tokenizer }} = require({json.dumps(str(Path(__file__).parents[1] / "js/node_modules/acorn"))})
const options = {{ ecmaVersion: "latest", sourceType: "module", locations: true }}
const read = code => JSON.stringify([...tokenizer(code, options)]
  .map(({{ type, value, loc }}) => [type.label, String(value?.pattern ?? value), loc.start.line, loc.end.line]))
const pairs = JSON.parse(require("fs").readFileSync(0))
console.log(JSON.stringify(pairs.map(([before, after]) => read(before) === read(after))))
"""


@pytest.fixture
def client() -> Iterator[FlaskClient]:
    with create_app(Settings()).test_client() as client:
        yield client


def test_the_address_of_the_socket_is_known_to_flask_too(client: FlaskClient) -> None:
    with client.application.test_request_context("/socket.io/") as context:
        assert context.request.routing_exception is None


def language(html: str) -> str:
    found = re.search(r'<html[^>]* lang="([^"]+)"', html)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("query", "cookie", "header", "expected"),
    [
        ("", "", "", "en"),
        ("", "", "ja,en;q=0.5", "ja"),
        ("", "", "fr", "en"),
        ("", "", "fr,JA-jp;q=0.9,en;q=0.8,*;q=0.1", "ja"),
        ("", "", "es;q=0,ja;q=0.2", "ja"),
        ("", "ja", "en", "ja"),
        ("?lang=en", "ja", "ja", "en"),
        ("?lang=ja", "", "en", "ja"),
        ("", "", "es-MX,en;q=0.5", "es"),
        ("?lang=../../etc", "", "ja", "ja"),
    ],
)
def test_the_language_is_the_links_or_the_stored_one_or_the_browsers(
    client: FlaskClient, query: str, cookie: str, header: str, expected: str
) -> None:
    if cookie:
        client.set_cookie(pages.LANGUAGE_COOKIE, cookie)
    response = client.get("/" + query, headers={"Accept-Language": header})
    assert language(response.text) == expected


def test_every_file_the_page_names_is_there_and_is_kept_for_good(client: FlaskClient) -> None:
    html = client.get("/").text
    files = re.findall(r'(?:src|href)="(static/[^"]+)"', html)
    assert len(files) >= 3
    for file in files:
        if "/vendor/" in file:
            continue
        with client.get("/" + file) as response:
            assert response.status_code == 200, file
            assert "immutable" in response.headers["Cache-Control"], file


def test_the_address_of_another_version_is_none(client: FlaskClient) -> None:
    for name in ("i18n/en.json", "js/audio/worklets/capture.js"):
        assert client.get(f"/static/v-0123456789ab/{name}").status_code == 404


@pytest.mark.parametrize("path", ["../settings.py", "%2e%2e/settings.py", "nothing.js"])
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{pages.files_version()}/{path}").status_code == 404


def test_what_fails_to_load_is_looked_after_before_anything_else_loads(client: FlaskClient) -> None:
    html = client.get("/").text
    assert re.findall(r'<script src="([^"]+)"', html)[0].endswith("/boot.js")
    # A script waits for the style files before it, so one of those would be lost unheard.
    assert html.index("/boot.js") < html.index('rel="stylesheet"')
    assert re.search(r'<div [^>]*id="broken"[^>]* hidden>', html)
    assert "<noscript>" in html


def test_there_is_no_inline_script_or_style(client: FlaskClient) -> None:
    html = client.get("/").text
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", html) == []
    assert "<style" not in html
    assert re.findall(r'\s(?:style|on\w+)="', html) == []


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing"])
def test_every_answer_carries_the_safety_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Permissions-Policy"].startswith("microphone=(self)")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("environment", "camera"),
    [
        ({"OPENAI_API_KEY": "sk-x"}, "camera=(self)"),
        ({"OPENAI_API_KEY": "sk-x", "VOICEAPP_UPSTREAM_PICTURES": "no"}, "camera=()"),
        ({}, "camera=()"),
    ],
)
def test_the_camera_is_allowed_only_where_a_model_sees_pictures(environment: dict[str, str], camera: str) -> None:
    with create_app(Settings.from_env(environment)).test_client() as client:
        assert camera in client.get("/").headers["Permissions-Policy"]


def test_it_says_that_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_version_follows_the_files_content() -> None:
    assert re.fullmatch(r"v-[0-9a-f]{12}", pages.files_version())


def test_text_files_come_gzipped_to_browsers_that_take_it(client: FlaskClient) -> None:
    address = f"/static/{pages.files_version()}/js/main.js"
    with client.get(address, headers={"Accept-Encoding": "gzip, br"}) as gzipped, client.get(address) as plain:
        assert gzipped.headers["Content-Encoding"] == "gzip"
        assert gzipped.content_type == plain.content_type
        assert gzip.decompress(gzipped.data) == plain.data
        assert "Content-Encoding" not in plain.headers
        for response in (gzipped, plain):
            assert "Accept-Encoding" in response.headers["Vary"]
            assert "immutable" in response.headers["Cache-Control"]
    with client.get(address, headers={"Accept-Encoding": "gzip;q=0"}) as refused:
        assert "Content-Encoding" not in refused.headers
    page = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(page.data).startswith(b"<!doctype html>")
    assert {"Accept-Language", "Cookie", "Accept-Encoding"} <= set(page.vary)


def sent(name: str) -> bytes:
    return pages.sent(name, (pages.STATIC / name).read_bytes())


def test_scripts_come_without_their_comments_and_are_the_same_line_by_line() -> None:
    scripts = [name for name in pages.file_names() if name.endswith(".js")]
    pairs = [[(pages.STATIC / name).read_text(), sent(name).decode()] for name in scripts]
    done = subprocess.run(["node", "-e", TOKENS], input=json.dumps(pairs), text=True, capture_output=True, check=True)
    assert json.loads(done.stdout) == [True] * len(scripts)
    ours = [sent(name) for name in scripts if not name.startswith("vendor/")]
    assert sum(len(script) for script in ours) < 0.8 * sum(
        len(before) for before, _ in pairs
    ) and b"@param" not in b"".join(ours)


def test_styles_come_without_comments_and_lines_and_are_the_same_otherwise() -> None:
    for name in [name for name in pages.file_names() if name.endswith(".css")]:
        rules = re.sub(r"/\*.*?\*/", "", (pages.STATIC / name).read_text(), flags=re.DOTALL)
        shown = sent(name).decode()
        assert shown.count("\n") < 20 and "/*" not in shown
        assert re.sub(r"\s+", "", shown) == re.sub(r"\s+", "", rules)
        # What stands between two words still does.
        between = re.compile(r"[\w)*] +[\w.#:\[(>+-]")
        assert between.findall(shown) == between.findall(" ".join(rules.split()))


def test_scripts_are_sent_every_text_that_they_say_and_no_other() -> None:
    scripts = "".join(path.read_text() for path in (pages.STATIC / "js").rglob("*.js"))
    files = {name: json.loads(content) for name, content in pages.texts_by_file().items()}
    for tag, texts in pages.read_languages().items():
        page = files[f"i18n/{tag}.json"]
        later = {part: files[f"i18n/{tag}.{part}.json"] for part in pages.LATER}
        sent = page.copy()
        for part in later.values():
            sent |= part
        assert len(sent) == len(page) + sum(map(len, later.values()))
        assert sent.items() <= texts.items()
        assert [key for key in texts if f'"{key}"' in scripts and key not in sent] == []
        assert all(key in sent for key in texts if key.startswith(("notice.", "status.", "call.", "preflight.state.")))
        # Of the page, and of the one in its place.
        assert not {"settings.theme.dark", "refused.not_named.title"} & sent.keys()
        assert all(key.startswith(f"{part}.") for part, texts in later.items() for key in texts)
        assert all(later.values())


def test_the_whole_page_is_light(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Encoding": "gzip"}).data
    files = pages.GzippedFiles()
    styles = {name for name in files if name.startswith("css/")} - {
        "css/login.css",
        "css/preflight.css",
        "css/talk-bar.css",
        "css/talks.css",
        "css/timeline.css",
        "css/tool.css",
    }
    loaded = {*pages.modules(), *styles, "boot.js", "i18n/ja.json", "icons/icon.svg", "vendor/socket.io.min.js"}
    assert len(page) + sum(len(files[name]) for name in loaded) <= MAX_BYTES


def test_the_page_names_every_module_it_will_load(client: FlaskClient) -> None:
    named = re.findall(r'rel="modulepreload" href="static/v-[0-9a-f]{12}/([^"]+)"', client.get("/").text)
    assert "js/main.js" in named
    for module in named:
        for imported in pages.IMPORT.findall((pages.STATIC / module).read_text()):
            path = (pages.STATIC / module).parent.joinpath(imported).resolve().relative_to(pages.STATIC.resolve())
            assert path.as_posix() in named


def test_it_can_be_installed_and_opened_without_the_server(client: FlaskClient) -> None:
    said = client.get("/manifest.webmanifest?lang=ja").json
    assert said is not None
    assert (said["lang"], said["start_url"], said["scope"]) == ("ja", "./", "./")
    for icon in said["icons"]:
        with client.get("/" + icon["src"]) as response:
            assert response.content_type == icon["type"] or response.content_type.startswith(icon["type"])
    worker = client.get("/worker.js")
    assert worker.content_type.startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"
    kept = re.search(r"^const FILES = (\[.*\])$", worker.text, re.MULTILINE)
    assert kept
    for file in json.loads(kept.group(1)):
        with client.get("/" + file) as response:
            assert response.status_code == 200, file
