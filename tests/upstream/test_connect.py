"""Connecting to a Realtime server, plain and over TLS, and every way it can refuse."""

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from websocket._http import proxy_info
from websocket._url import get_proxy_info

from tests.conftest import SCENARIOS, upstream_settings
from tests.page_client import PageClient
from tests.servers import free_port, werkzeug
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.upstream import connect

Upstream = Callable[..., ScriptedServer]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"error":{"code":"insufficient_quota"}}', "quota"),
        (b'{"error":{"code":"model_not_found"}}', "model_missing"),
        (b'{"error":{"code":"server_full"}}', "busy"),
        (b'{"error":"nope"}', "rate_limited"),
        (b"[]", "rate_limited"),
        (b"<html>", "rate_limited"),
        (b'{"error":{"code":{}}}', "rate_limited"),
        (None, "rate_limited"),
    ],
)
def test_a_refusals_body_is_read_where_it_says_more_than_the_status(body: bytes | None, code: str) -> None:
    assert connect.refusal(429, body).code == code


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("Thu, 01 Jan 1970 00:16:50 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("9" * 400, float("inf")),
        ("", 0.0),
        ("-5", 0.0),
        ("soon", 0.0),
        ("²", 0.0),
        ("Thu, 99 Jan 1970 99:99:99 GMT", 0.0),
    ],
)
def test_a_server_says_when_to_ask_again_in_seconds_or_by_a_date(header: str, seconds: float) -> None:
    assert connect.retry_after_s(header, 1000.0) == seconds


class TestHeaders:
    @pytest.mark.parametrize(
        ("profile", "header"),
        [("openai", ("authorization", "Bearer sk-test-marked-key")), ("azure", ("api-key", "sk-test-marked-key"))],
    )
    def test_the_key_goes_into_the_profiles_header(
        self, upstream: Upstream, profile: str, header: tuple[str, str]
    ) -> None:
        server = upstream()
        settings = upstream_settings(server, VOICEAPP_PROFILE=profile, VOICEAPP_MODEL="m")
        with werkzeug(settings) as url, PageClient(url) as page:
            page.start()
        headers = {name.lower(): value for name, value in dict(server.connections[0].upgrade.headers).items()}
        assert headers[header[0]] == header[1]
        assert "origin" not in headers
        assert "openai-beta" not in headers

    def test_the_beta_profile_reads_and_writes_beta(self, upstream: Upstream) -> None:
        server = upstream("beta")
        with (
            werkzeug(upstream_settings(server, VOICEAPP_PROFILE="beta", VOICEAPP_MODEL="m")) as url,
            PageClient(url) as page,
        ):
            page.start()
            for n in range(1, 40):
                page.emit("audio", n, base64.b64encode(bytes(1920)).decode())
            page.expect("audio", lambda n, item, sound: sound == "")
            page.expect("transcript", lambda _, data: data.get("final") and data["item"].startswith("a"))
        (update,) = (event for event in server.received if event["type"] == "session.update")
        assert "type" not in update["session"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("scenario", "code"),
        [
            ("wrong_key", "key_wrong"),
            ("wrong_key_by_close", "key_wrong"),
            ("wrong_key_at_last", "key_wrong"),
            ("no_access", "no_access"),
            ("not_found", "model_missing"),
            ("missing_model", "model_missing"),
            ("quota", "quota"),
            ("too_many", "rate_limited"),
            ("unavailable", "upstream_unreachable"),
            ("beta_refused", "beta_refused"),
            ("update_refused", "settings_refused"),
        ],
    )
    def test_it_is_told_in_plain_words_and_the_call_ends(self, upstream: Upstream, scenario: str, code: str) -> None:
        with werkzeug(upstream_settings(upstream(scenario))) as url, PageClient(url) as page:
            assert page.call("start", {}) == {"ok": True}
            assert page.expect("ended") == [{"reason": code}]
            (notice,) = next(args for args in page.named("notice") if args[0]["fatal"])
        assert notice["code"] == code
        assert notice["message"].endswith(".")
        assert "sk-test-marked-key" not in str(page.events)

    @pytest.mark.parametrize(
        ("host", "reason"),
        [("127.0.0.1", "Connection refused"), ("nobody.invalid", "there is no such name, or no DNS that knows it")],
    )
    def test_nobody_at_the_address(self, caplog: pytest.LogCaptureFixture, host: str, reason: str) -> None:
        settings = {"VOICEAPP_UPSTREAM_URL": f"ws://{host}:{free_port()}/v1/realtime"}
        with werkzeug(settings) as url, PageClient(url) as page:
            page.call("start", {})
            assert page.expect("ended") == [{"reason": "upstream_unreachable"}]
        assert f"upstream unreachable: {host}, {reason}" in caplog.text

    def test_a_handshake_that_never_comes_is_given_up(
        self, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("voiceapp.upstream.connect.CONNECT_S", 0.3)
        with werkzeug(upstream_settings(upstream("no_handshake"))) as url, PageClient(url) as page:
            page.call("start", {})
            assert page.expect("ended") == [{"reason": "upstream_unreachable"}]

    def test_hanging_up_while_it_connects_ends_at_once(self, upstream: Upstream) -> None:
        with werkzeug(upstream_settings(upstream("no_handshake"))) as url, PageClient(url) as page:
            page.call("start", {})
            page.emit("stop", {})
            assert page.expect("ended", timeout=3) == [{"reason": "stopped"}]


class TestEndings:
    @pytest.mark.parametrize("scenario", ["expired", "drop_fin", "drop_rst"])
    def test_one_that_ends_in_mid_call_gives_way_to_another(self, upstream: Upstream, scenario: str) -> None:
        with werkzeug(upstream_settings(upstream(scenario))) as url, PageClient(url) as page:
            page.start()
            page.talk(30)
            assert page.expect("renewed")[0]["why"] == "lost"
            assert page.named("ended") == []

    @pytest.mark.real_time
    def test_one_that_stalls_in_mid_frame_is_noticed(self, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("voiceapp.upstream.keepalive.TALKING_QUIET_S", 0.5)
        monkeypatch.setattr("voiceapp.upstream.keepalive.TALKING_PONG_S", 0.3)
        with werkzeug(upstream_settings(upstream("stall"))) as url, PageClient(url) as page:
            page.start()
            page.talk(20)
            assert page.expect("renewed")[0]["why"] == "lost"

    def test_what_it_says_that_nobody_knows_is_passed_over(self, upstream: Upstream) -> None:
        with werkzeug(upstream_settings(upstream("strange"))) as url, PageClient(url) as page:
            page.start()
            for n in range(1, 60):
                page.emit("audio", n, base64.b64encode(bytes(1920)).decode())
            page.expect("audio", lambda n, item, sound: sound == "")
            assert page.named("ended") == []


class Redirect(BaseHTTPRequestHandler):
    target = ""

    def do_GET(self) -> None:
        self.send_response(307)
        self.send_header("Location", self.target)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_redirect_is_not_followed_with_the_key(upstream: Upstream) -> None:
    elsewhere = upstream()
    Redirect.target = elsewhere.url + "?model=m"
    server = HTTPServer(("127.0.0.1", free_port()), Redirect)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = upstream_settings(elsewhere, VOICEAPP_UPSTREAM_URL=f"ws://127.0.0.1:{server.server_port}/v1/realtime")
    with werkzeug(settings) as url, PageClient(url) as page:
        page.call("start", {})
        page.expect("ended")
    server.shutdown()
    server.server_close()
    assert elsewhere.connections == []


# Proxies, which an environment names for the way out


class Proxy:
    """Listens, counts who asks for what, and tunnels every CONNECT to one place, wherever that was to go."""

    def __init__(self, target: int) -> None:
        self.asked: list[str] = []
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._tunnel, args=self._listener.accept()[:1], daemon=True).start()

    def _tunnel(self, asking: socket.socket) -> None:
        with asking, socket.create_connection(("127.0.0.1", self._target)) as target, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += asking.recv(4096)
            self.asked.append(head.split()[1].decode())
            asking.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(target, asking), daemon=True)
            back.start()
            pump(asking, target)
            back.join(5)


def pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2].partition("/")[0])


@pytest.fixture
def proxied(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ScriptedServer, Proxy]]:
    """A server, and a proxy to it that the environment names for everything."""
    server = upstream()
    proxy = Proxy(port_of(server.url))
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, proxy.url)
    yield server, proxy
    proxy.close()


# The page's own way is not what is tried here.
DIRECTLY = {"http_proxy_host": "nobody", "http_proxy_port": 9, "http_no_proxy": ["*"]}


class TestProxies:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3", "[::ffff:127.0.0.1]"])
    @pytest.mark.parametrize("no_proxy", ["", ".corp.example"])
    def test_loopback_never_goes_through_one(
        self,
        proxied: tuple[ScriptedServer, Proxy],
        monkeypatch: pytest.MonkeyPatch,
        host: str,
        no_proxy: str,
    ) -> None:
        server, proxy = proxied
        monkeypatch.setenv("no_proxy", no_proxy)
        there = f"ws://{host}:{port_of(server.url)}/v1/realtime"
        with (
            werkzeug(upstream_settings(server, VOICEAPP_UPSTREAM_URL=there)) as url,
            PageClient(url, **DIRECTLY) as page,
        ):
            # The server listens on one loopback address only; at another nobody is, and the proxy is not asked either.
            page.call("start", {})
            page.expect("ready" if host != "127.1.2.3" else "ended")
        assert proxy.asked == []

    def test_nor_does_the_built_in_voice(self, proxied: tuple[ScriptedServer, Proxy]) -> None:
        server, proxy = proxied
        settings = {
            "VOICEAPP_PROFILE": "embedded",
            "VOICEAPP_ENGINE_PORT": str(port_of(server.url)),
            "VOICEAPP_INSTRUCTIONS": "Be brief.",
        }
        with werkzeug(settings) as url, PageClient(url, **DIRECTLY) as page:
            page.start()
        assert proxy.asked == []

    def test_any_other_server_does(self, proxied: tuple[ScriptedServer, Proxy]) -> None:
        server, proxy = proxied
        there = "ws://voice.example:8080/v1/realtime"
        with (
            werkzeug(upstream_settings(server, VOICEAPP_UPSTREAM_URL=there)) as url,
            PageClient(url, **DIRECTLY) as page,
        ):
            page.start()
            page.emit("text", {"text": "Hello"})
            page.expect("usage")
        assert proxy.asked == ["voice.example:8080"]

    @pytest.mark.parametrize(
        ("no_proxy", "url", "direct"),
        [
            ("voice.example", "ws://voice.example:8080/r", True),
            ("VOICE.example", "ws://voice.example:8080/r", True),
            (".example", "ws://voice.example:8080/r", True),
            ("example", "wss://voice.example/r", True),
            ("voice.example:8080", "ws://voice.example:8080/r", True),
            ("voice.example:9090", "ws://voice.example:8080/r", False),
            ("*", "ws://voice.example:8080/r", True),
            ("other.example, corp", "ws://voice.example:8080/r", False),
            ("voice.example", "ws://myvoice.example:8080/r", False),
            ("", "ws://voice.example:8080/r", False),
            ("", "ws://127.0.0.1.example:8080/r", False),
            ("", "ws://[::1]:8080/r", True),
            ("", "ws://engine.localhost/r", True),
        ],
    )
    def test_no_proxy_means_what_it_means_elsewhere(
        self, monkeypatch: pytest.MonkeyPatch, no_proxy: str, url: str, direct: bool
    ) -> None:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", no_proxy)
        host = urlsplit(url).hostname
        options = websocket_proxy(connect.proxy_options(url))
        asked = get_proxy_info(host, url.startswith("wss"), *options)
        assert (asked[0] is None) == direct


def websocket_proxy(options: dict[str, Any]) -> tuple[Any, ...]:
    """The options as websocket-client hands them on."""
    read = proxy_info(**options)
    return read.proxy_host, read.proxy_port, read.auth, read.no_proxy


# TLS


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with ScriptedServer(SCENARIOS / "hello.toml", ssl_context=context) as server:
        yield server


def test_over_tls_every_byte_arrives_both_ways(secure: ScriptedServer) -> None:
    chunks = [base64.b64encode(n.to_bytes(2, "little") * 960).decode() for n in range(1, 101)]
    with werkzeug(upstream_settings(secure)) as url, PageClient(url) as page:
        page.start()
        for n, sound in enumerate(chunks, 1):
            page.emit("audio", n, sound)
            time.sleep(0.03)
        page.expect("audio", lambda n, item, sound: item == "a1" and sound == "")
        heard = b"".join(base64.b64decode(sound) for _, item, sound in page.named("audio") if item == "a1")
        deadline = time.monotonic() + 5
        while len(secure.audio) < 100 * 1920 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert len(heard) == 1200 * 48
    assert secure.audio == b"".join(base64.b64decode(sound) for sound in chunks)


def test_the_certificates_are_read_once_for_all_calls(secure: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    load = ssl.SSLContext.load_default_certs

    def counted(self: ssl.SSLContext) -> None:
        read.append(self)
        load(self)

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", counted)
    with werkzeug(upstream_settings(secure)) as url:
        for _ in range(3):
            with PageClient(url) as page:
                page.start()
    assert len(read) == 1


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("somewhere.example").configure_cert(context)
    with (
        ScriptedServer(SCENARIOS / "hello.toml", ssl_context=context) as server,
        werkzeug(upstream_settings(server)) as url,
        PageClient(url) as page,
    ):
        page.call("start", {})
        assert page.expect("ended") == [{"reason": "upstream_unreachable"}]
        assert server.received == []


def test_a_certificate_nobody_vouches_for_is_refused(secure: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with werkzeug(upstream_settings(secure)) as url, PageClient(url) as page:
        page.call("start", {})
        assert page.expect("ended") == [{"reason": "upstream_unreachable"}]
    assert secure.received == []
