"""What the operator sees of the calls: lines in the log and numbers for Prometheus. Never sound, words or secrets."""

import asyncio
import logging
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from .bridge import Bridge
from .environment import Secret

log = logging.getLogger(__name__)

LOOK_S = 1.0

CALLS = Gauge("voiceapp_calls", "Calls that go on", multiprocess_mode="livesum")
STARTED = Counter("voiceapp_calls_started", "Calls that began")
ENDED = Counter("voiceapp_calls_ended", "Calls that ended, by reason", ["reason"])
SECONDS = Histogram(
    "voiceapp_call_seconds", "How long calls lasted", buckets=(1, 5, 15, 60, 300, 900, 1800, 3600, 7200)
)
NOTICES = Counter("voiceapp_notices", "What pages were told, by code (docs/errors.md)", ["code"])
REFUSED = Counter("voiceapp_refused", "Requests refused before the app, by code", ["code"])
READY = Histogram(
    "voiceapp_ready_seconds", "From start to a live call", buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)
)
ANSWER = Histogram(
    "voiceapp_answer_seconds",
    "How long answers took, by stage (docs/operations.md)",
    ["stage"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2, 5, 10),
)
BYTES = Counter("voiceapp_bytes", "WebSocket bytes", ["side", "direction"])
QUEUED = Gauge("voiceapp_queue_bytes", "Bytes that wait for a peer to read", ["side"], multiprocess_mode="livesum")
LAG = Gauge("voiceapp_bridge_lag_seconds", "How late the bridge is, now", multiprocess_mode="livemax")


def call_started(call: str, *, request: str, who: str) -> None:
    CALLS.inc()
    STARTED.inc()
    _line(logging.INFO, "call_started", call=call, request=request, who=who)


def call_ended(call: str, reason: str, seconds: float) -> None:
    CALLS.dec()
    ENDED.labels(reason).inc()
    SECONDS.observe(seconds)
    _line(logging.INFO, "call_ended", call=call, reason=reason, seconds=f"{seconds:.1f}")


def noticed(call: str, code: str, *, fatal: bool) -> None:
    """A page was told of a fault."""
    NOTICES.labels(code).inc()
    _line(logging.WARNING if fatal else logging.INFO, "call_notice", call=call, code=code, fatal=str(fatal).lower())


def refused(request: str, code: str) -> None:
    """Not in the log as it is set: strangers could fill it."""
    REFUSED.labels(code).inc()
    _line(logging.DEBUG, "refused", request=request, code=code)


def ready(seconds: float) -> None:
    READY.observe(seconds)


def answered(stages: Mapping[str, float | None]) -> None:
    for stage, seconds in stages.items():
        if seconds is not None:
            ANSWER.labels(stage).observe(seconds)


def _line(level: int, event: str, **fields: str) -> None:
    log.log(level, "event=%s %s", event, " ".join(f"{name}={value}" for name, value in fields.items()))


class BridgeWatch:
    """Looks at the bridge once a second: how late it is, what it carried, what waits."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._seen: dict[tuple[str, str], int] = {}
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def attach(self) -> None:
        """Look for as long as the bridge runs."""
        self._bridge.at_start(self._look_later)
        self._bridge.at_stop(self._stop)

    def _look_later(self) -> None:
        self._due = self._bridge.loop.time() + LOOK_S
        self._timer = self._bridge.loop.call_at(self._due, self._look)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        LAG.set(self._bridge.loop.time() - self._due)
        for key, total in self._bridge.traffic().items():
            BYTES.labels(*key).inc(total - self._seen.get(key, 0))
            self._seen[key] = total
        for side, waiting in self._bridge.waiting_bytes().items():
            QUEUED.labels(side).set(waiting)
        self._look_later()


def exposition() -> tuple[bytes, str]:
    """The metrics of all workers, as Prometheus reads them, and their content type."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


# The log

_PATTERNS = (
    re.compile(r"\b(sk|ek|sess|pk)[-_][A-Za-z0-9_-]{6,}"),
    re.compile(r"(?i)\b(bearer|basic)\s+[^\s'\",]+"),
    re.compile(r"(?i)\b(authorization|api-key|cookie|set-cookie|x-api-key)\b(['\"]?\s*[:=]\s*)[^\r\n]+"),
    re.compile(r"://[^/\s:@]*:[^/\s@]+@"),
)
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class RedactingFormatter(logging.Formatter):
    """One line a record, with every known secret and all that looks like one blotted out, tracebacks included."""

    def __init__(self, known: Iterable[Secret]) -> None:
        super().__init__(_FORMAT)
        self._known = [secret.reveal() for secret in known if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for value in self._known:
            text = text.replace(value, "***")
        for pattern in _PATTERNS:
            text = pattern.sub("***", text)
        # A line break in what is logged must not forge a line.
        return text.replace("\r", "\\r").replace("\n", "\\n")


class _Handler(logging.StreamHandler[Any]):
    """Ours, so that it is found again."""


def write_log(known: Iterable[Secret]) -> None:
    """Have the app's log written to standard error, redacted, and whatever else logs here redacted too."""
    formatter = RedactingFormatter(known)
    ours = logging.getLogger("voiceapp")
    ours.setLevel(logging.INFO)
    for old in [handler for handler in ours.handlers if isinstance(handler, _Handler)]:
        ours.removeHandler(old)
    handler = _Handler(sys.stderr)
    ours.addHandler(handler)
    for name in ("voiceapp", "gunicorn.error", "socketio", "engineio", "werkzeug"):
        for each in logging.getLogger(name).handlers:
            each.setFormatter(formatter)
