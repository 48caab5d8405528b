"""Health, metrics and admission over HTTP: does it take calls, what are its numbers, is there room for one more?"""

import hmac
from typing import Any

from flask import Blueprint, Response, current_app, request

from ..admission.proxies import peer
from ..call.limits import Limits
from ..config.addresses import is_loopback
from ..errors import LimitError
from ..ops import metrics
from .middleware import described
from .services import services

health = Blueprint("health", __name__)


@health.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """Whether this worker takes calls; which parts work, and why one does not."""
    app = services(current_app)
    readiness, redis = app.readiness, app.redis
    trouble = redis.look() if redis is not None else ""
    troubles = readiness.troubles(accepting=not _limits().capacity.stopping, redis=trouble)
    ready = readiness.is_ready(troubles)
    told = {
        "status": "ready" if ready else "not ready",
        "parts": {part: not trouble for part, trouble in troubles.items()},
        "reasons": {part: trouble for part, trouble in troubles.items() if trouble},
    }
    return told, 200 if ready else 503


@health.get("/metrics")
def metrics_page() -> Response:
    if not _may_read_metrics():
        return Response("Forbidden\n", 403, content_type="text/plain")
    body, content_type = metrics.exposition()
    return Response(body, content_type=content_type)


@health.get("/admission")
def admission() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Whether a call could begin now, and if not, why: a refused socket cannot tell its page.

    What the middleware would refuse is refused there; so is a socket of the page that `?origin=` names.
    """
    limits = _limits()
    fault = limits.capacity.obstacle()
    if fault is None:
        try:
            limits.budgets.check(request.environ["voiceapp.visitor"])
        except LimitError as error:
            fault = error.fault
    headers = {"Cache-Control": "no-store"}
    if fault is None:
        return {"ok": True}, 200, headers
    told = described(fault)
    if told["after_s"]:
        headers["Retry-After"] = str(told["after_s"])
    return {"ok": False, "error": told}, 429 if fault.code == "budget_spent" else 503, headers


def _may_read_metrics() -> bool:
    token = _limits().rules.metrics_token.reveal()
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # Through a proxy everyone would come from loopback.
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return is_loopback(peer(request.environ)) and not forwarded


def _limits() -> Limits:
    return services(current_app).limits
