"""A whole HTTP request as a WSGI call (PEP 3333), and the whole answer it gives."""

import io
import logging
import re
import sys
from collections.abc import Callable, Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from .http_connection import Answer, Headers, HttpConnection, RefusedError, Request

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

# In the environ of an upgrade: a function that hands the client's socket over. What the application returns after it
# was called goes nowhere.
DETACH = "voiceapp.detach"
SWITCHED = Answer(101, b"Switching Protocols", [], b"")

# As a client writes a target to a proxy (RFC 9112, section 3.2.2).
_ABSOLUTE = re.compile(r"^https?://[^/?#]*/?", re.IGNORECASE)
_SOCKET_PATH = "/socket.io"
_BODILESS = frozenset({204, 304})


def is_upgrade(environ: Environ) -> bool:
    """Whether it asks for a page's socket: that is answered without waiting for anything."""
    path: str = environ["PATH_INFO"]
    return environ.get("HTTP_UPGRADE", "").lower() == "websocket" and path.rstrip("/").endswith(_SOCKET_PATH)


def environ_of(request: Request, connection: HttpConnection, scheme: Callable[[str, Request], str]) -> Environ:
    """The call's environ. `scheme` is asked with the peer's address where the connection itself is not TLS."""
    address, port = _host_and_port(connection.peer)
    name, own_port = _host_and_port(connection.server)
    target = _ABSOLUTE.sub("/", request.target.decode("ascii"))
    path, _, query = target.partition("?")
    environ: Environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": target,
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "SERVER_NAME": name,
        "SERVER_PORT": own_port,
        "REMOTE_ADDR": address,
        "REMOTE_PORT": port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if connection.secure else scheme(address, request),
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, request)
    return environ


def _add_headers(environ: Environ, request: Request) -> None:
    for name, value in request.headers:
        # X_Forwarded_For would else pass for X-Forwarded-For. The body is whole, whatever way it came.
        if b"_" in name or name in (b"content-length", b"transfer-encoding"):
            continue
        key = name.decode("ascii").upper().replace("-", "_")
        # A call keeps what its connection was asked for with, and all of them the same names.
        key = key if key == "CONTENT_TYPE" else sys.intern(f"HTTP_{key}")
        text = value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    environ["CONTENT_LENGTH"] = str(len(request.body))


def _host_and_port(address: Any) -> tuple[str, str]:
    """Of a socket's address; a Unix socket's has neither."""
    return (str(address[0]), str(address[1])) if isinstance(address, tuple) else ("", "")


def call(app: Application, environ: Environ) -> Answer:
    """What the application answers. Its failure is ours: logged, and 500. Raises `RefusedError` alone."""
    try:
        return _call(app, environ)
    except RefusedError:
        raise
    except Exception:
        log.exception("%s failed", environ["REQUEST_METHOD"])
        return _answer("500 Internal Server Error", [("Content-Length", "0")], b"")


def _call(app: Application, environ: Environ) -> Answer:
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        begun.append((status, headers))
        return written.append

    result = app(environ, start_response)
    try:
        body = b"".join([*written, *result])
    finally:
        if hasattr(result, "close"):
            result.close()
    # An upgrade begins none.
    status, headers = begun[-1] if begun else ("500 Internal Server Error", [])
    return _answer(status, headers, body)


def _answer(status: str, given: list[tuple[str, str]], body: bytes) -> Answer:
    code, _, reason = status.partition(" ")
    headers: Headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given]
    names = {name.lower() for name, _ in headers}
    if b"date" not in names:
        headers.append((b"Date", formatdate(usegmt=True).encode()))
    if b"content-length" not in names and int(code) not in _BODILESS:
        headers.append((b"Content-Length", str(len(body)).encode()))
    return Answer(int(code), (reason or HTTPStatus(int(code)).phrase).encode("latin-1"), headers, body)
