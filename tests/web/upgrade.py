"""Asking for a socket as a browser does, and no more."""

import contextlib
import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit


def upgrade_status(url: str, headers: Mapping[str, str], path: str = "/socket.io/?EIO=4&transport=websocket") -> int:
    """The status that a request for a socket is answered with; 101: it was given one."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    with contextlib.closing(line):
        line.request("GET", path, headers={**upgrade, **headers})
        return line.getresponse().status
