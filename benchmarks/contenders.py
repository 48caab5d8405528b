"""The relays that are measured, each started as its users start it."""

import http.client
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from .load import Caller, RealtimeCaller, VoiceAppCaller

ROOT = Path(__file__).parent.parent
PEER = Path(__file__).parent / "peer"
LOGIN_S = 100.0  # under callgrind all takes long
PEER_PYTHON = PEER / ".venv/bin/python"
GC_LOG = Path(__file__).parent / "gc_log"
OURS, BEFORE, NODE, AIOHTTP, FLOOR = "VoiceApp", "VoiceApp before", "Node ws", "aiohttp", "floor"
NAMES = (OURS, BEFORE, NODE, AIOHTTP, FLOOR)
RELAYS_CORE, LOADS_CORE = 0, 1
ACCESS_CODE = "of the benchmark"
# All that a deployment has on: limits and budgets count, but are never reached.
DEPLOYED = {
    "VOICEAPP_ACCESS_CODE": ACCESS_CODE,
    "VOICEAPP_METRICS_TOKEN": "of-the-benchmark",
    "VOICEAPP_CALLS_PER_USER": "0",
    "VOICEAPP_CALLS_PER_ADDRESS": "0",
    "VOICEAPP_MINUTES_PER_USER_DAY": "1000000",
    "VOICEAPP_MINUTES_PER_DAY": "1000000",
    "VOICEAPP_MONEY_PER_USER_DAY": "10000",
    "VOICEAPP_MONEY_PER_DAY": "10000",
    "VOICEAPP_PRICES": "input_text=4, input_audio=32, cached=0.4, output_text=24, output_audio=64",
}


@dataclass(frozen=True)
class Contender:
    """A relay to measure, and how it is called."""

    name: str
    command: Sequence[str]
    folder: Path
    env: Mapping[str, str]
    caller: type[Caller]
    asks_for_code: bool = False

    def pinned(self) -> "Contender":
        """On one core, with all its threads and children."""
        return replace(self, command=["taskset", "--cpu-list", str(RELAYS_CORE), *self.command])

    def login(self, port: int) -> str:
        """The headers with which a browser that logged in comes."""
        if not self.asks_for_code:
            return ""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LOGIN_S)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", urlencode({"code": ACCESS_CODE}), form)
        answer = connection.getresponse()
        cookies = [value.partition(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        connection.close()
        if answer.status != 303:
            raise ConnectionError(f"the login was answered with {answer.status}")
        return f"Cookie: {'; '.join(cookies)}\r\n"


def pin_load() -> None:
    """This process, on the core that pinned contenders leave to it."""
    os.sched_setaffinity(0, {LOADS_CORE})


class Field:
    """Those that can be had here. `calls`: how many there will be at most; `before`: another checkout of VoiceApp."""

    def __init__(
        self, wanted: Sequence[str], calls: int, chunk_ms: int, before: Path | None = None, watch_gc: bool = False
    ) -> None:
        self._calls, self._chunk_ms = calls, chunk_ms
        self._env = {name: value for name, value in os.environ.items() if not name.startswith(("VOICEAPP_", "OPENAI_"))}
        if watch_gc:
            self._env["PYTHONPATH"] = str(GC_LOG)
        self._checkouts = {OURS: ROOT, **({BEFORE: before} if before else {})}
        can = {**dict.fromkeys(self._checkouts, True), NODE: _has_ws(), AIOHTTP: _has_aiohttp(), FLOOR: True}
        self.names = [name for name in NAMES if name in wanted and can.get(name)]
        if NODE in wanted and not can[NODE]:
            print("No Node row: it needs node, and `npm ci` in benchmarks/peer.")
        if AIOHTTP in wanted and not can[AIOHTTP]:
            print("No aiohttp row: it needs the package of benchmarks/requirements.txt (see there).")

    def contender(self, name: str, url: str, **settings: str) -> Contender:
        """`url`: of the upstream; `settings`: of VoiceApp, beyond the usual."""
        if name in self._checkouts:
            return self._ours(name, url, settings)
        env = {**self._env, "UPSTREAM_URL": url, "UPSTREAM_KEY": "x"}
        command = [sys.executable, "floor.py"]
        if name == NODE:
            command = ["node", "relay.js"]
        elif name == AIOHTTP:
            command = [str(PEER_PYTHON), "aiohttp_relay.py"]
        return Contender(name, command, PEER, env, RealtimeCaller)

    def _ours(self, name: str, url: str, settings: Mapping[str, str]) -> Contender:
        every = {
            **self._env,
            **DEPLOYED,
            "VOICEAPP_HOST": "127.0.0.1",
            "VOICEAPP_PROFILE": "openai",
            "VOICEAPP_UPSTREAM_URL": url,
            "VOICEAPP_UPSTREAM_KEY": "x",
            # So that the callers speak first.
            "VOICEAPP_INSTRUCTIONS": "Be brief.",
            "VOICEAPP_CHUNK_MS": str(self._chunk_ms),
            "VOICEAPP_MAX_CALLS": str(max(90, self._calls + 10)),
            **settings,
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
        return Contender(name, command, self._checkouts[name], every, VoiceAppCaller, asks_for_code=True)


def _has_ws() -> bool:
    return bool(shutil.which("node")) and (PEER / "node_modules" / "ws").is_dir()


def _has_aiohttp() -> bool:
    return any(PEER.glob(".venv/lib/*/site-packages/aiohttp"))
