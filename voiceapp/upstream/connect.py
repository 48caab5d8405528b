"""Connects to a Realtime server: DNS, proxies, TLS and the WebSocket handshake, in a thread."""

import asyncio
import json
import logging
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import websocket

from ..conversation import faults
from ..conversation.faults import Fault
from ..errors import UpstreamError
from ..net.bridge import Bridge
from ..secret import Secret
from . import error_redaction
from .profiles import Profile, address, headers
from .trust import Trust

log = logging.getLogger(__name__)

CONNECT_S = 10.0
SILENT_LOSS_MS = 20_000


async def connect(bridge: Bridge, profile: Profile, key: Secret, trust: Trust) -> socket.socket:
    """A socket on which the WebSocket handshake is done. Raises `UpstreamError`.

    websocket-client does it (proxies, TLS, headers) in a thread of the bridge's. Redirects are not followed: it would
    hand the key to their target. A handshake that dribbles is cut at the deadline by shutting its socket down.
    """
    connection = websocket.WebSocket(skip_utf8_validation=True, enable_multithread=False, sockopt=_socket_options())
    attempt = bridge.handshakes.submit(_handshake, connection, profile, key, trust)
    outcome = asyncio.wrap_future(attempt)
    # Nobody may be left to be told of it.
    outcome.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        return await asyncio.wait_for(asyncio.shield(outcome), CONNECT_S)
    except asyncio.CancelledError:
        _abandon(connection, attempt)
        raise
    except TimeoutError:
        _abandon(connection, attempt)
        raise UpstreamError(faults.UNREACHABLE) from None


def proxy_options(url: str) -> dict[str, Any]:
    """What websocket-client is told of proxies, for an address that is to be reached without one; else nothing.

    It reads `http_proxy` and its like by itself, but excepts loopback no longer, and of `no_proxy` knows neither ports
    nor upper case. Its own exceptions count only beside a proxy that is named, so one is named that is never asked.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    place = f"[{host}]" if ":" in host else host
    if not is_loopback(host) and not proxy_bypass(f"{place}:{parts.port or ''}".removesuffix(":")):
        return {}
    return {"http_proxy_host": host, "http_proxy_port": parts.port or 443, "http_no_proxy": [host]}


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine itself (RFC 6761 for names)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _handshake(connection: websocket.WebSocket, profile: Profile, key: Secret, trust: Trust) -> socket.socket:
    url = address(profile)
    try:
        if url.startswith("wss:"):
            connection.sock_opt.sslopt = {"context": trust.context()}
        connection.connect(  # type: ignore[no-untyped-call]
            url,
            header=headers(profile, key),
            timeout=CONNECT_S,
            suppress_origin=True,
            redirect_limit=0,
            **proxy_options(url),
        )
    except websocket.WebSocketBadStatusException as error:
        # Of the answer no more than its status and its body's own words: the text around them holds headers.
        log.warning("upstream refused: status %s, %s", error.status_code, explained(error.resp_body))
        after_s = retry_after_s((error.resp_headers or {}).get("retry-after", ""), time.time())
        raise UpstreamError(refusal(error.status_code, error.resp_body), after_s) from None
    except (websocket.WebSocketException, OSError, ValueError) as error:
        log.warning("upstream unreachable: %s, %s", urlsplit(url).hostname, _reason(error))
        raise UpstreamError(faults.UNREACHABLE) from None
    if connection.sock is None:
        # The deadline passed in the very moment the handshake ended.
        raise UpstreamError(faults.UNREACHABLE)
    return connection.sock


def _reason(error: Exception) -> str:
    """For the log; without what a peer or a proxy wrote."""
    if isinstance(error, websocket.WebSocketAddressException):
        return "there is no such name, or no DNS that knows it"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def refusal(status: int, body: bytes | str | None) -> Fault:
    """Why the upgrade was refused: the body's error code where it is one we know, else the HTTP status."""
    fault = faults.of_code(_error(body).get("code", ""))
    return faults.of_status(status) if fault is faults.FAILED else fault


def retry_after_s(header: str, now: float) -> float:
    """Seconds that a `Retry-After` asks for (RFC 9110, 10.2.3: seconds or a date); 0 where it asks for nothing.

    `now`: in unix seconds.
    """
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, OverflowError):
        return 0.0


def explained(body: bytes | str | None) -> str:
    """The error in the body, for the log."""
    error = _error(body)
    return error_redaction.explain(error.get("code", ""), error.get("message", ""), error.get("param", ""))


def _error(body: bytes | str | None) -> dict[str, str]:
    """The texts of the body's error object; a body that has none has no texts."""
    try:
        error = json.loads(body or "")["error"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    return {name: text for name, text in error.items() if isinstance(text, str)} if isinstance(error, dict) else {}


def _abandon(connection: websocket.WebSocket, attempt: "Future[socket.socket]") -> None:
    # In the thread that makes it: the loop may have ended by then.
    attempt.add_done_callback(_close_late)
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _close_late(attempt: "Future[socket.socket]") -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()


def _socket_options() -> list[tuple[int, int, int]]:
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_LOSS_MS))
    return options
