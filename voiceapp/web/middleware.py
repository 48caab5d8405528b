"""What every request passes before the app: is it for us, from our page, from someone who may come in, is there room?

It stands outside Flask and Socket.IO, so that a socket is refused by plain HTTP before it is upgraded.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from werkzeug.wrappers import Request

from ..admission.access import Access
from ..admission.capacity import Capacity, wait_s
from ..admission.proxies import Proxies
from ..config import addresses
from ..config.rules import Rules
from ..conversation.faults import Fault
from ..errors import WRONG_NAME, WRONG_PLACE, LimitError
from ..net import upgrade
from ..net.seat import SEAT
from ..ops import metrics
from ..ops.log import printable
from .pages import HEADERS

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

HSTS_S = 365 * 86_400
SOCKET_PATH = "/socket.io"
ADMISSION_PATH = "/admission"
HEALTH_PATHS = ("/healthz", "/readyz")
# Nothing behind these needs a login: how to log in, the files that page needs, and what monitors ask.
OPEN_PATHS = ("/login", "/static/", "/worker.js", "/manifest.webmanifest", "/healthz", "/readyz", "/metrics")
_STATUS = MappingProxyType(
    {"busy": 503, "server_stopping": 503, "not_allowed": 401, "budget_spent": 429, "too_many_calls": 429}
)


class Middleware:
    """A WSGI application around another. `explain` makes the page that tells a person why they are refused."""

    def __init__(
        self,
        inner: Application,
        rules: Rules,
        proxies: Proxies,
        access: Access,
        capacity: Capacity,
        explain: Callable[[Environ, str, Mapping[str, str]], bytes],
    ) -> None:
        self._inner = inner
        self._rules = rules
        self._proxies = proxies
        self._access = access
        self._capacity = capacity
        self._explain = explain

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        environ["voiceapp.request_id"] = secrets.token_hex(4)
        if self._proxies.is_https(environ):
            environ["wsgi.url_scheme"] = "https"
        start_response = _with_headers(environ, start_response)
        self._enter_prefix(environ)
        refusal = self._misplaced(environ)
        if refusal is not None:
            return self._refuse_place(environ, start_response, *refusal)
        # Believed by libraries further in, whoever wrote it.
        environ.pop("HTTP_X_FORWARDED_HOST", None)
        visitor = self._access.visitor(environ)
        environ["voiceapp.visitor"] = visitor
        path = _path(environ)
        if not path:
            return _redirect(environ, start_response, "", HTTPStatus.PERMANENT_REDIRECT)
        if visitor is None and not path.startswith(OPEN_PATHS):
            return self._refuse_stranger(environ, start_response)
        if path.rstrip("/") == SOCKET_PATH:
            return self._socket(environ, start_response)
        if path.startswith(SOCKET_PATH):
            # For python-engineio all of these are the socket's path.
            return _answer(start_response, HTTPStatus.NOT_FOUND, b"", "text/plain")
        return self._inner(environ, start_response)

    def _socket(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        try:
            # python-engineio answers half a handshake with nothing that is HTTP, and with a session that nobody ends.
            upgrade.check_upgrade(environ)
            seat = environ[SEAT] = self._capacity.take_seat(environ["voiceapp.visitor"])
            try:
                return self._inner(environ, start_response)
            finally:
                # Where a connection outlives its request it has kept the seat.
                seat.end_request()
        except upgrade.UpgradeError as error:
            metrics.refused(environ["voiceapp.request_id"], "no_upgrade", reason=error.message)
            return _refuse_upgrade(start_response, error)
        except LimitError as error:
            return refuse(environ, start_response, error.fault)

    def _enter_prefix(self, environ: Environ) -> None:
        """Have the path begin at the app, whether or not the proxy has cut off what stands before it."""
        root, cut = self._proxies.prefix(environ), environ.get("SCRIPT_NAME")
        environ["SCRIPT_NAME"] = root
        path = _path(environ)
        if root and not cut and (path == root or path.startswith(root + "/")):
            environ["PATH_INFO"] = path.removeprefix(root)

    # Is it for us, and from our page?

    def _misplaced(self, environ: Environ) -> tuple[Fault, HTTPStatus] | None:
        # Health checks come by whatever name the platform likes.
        if _path(environ) not in HEALTH_PATHS and not any(map(self._is_our_name, self._proxies.names(environ))):
            return WRONG_NAME, HTTPStatus.MISDIRECTED_REQUEST
        if not self._is_our_page(environ):
            return WRONG_PLACE, HTTPStatus.FORBIDDEN
        return None

    def _is_our_name(self, name: str) -> bool:
        hosts, host = self._rules.hosts, addresses.host(name)
        return not hosts or any(host == each or (each[0] == "*" and host.endswith(each[1:])) for each in hosts)

    def _is_our_page(self, environ: Environ) -> bool:
        """Whether a browser's request that can do something comes from our own page. No Origin: it is no browser's."""
        origin = _origin(environ)
        if origin is None:
            return True
        if origin == "null" and "HTTP_UPGRADE" not in environ:
            # A form's on a page that sends no referrer; the browser itself says whose page it is.
            return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin"
        return self._proxies.is_ours(origin, environ)

    # Refusals: worded for the person, and in the log with what was compared

    def _refuse_place(self, environ: Environ, start_response: Any, fault: Fault, status: HTTPStatus) -> list[bytes]:
        compared = {
            "host": str(environ.get("HTTP_HOST", "")),
            "origin": _origin(environ) or "",
            "forwarded_host": str(environ.get("HTTP_X_FORWARDED_HOST", "")),
        }
        proxies = str(self._proxies.trusted_hops(environ))
        metrics.refused(environ["voiceapp.request_id"], fault.code, **compared, proxies=proxies, path=_path(environ))
        shown = {name: printable(value) for name, value in compared.items()}
        if _wants_html(environ):
            why = "wrong_name" if fault is WRONG_NAME else "wrong_origin"
            page = self._explain(environ, why, shown)
            return _answer(start_response, status, page, "text/html; charset=utf-8")
        return _answer_json(start_response, status, {**described(fault), **shown})

    def _refuse_stranger(self, environ: Environ, start_response: Any) -> list[bytes]:
        if _path(environ) == "/":
            return _redirect(environ, start_response, "login", HTTPStatus.SEE_OTHER)
        fault, compared = self._access.refusal(environ)
        return refuse(environ, start_response, fault, **compared)


def _path(environ: Environ) -> str:
    return str(environ.get("PATH_INFO", ""))


def _origin(environ: Environ) -> str | None:
    """The page that asks, where its request can do something; or the one whose socket `/admission` is asked about."""
    if _path(environ) == ADMISSION_PATH:
        named = Request(environ).args.get("origin")
        if named:
            return named
    harmless = environ.get("REQUEST_METHOD") in ("GET", "HEAD") and "HTTP_UPGRADE" not in environ
    return None if harmless else environ.get("HTTP_ORIGIN")


def _wants_html(environ: Environ) -> bool:
    """Whether the answer is shown to a person: they follow a link, or send the form with the code."""
    return "HTTP_UPGRADE" not in environ and "text/html" in str(environ.get("HTTP_ACCEPT", ""))


def refuse(environ: Environ, start_response: Any, fault: Fault, **compared: str) -> list[bytes]:
    """The answer as JSON (docs/wire.md), and a line in the log with what was compared."""
    metrics.refused(environ["voiceapp.request_id"], fault.code, **compared)
    return _answer_json(start_response, HTTPStatus(_STATUS.get(fault.code, 403)), described(fault))


def _answer_json(start_response: Any, status: HTTPStatus, error: Mapping[str, Any]) -> list[bytes]:
    body = json.dumps({"ok": False, "error": error}).encode()
    waits = [("Retry-After", str(error["after_s"]))] if error["after_s"] else []
    return _answer(start_response, status, body, "application/json", waits)


def _answer(
    start_response: Any, status: HTTPStatus, body: bytes, kind: str, more: Iterable[tuple[str, str]] = ()
) -> list[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"), *more]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]


def _refuse_upgrade(start_response: Any, error: upgrade.UpgradeError) -> list[bytes]:
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


def _redirect(environ: Environ, start_response: Any, path: str, status: HTTPStatus) -> list[bytes]:
    """To a path of ours, with what was asked; from the page's own where nobody said what stands before it."""
    root = str(environ["SCRIPT_NAME"])
    query = str(environ.get("QUERY_STRING", ""))
    address = (f"{root}/{path}" if root else path) + (f"?{query}" if query else "")
    return _answer(start_response, status, b"", "text/plain", [("Location", address or "./")])
