"""What every request passes before the app: is it for us, from our page, from someone who may come in, is there room?

It stands outside Flask and Socket.IO, so that a socket is refused by plain HTTP before it is upgraded.
"""

import json
import secrets
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from . import telemetry, wire
from .access import Access
from .admission import SEAT, Admission, wait_s
from .conversation.faults import Fault
from .errors import NOT_ALLOWED, WRONG_PLACE, LimitError
from .pages import HEADERS
from .rules import Rules

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

HSTS_S = 365 * 86_400
SOCKET_PATH = "/socket.io"
HEALTH_PATHS = ("/healthz", "/readyz")
# Nothing behind these needs a login: how to log in, the files that page needs, and what monitors ask.
OPEN_PATHS = ("/login", "/static/", "/worker.js", "/manifest.webmanifest", "/healthz", "/readyz", "/metrics")
_STATUS = {"busy": 503, "server_stopping": 503, "not_allowed": 401, "budget_spent": 429, "too_many_calls": 429}


class Door:
    """A WSGI application around another."""

    def __init__(self, inner: Application, rules: Rules, access: Access, admission: Admission) -> None:
        self._inner = inner
        self._rules = rules
        self._access = access
        self._admission = admission

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        environ["voiceapp.request_id"] = secrets.token_hex(4)
        self._note_scheme(environ)
        start_response = _with_headers(environ, start_response)
        path = str(environ.get("PATH_INFO", ""))
        # Health checks come by whatever name the platform likes.
        if path not in HEALTH_PATHS and not self._is_our_name(str(environ.get("HTTP_HOST", ""))):
            return refuse(environ, start_response, WRONG_PLACE, HTTPStatus.MISDIRECTED_REQUEST)
        if not self._is_our_page(environ):
            return refuse(environ, start_response, WRONG_PLACE, HTTPStatus.FORBIDDEN)
        visitor = self._access.visitor(environ)
        environ["voiceapp.visitor"] = visitor
        if visitor is None and not path.startswith(OPEN_PATHS):
            return _to_login(start_response) if path == "/" else refuse(environ, start_response, NOT_ALLOWED)
        if path.startswith(SOCKET_PATH):
            return self._socket(environ, start_response)
        return self._inner(environ, start_response)

    def _socket(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        try:
            if "transport=websocket" in str(environ.get("QUERY_STRING", "")):
                # python-engineio answers half a handshake with nothing that is HTTP.
                wire.check_upgrade(environ)
            seat = environ[SEAT] = self._admission.take_seat()
            try:
                return self._inner(environ, start_response)
            finally:
                # Where a connection outlives its request it has kept the seat.
                seat.end_request()
        except wire.UpgradeError as error:
            return _refuse_upgrade(start_response, error)
        except LimitError as error:
            return refuse(environ, start_response, error.fault)

    def _is_our_name(self, host: str) -> bool:
        hosts = self._rules.hosts
        name = host.lower() if host.endswith("]") else host.lower().rpartition(":")[0] or host.lower()
        return not hosts or any(name == each or (each[0] == "*" and name.endswith(each[1:])) for each in hosts)

    def _is_our_page(self, environ: Environ) -> bool:
        """Whether a browser's request that can do something comes from our own page. No Origin: it is no browser's."""
        origin = environ.get("HTTP_ORIGIN")
        harmless = environ.get("REQUEST_METHOD") in ("GET", "HEAD") and "HTTP_UPGRADE" not in environ
        if origin is None or harmless:
            return True
        if origin == "null" and "HTTP_UPGRADE" not in environ:
            # A form's on a page that sends no referrer; the browser itself says whose page it is.
            return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin"
        try:
            parts = urlsplit(str(origin))
        except ValueError:
            return False
        # The name the browser was given; schemes may differ where a proxy ends TLS.
        return parts.scheme in ("http", "https") and _place(parts.netloc) == _place(str(environ.get("HTTP_HOST", "")))

    def _note_scheme(self, environ: Environ) -> None:
        if self._access.is_https(environ):
            environ["wsgi.url_scheme"] = "https"
        # Believed by libraries further in, whoever wrote it.
        environ.pop("HTTP_X_FORWARDED_HOST", None)


def refuse(environ: Environ, start_response: Any, fault: Fault, status: int = 0) -> list[bytes]:
    """The answer as JSON; docs/wire.md describes it."""
    telemetry.refused(environ["voiceapp.request_id"], fault.code)
    status = HTTPStatus(status or _STATUS.get(fault.code, 403))
    body = json.dumps({"ok": False, "error": described(fault)}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    if wait_s(fault):
        headers.append(("Retry-After", str(wait_s(fault))))
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]


def _refuse_upgrade(start_response: Any, error: wire.UpgradeError) -> list[bytes]:
    body = error.message.encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body))), ("Sec-WebSocket-Version", "13")]
    start_response(f"{error.status} Refused", headers)
    return [body]


def _with_headers(environ: Environ, start_response: Any) -> Any:
    """Every answer carries the page's headers, whoever gives it; under TLS the browser is told to stay there."""
    more = {**HEADERS, "X-Request-Id": environ["voiceapp.request_id"]}
    if environ["wsgi.url_scheme"] == "https":
        more["Strict-Transport-Security"] = f"max-age={HSTS_S}"

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        there = {name.lower() for name, _ in headers}
        return start_response(status, headers + [pair for pair in more.items() if pair[0].lower() not in there], *rest)

    return start


def described(fault: Fault) -> dict[str, Any]:
    """A fault as the page is told it where no socket is open yet."""
    return {"code": fault.code, "message": fault.message, "retry": fault.retry, "after_s": wait_s(fault) or None}


def _to_login(start_response: Any) -> list[bytes]:
    start_response("303 See Other", [("Location", "/login"), ("Content-Length", "0"), ("Cache-Control", "no-store")])
    return []


def _place(netloc: str) -> str:
    """Host and port, without a port that is the scheme's own."""
    return netloc.lower().removesuffix(":80").removesuffix(":443")
