"""Other people's environments: what platforms, clusters, proxies and bare machines set or lack is no mistake."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import ROOT, answers, environment, free_port, gunicorn
from tests.surroundings import READ_ONLY, mounting
from tests.waiting import eventually
from voiceapp.config import rules
from voiceapp.config.settings import Settings
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.errors import SettingError

COMMAND = (sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app")
# As Kubernetes sets them for a service `voiceapp`, and for others whose names begin so.
KUBERNETES = {
    "KUBERNETES_SERVICE_HOST": "10.96.0.1",
    "VOICEAPP_SERVICE_HOST": "10.0.0.1",
    "VOICEAPP_SERVICE_PORT": "80",
    "VOICEAPP_SERVICE_PORT_HTTP": "80",
    "VOICEAPP_SERVICE_PORT_WEB_SOCKET": "80",
    "VOICEAPP_PORT": "tcp://10.0.0.1:80",
    "VOICEAPP_PORT_80_TCP": "tcp://10.0.0.1:80",
    "VOICEAPP_PORT_80_TCP_PROTO": "tcp",
    "VOICEAPP_PORT_80_TCP_PORT": "80",
    "VOICEAPP_PORT_80_TCP_ADDR": "10.0.0.1",
    "VOICEAPP_REDIS_MASTER_SERVICE_HOST": "10.0.0.2",
    "VOICEAPP_REDIS_MASTER_SERVICE_PORT": "6379",
    "VOICEAPP_REDIS_MASTER_PORT": "tcp://10.0.0.2:6379",
    "VOICEAPP_REDIS_MASTER_PORT_6379_TCP": "tcp://10.0.0.2:6379",
    "VOICEAPP_TURN_PORT": "udp://[fd00::2]:3478",
    "VOICEAPP_TURN_PORT_3478_UDP_ADDR": "fd00::2",
    # A service `voiceapp-engine`: the same name as a setting of ours.
    "VOICEAPP_ENGINE_PORT": "tcp://10.0.0.3:80",
    "VOICEAPP_ENGINE_SERVICE_HOST": "10.0.0.3",
}
DOCKER_LINKS = {
    "VOICEAPP_NAME": "/proxy/voiceapp",
    "VOICEAPP_PORT": "tcp://172.17.0.5:8000",
    "VOICEAPP_PORT_8000_TCP": "tcp://172.17.0.5:8000",
    "VOICEAPP_PORT_8000_TCP_START": "tcp://172.17.0.5:8000",
    "VOICEAPP_ENV_PATH": "/usr/bin",
    "VOICEAPP_ENV_VOICEAPP_CHUNK_MS": "40",
    "VOICEAPP_DB_1_NAME": "/proxy/voiceapp_db_1",
    "VOICEAPP_DB_1_PORT_5432_TCP_ADDR": "172.17.0.6",
}
PLATFORMS: Mapping[str, Mapping[str, str]] = {
    "heroku": {
        "DYNO": "web.1",
        "PORT": "47523",
        "WEB_CONCURRENCY": "2",
        "REDIS_URL": "rediss://:p0123@ec2-1-2-3-4.compute-1.amazonaws.com:25030",
        "REDIS_TLS_URL": "rediss://:p0123@ec2-1-2-3-4.compute-1.amazonaws.com:25030",
        "SOURCE_VERSION": "abc",
        "PYTHONHOME": "",
    },
    "render": {
        "RENDER": "true",
        "PORT": "10000",
        "WEB_CONCURRENCY": "1",
        "RENDER_EXTERNAL_HOSTNAME": "voiceapp.onrender.com",
        "RENDER_EXTERNAL_URL": "https://voiceapp.onrender.com",
        "REDIS_URL": "redis://red-abc:6379",
    },
    "fly": {"FLY_APP_NAME": "voiceapp", "FLY_REGION": "nrt", "PORT": "8080", "FLY_PRIVATE_IP": "fdaa::3"},
    "railway": {
        "RAILWAY_ENVIRONMENT_NAME": "production",
        "RAILWAY_PUBLIC_DOMAIN": "voiceapp.up.railway.app",
        "RAILWAY_SERVICE_VOICEAPP_URL": "voiceapp.up.railway.app",
        "PORT": "7777",
        "REDIS_URL": "redis://default:pw@redis.railway.internal:6379",
    },
    "cloud run": {
        "K_SERVICE": "voiceapp",
        "K_REVISION": "voiceapp-00001",
        "K_CONFIGURATION": "voiceapp",
        "PORT": "8080",
    },
    "too small": {"PORT": "8080", "WEB_CONCURRENCY": "0"},
    "empty": {"PORT": "", "WEB_CONCURRENCY": "", "REDIS_URL": "", "OPENAI_API_KEY": "", "VOICEAPP_HOST": " "},
    "proxies": {
        "http_proxy": "http://proxy.example:3128",
        "HTTPS_PROXY": "http://user:pw@proxy.example:3128",
        "ALL_PROXY": "socks5://proxy.example:1080",
        "NO_PROXY": "localhost,127.0.0.1,::1,.example",
    },
    "kubernetes": KUBERNETES,
    "docker links": DOCKER_LINKS,
}
OPERATOR = {"OPENAI_API_KEY": "sk-test-0123456789", "VOICEAPP_ACCESS_CODE": "a code to try"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_a_platform_sets_is_no_mistake(platform: str) -> None:
    settings = Settings.from_env({**OPERATOR, **PLATFORMS[platform]})
    assert settings.workers >= 1
    assert settings.engine_port == 0
    assert settings.chunk_ms == 40
    port = PLATFORMS[platform].get("PORT")
    assert (settings.host, settings.port) == (("0.0.0.0", int(port)) if port else ("127.0.0.1", 8000))


# Those that set nothing of one name are met at once.
@pytest.mark.parametrize(
    "platforms", [("heroku",), ("kubernetes", "proxies"), ("docker links", "too small")], ids=" and ".join
)
def test_the_app_starts_on_it(
    platforms: Sequence[str], upstream: Callable[..., ScriptedServer], tmp_path: Path
) -> None:
    found = {name: value for platform in platforms for name, value in PLATFORMS[platform].items()}
    given = {**found, "PORT": str(free_port()), "REDIS_URL": ""}
    with gunicorn(upstream_settings(upstream(), **given), tmp_path / "log") as server:
        assert answers(server.url + "/readyz")


# Services of other people's, and misspelt settings of our own


@pytest.mark.parametrize(
    "name",
    [
        "VOICEAPP_PORT",
        "VOICEAPP_POTR",
        "VOICEAPP_SERVICE",
        "VOICEAPP_HOSTNAME",
        "VOICEAPP_PORT_80",
        "VOICEAPP_MAX_CALL",
        "VOICEAPP_ENV",
        "VOICEAPP_ENV_FILE",
        "VOICEAPP_NAME",
        "VOICEAPPS_SERVICE_HOST",
    ],
)
@pytest.mark.parametrize("value", ["8000", "voice.example", "tcp:8000", "/etc/voiceapp/env"])
def test_a_misspelt_setting_is_still_refused(name: str, value: str) -> None:
    env = {name: value}
    if name.startswith("VOICEAPP_"):
        with pytest.raises(SettingError, match=rf"^{name} is not a setting"):
            Settings.from_env(env)
    else:
        Settings.from_env(env)


@given(
    service=st.from_regex(r"voiceapp(-[a-z0-9]{1,8}){0,3}", fullmatch=True),
    protocol=st.sampled_from(["tcp", "udp", "sctp"]),
    port=st.integers(1, 65535),
    address=st.ip_addresses(),
    name=st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6})?", fullmatch=True),
)
def test_whatever_a_service_beside_us_is_called_the_start_goes_on(
    service: str, protocol: str, port: int, address: object, name: str
) -> None:
    prefix = service.upper().replace("-", "_")
    place = f"{protocol}://{f'[{address}]' if ':' in str(address) else address}:{port}"
    link = f"{prefix}_PORT_{port}_{protocol.upper()}"
    Settings.from_env({
        f"{prefix}_SERVICE_HOST": str(address),
        f"{prefix}_SERVICE_PORT": str(port),
        f"{prefix}_SERVICE_PORT_{name.upper().replace('-', '_')}": str(port),
        f"{prefix}_PORT": place,
        link: place,
        f"{link}_PROTO": protocol,
        f"{link}_PORT": str(port),
        f"{link}_ADDR": str(address),
    })  # fmt: skip


# Redis


def test_redis_without_its_package_is_said_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"^REDIS_URL is set, but .* requirements-redis\.txt"):
        Settings.from_env({"REDIS_URL": "redis://localhost:6379"})
    assert not Settings.from_env({"REDIS_URL": ""}).rules.redis_url


def test_herokus_own_certificate_is_not_asked_for_and_any_other_is() -> None:
    import redis

    def asked(**env: str) -> object:
        url = Settings.from_env({"REDIS_URL": "rediss://:pw@h.example:25030", **env}).rules.redis_url.reveal()
        return redis.Redis.from_url(url).connection_pool.connection_kwargs.get("ssl_cert_reqs", "required")

    assert asked(DYNO="web.1") == "none"
    assert asked() == "required"
    assert asked(DYNO="web.1", REDIS_URL="rediss://:pw@h.example:25030/0?ssl_cert_reqs=required") == "required"


# Addresses


@pytest.mark.parametrize(
    ("host", "place", "url"),
    [
        ("::", "[::]:8000", "http://[::1]:8000"),
        ("[::]", "[::]:8000", "http://[::1]:8000"),
        ("::1", "[::1]:8000", "http://[::1]:8000"),
        ("[0:0:0:0:0:0:0:1]", "[::1]:8000", "http://[::1]:8000"),
        ("FD00::2", "[fd00::2]:8000", "http://[fd00::2]:8000"),
        ("0.0.0.0", "0.0.0.0:8000", "http://127.0.0.1:8000"),
        ("localhost", "localhost:8000", "http://localhost:8000"),
        ("voice.example", "voice.example:8000", "http://voice.example:8000"),
    ],
)
def test_a_host_may_be_an_address_of_either_family(host: str, place: str, url: str) -> None:
    settings = Settings.from_env({"VOICEAPP_HOST": host})
    assert (settings.place, settings.url) == (place, url)


@pytest.mark.parametrize(
    "host",
    ["::g", "[::1", "[::1]:8000", "1.2.3.4:8000", "[localhost]", "http://x", "unix:/run/x", "fe80::1%eth0", "a b"],
)
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(SettingError, match=r"^VOICEAPP_HOST "):
        Settings.from_env({"VOICEAPP_HOST": host})


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["::", "[::1]"])
def test_it_serves_calls_over_ipv6(host: str, upstream: Callable[..., ScriptedServer], tmp_path: Path) -> None:
    settings = upstream_settings(upstream(), VOICEAPP_HOST=host, VOICEAPP_PUBLIC="yes")
    with gunicorn(settings, tmp_path / "log") as server, PageClient(server.url) as page:
        assert server.url.startswith("http://[::1]:")
        log = server.log.read_text()
        assert f"VoiceApp is at {server.url}\n" in log
        assert ("listens on all addresses" in log) == (host == "::")
        page.start()


# Machines that lack something


def test_a_read_only_file_system_is_enough(upstream: Callable[..., ScriptedServer], tmp_path: Path) -> None:
    settings = upstream_settings(upstream(), WEB_CONCURRENCY="2", npm_config_registry="http://127.0.0.1:9")
    with gunicorn(settings, tmp_path / "log", within=mounting(READ_ONLY)) as server, PageClient(server.url) as page:
        page.start()
        assert answers(server.url + "/metrics")
        assert "no room" not in server.log.read_text()


@pytest.mark.slow
def test_with_nowhere_to_write_at_all_it_says_what_it_needs(tmp_path: Path) -> None:
    within = mounting(f"mount -t tmpfs -o ro none /dev/shm; {READ_ONLY}")
    done = start(ROOT, within)
    assert done.returncode != 0
    assert "Allow /dev/shm or a small /tmp" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_read_only_file_system_without_the_pages_client_says_what_is_missing(tmp_path: Path) -> None:
    done = start(without_client(tmp_path), mounting(READ_ONLY))
    assert done.returncode != 0
    assert "Fetch it when the image is built: python -m voiceapp.ops.vendor" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_no_registry_at_the_start_is_said_soon(tmp_path: Path) -> None:
    began = time.monotonic()
    nowhere = {"npm_config_registry": "http://127.0.0.1:9", "PIP_INDEX_URL": "http://127.0.0.1:9"}
    done = start(
        without_client(tmp_path), **nowhere, PIP_CONFIG_FILE=os.devnull, npm_config_cache=str(tmp_path / "npm")
    )
    assert done.returncode != 0
    assert "VoiceApp cannot start: The Socket.IO client could not be fetched: npm failed: " in done.stderr
    assert time.monotonic() - began < 50


@pytest.mark.slow
def test_no_registry_for_the_engines_model_of_turns_stops_no_start(tmp_path: Path) -> None:
    copy = without_client(tmp_path)
    shutil.copytree(ROOT / "voiceapp" / "static" / "vendor", copy / "voiceapp" / "static" / "vendor")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    env = environment({"PORT": str(free_port()), "VOICEAPP_HOST": "127.0.0.1", "PYTHONPATH": str(copy), **nowhere})
    log, told = tmp_path / "log", "The model that hears whether a turn is over could not be fetched: pip failed: "
    with log.open("w") as output, subprocess.Popen(COMMAND, cwd=copy, env=env, stdout=output, stderr=output) as server:
        try:
            assert eventually(lambda: "VoiceApp is at" in log.read_text() and told in log.read_text(), 40)
            assert server.poll() is None
        finally:
            server.terminate()
    assert log.read_text().count(told) == 1


def without_client(folder: Path) -> Path:
    """A copy of the app as it comes from the repository."""
    copy = folder / "app"
    shutil.copytree(ROOT / "voiceapp", copy / "voiceapp", ignore=shutil.ignore_patterns("vendor", "__pycache__"))
    for name in ("gunicorn.conf.py", "wsgi.py"):
        shutil.copy(ROOT / name, copy)
    return copy


def start(folder: Path, within: list[str] | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [*(within or []), *COMMAND]
    env = environment({"PORT": str(free_port()), "VOICEAPP_HOST": "127.0.0.1", "PYTHONPATH": str(folder), **settings})
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
