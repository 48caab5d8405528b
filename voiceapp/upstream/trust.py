"""Whose certificates are believed: those of the system, read once."""

import os
import ssl
import threading
from pathlib import Path

# A file or a folder in place of the system's, as websocket-client reads it.
BUNDLE = "WEBSOCKET_CLIENT_CA_BUNDLE"


class Trust:
    """Of a worker. A system's bundle takes 20 ms to read and 0.9 MB to hold, which each connection would pay again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """For servers that are checked by their name. Callable from any thread. Raises `OSError` for a bad bundle."""
        with self._lock:
            if self._context is None:
                self._context = _read()
            return self._context


def _read() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bundle = os.environ.get(BUNDLE)
    if bundle and Path(bundle).is_file():
        context.load_verify_locations(cafile=bundle)
    elif bundle and Path(bundle).is_dir():
        context.load_verify_locations(capath=bundle)
    else:
        context.load_default_certs()
    return context
