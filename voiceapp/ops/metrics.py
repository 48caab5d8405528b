"""Numbers of the calls for Prometheus, and the line in the log that goes with each. Never sound, words or secrets."""

import asyncio
import logging
import os
from collections.abc import Mapping

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

from ..net.bridge import Bridge
from .log import printable

log = logging.getLogger(__name__)

LOOK_S = 1.0
# Lines of calls in a second: more than an honest server has, and less than would fill a disk.
CALL_LINES_A_SECOND = 20

CALLS = Gauge("voiceapp_calls", "Calls in progress", multiprocess_mode="livesum")
STARTED = Counter("voiceapp_calls_started", "Calls that began")
ENDED = Counter("voiceapp_calls_ended", "Calls that ended, by reason", ["reason"])
SECONDS = Histogram(
    "voiceapp_call_seconds", "How long calls lasted", buckets=(1, 5, 15, 60, 300, 900, 1800, 3600, 7200)
)
RENEWED = Counter("voiceapp_sessions_renewed", "Sessions that took the place of another, by why", ["why"])
NOTICES = Counter("voiceapp_notices", "What pages were told, by code (docs/errors.md)", ["code"])
REFUSED = Counter("voiceapp_refused", "Requests refused before the app, by code", ["code"])
RESUMES = Counter("voiceapp_resumes", "Pages that came back to their call, by why (docs/wire.md)", ["why"])
CLAIMS = Counter("voiceapp_claims", "Calls that were asked of the store for a page, by outcome", ["outcome"])
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
QUEUED = Gauge("voiceapp_queue_bytes", "Bytes waiting for a peer to read them", ["side"], multiprocess_mode="livesum")
LAG = Gauge("voiceapp_bridge_lag_seconds", "How late the bridge is", multiprocess_mode="livemax")


def call_started(call: str, *, request: str, who: str) -> None:
    CALLS.inc()
    STARTED.inc()
    _line(logging.INFO, "call_started", call=call, request=request, who=who)


def call_ended(call: str, reason: str, seconds: float) -> None:
    CALLS.dec()
    ENDED.labels(reason).inc()
    SECONDS.observe(seconds)
    _line(logging.INFO, "call_ended", call=call, reason=reason, seconds=f"{seconds:.1f}")


def session_renewed(call: str, why: str) -> None:
    """Another session has taken over: asked for, since the last one would expire, or was lost."""
    RENEWED.labels(why).inc()
    _line(logging.INFO, "session_renewed", call=call, why=why)


def noticed(call: str, code: str, *, fatal: bool) -> None:
    """A page was told of a fault."""
    NOTICES.labels(code).inc()
    level = logging.WARNING if fatal else logging.INFO
    # Of no call yet, or any more: then a stranger can have as many as he likes.
    maximum = CALL_LINES_A_SECOND if call != "none" else 1
    _line(level, "call_notice", a_second=maximum, call=call, code=code, fatal=str(fatal).lower())


def refused(request: str, code: str, **compared: str) -> None:
    """A request was refused before the app; `compared` says by what."""
    REFUSED.labels(code).inc()
    shown = {name: printable(value) for name, value in compared.items()}
    _line(logging.WARNING, "refused", a_second=1, request=request, code=code, **shown)


def resumed(why: str) -> None:
    RESUMES.labels(why).inc()


def claimed(outcome: str) -> None:
    CLAIMS.labels(outcome).inc()


def ready(seconds: float) -> None:
    READY.observe(seconds)


def answered(stages: Mapping[str, float | None]) -> None:
    for stage, seconds in stages.items():
        if seconds is not None:
            ANSWER.labels(stage).observe(seconds)


def _line(level: int, event: str, a_second: int = CALL_LINES_A_SECOND, **fields: str) -> None:
    """One line, of which so many are written in a second for each event and code."""
    kind = {"kind": (event, fields.get("code", "")), "a_second": a_second}
    log.log(level, "event=%s %s", event, " ".join(f"{name}={value}" for name, value in fields.items()), extra=kind)


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
        late = self._bridge.loop.time() - self._due
        # Whatever this one meets, there is another.
        self._look_later()
        LAG.set(late)
        for key, total in self._bridge.traffic().items():
            BYTES.labels(*key).inc(total - self._seen.get(key, 0))
            self._seen[key] = total
        for side, waiting in self._bridge.waiting_bytes().items():
            QUEUED.labels(side).set(waiting)


def exposition() -> tuple[bytes, str]:
    """The metrics of all workers, as Prometheus reads them, and their content type."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
