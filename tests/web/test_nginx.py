"""Real nginx in front of the real server: what people's configurations do to a name and a path."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS, upstream_settings
from tests.nginx_server import UPGRADES, needs_nginx, nginx
from tests.servers import Bridged, bridged
from tests.web.upgrade import upgrade_status
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = [needs_nginx, pytest.mark.real_time]

# Each as it is found in tutorials; the port that the browser asked is none of a scheme's own.
NAMES = {
    "$host": "proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;",
    "$host and a forwarded host": "proxy_set_header Host $host; proxy_set_header X-Forwarded-Host $http_host;",
    "no Host": "proxy_set_header X-Forwarded-Host $http_host;",
    "$http_host": "proxy_set_header Host $http_host;",
}
Serve = Callable[..., Bridged]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """The app with these settings."""
    with ExitStack() as stack:
        upstream = stack.enter_context(ScriptedServer(SCENARIOS / "hello.toml"))
        yield lambda **settings: stack.enter_context(bridged(upstream_settings(upstream, **settings)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
def test_a_socket_comes_through_a_declared_proxy(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, declared: bool
) -> None:
    caplog.set_level(logging.INFO)
    # Loopback listens to its own names alone, so a name of the outside needs to be told.
    app = serve(VOICEAPP_HOSTS="localhost,127.0.0.1", **({"VOICEAPP_PROXIES": "1"} if declared else {}))
    location = f"location / {{ proxy_pass http://127.0.0.1:{app.port}; {UPGRADES} {NAMES[name]} }}"
    with nginx(location, tmp_path / "nginx") as port:
        page = f"http://localhost:{port}"
        headers = {"Host": f"localhost:{port}", "Origin": page}
        assert upgrade_status(f"http://127.0.0.1:{port}", headers) == (101 if declared or name == "$http_host" else 403)
        assert upgrade_status(f"http://127.0.0.1:{port}", {**headers, "Origin": "http://evil.example"}) == 403
    if not declared and name != "$http_host":
        assert "code=wrong_place host=" in caplog.text


PATHS = {
    "cut off": ("/voice/", "proxy_set_header X-Forwarded-Prefix /voice;", {"VOICEAPP_PROXIES": "1"}),
    "left": ("", "", {"VOICEAPP_PREFIX": "/voice"}),
    "left, SCRIPT_NAME": ("", "", {"SCRIPT_NAME": "/voice"}),
}


@pytest.mark.parametrize("kind", PATHS)
def test_a_socket_comes_through_under_a_path(serve: Serve, tmp_path: Path, kind: str) -> None:
    cut, header, settings = PATHS[kind]
    app = serve(**settings)
    target = f"http://127.0.0.1:{app.port}{'/' if cut else ''}"
    location = f"location /voice/ {{ proxy_pass {target}; {UPGRADES} proxy_set_header Host $http_host; {header} }}"
    with nginx(location, tmp_path / "nginx") as port:
        place = f"127.0.0.1:{port}"
        headers = {"Host": place, "Origin": f"http://{place}"}
        assert upgrade_status(f"http://{place}", headers, "/voice/socket.io/?EIO=4&transport=websocket") == 101
