"""The server's half of a WebSocket handshake: is the request one, and what is it answered (RFC 6455, section 4.2)."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha1

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # section 1.3


class UpgradeError(ValueError):
    """A request that cannot become a WebSocket. `status` is the HTTP answer; 426 needs a Sec-WebSocket-Version: 13."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def accept_key(key: str) -> str:
    """The Sec-WebSocket-Accept that proves we read the Sec-WebSocket-Key (section 4.2.2)."""
    return b64encode(sha1((key + _GUID).encode(), usedforsecurity=False).digest()).decode()


def check_upgrade(environ: Mapping[str, object]) -> str:
    """The Sec-WebSocket-Key of a WSGI request for a WebSocket (section 4.2.1), or UpgradeError."""
    if environ.get("REQUEST_METHOD") != "GET":
        raise UpgradeError(400, "a WebSocket begins with GET")
    if "websocket" not in _tokens(environ, "HTTP_UPGRADE"):
        raise UpgradeError(426, "the Upgrade header does not ask for websocket")
    if "upgrade" not in _tokens(environ, "HTTP_CONNECTION"):
        raise UpgradeError(400, "the Connection header does not say upgrade")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        raise UpgradeError(426, "only version 13 is spoken")
    key = str(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""))
    if not _is_key(key):
        raise UpgradeError(400, "the Sec-WebSocket-Key is not 16 bytes in base64")
    return key


def upgrade_response(key: str) -> bytes:
    """The answer that makes the connection a WebSocket (section 4.2.2)."""
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
    ).encode()


def _tokens(environ: Mapping[str, object], header: str) -> set[str]:
    return {token.strip().lower() for token in str(environ.get(header, "")).split(",")}


def _is_key(key: str) -> bool:
    try:
        return len(b64decode(key, validate=True)) == 16
    except ValueError:
        return False
