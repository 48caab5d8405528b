"""gunicorn's worker for VoiceApp: what it serves lives on the bridge's loop, and its own thread only waits for the end.

It is built on gunicorn's base class (`init_process`, `run`, `notify`, the signal handlers) and uses none of gunicorn's
HTTP. Under gunicorn's own threaded worker the app works too; there every call takes a thread.
"""

import os
import select
import ssl
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

from gunicorn.workers.base import Worker as BaseWorker

from ..config import addresses
from ..net.bridge import Bridge
from ..net.http_connection import Answer, Request
from ..net.http_server import HttpServer

BEAT_S = 1.0


def bridge_of(app: Any) -> Bridge:
    """The app's own, on which its calls live: they must not be served from another thread.

    In place of a module that cannot be imported gunicorn gives a bare function that says so (`--reload`), which any
    bridge serves.
    """
    extensions = getattr(app, "extensions", None)
    if extensions is None:
        return Bridge()
    found: Bridge = extensions["voiceapp"].bridge
    return found


class Worker(BaseWorker):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alive: bool
        self._bridge: Bridge | None = None

    def run(self) -> None:
        """Serve until told to go; then tell every caller, and be gone."""
        self._bridge = bridge = bridge_of(self.wsgi)
        bridge.start()
        server = HttpServer(
            bridge,
            self.wsgi,
            threads=self.cfg.threads,
            keepalive_s=self.cfg.keepalive,
            scheme=self._scheme,
            tls=self._tls(),
            access_log=self._log_access,
            counted=self._count,
        )
        bridge.at_stop(server.stop)
        # Before the first of these gunicorn does not know since when one that hangs has been silent.
        bridge.run(self._beat)
        bridge.run(server.listen, self.sockets)
        while self.alive and bridge.running and self.ppid == os.getppid():
            self._sleep()
        self.alive = False
        # Whoever comes now is to reach another worker.
        bridge.run(server.refuse)
        self.stop_calls()

    def stop_calls(self) -> None:
        """The bridge tells every caller and ends the calls. Harmless if done twice."""
        if self._bridge is not None:
            self._bridge.stop()

    def _sleep(self) -> None:
        """Until a signal comes, or for a moment."""
        with suppress(OSError, ValueError):
            if select.select([self.PIPE[0]], [], [], BEAT_S)[0]:
                os.read(self.PIPE[0], 512)

    def _wake(self) -> None:
        with suppress(OSError):
            os.write(self.PIPE[1], b"1")

    # On the loop

    def _beat(self) -> None:
        """gunicorn replaces a worker that does not say so often that it lives. It does while its loop does."""
        if self._bridge is not None and self.alive:
            self._bridge.loop.call_later(BEAT_S, self._beat)
            self.notify()

    def _count(self) -> None:
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Autorestarting worker after current requests.")
            self.alive = False
            self._wake()

    # What gunicorn's settings say

    def _scheme(self, address: str, request: Request) -> str:
        """By the headers of the proxies named in `forwarded_allow_ips`; others' are not believed."""
        trusted = self.cfg.forwarded_allow_ips
        networks = tuple(ip_network(each) for each in trusted if each != "*")
        if "*" in trusted or not address or addresses.is_in(address, networks):
            for name, value in self.cfg.secure_scheme_headers.items():
                if request.header(name.lower().encode()) == value.encode():
                    return "https"
        return "http"

    def _tls(self) -> ssl.SSLContext | None:
        if not self.cfg.is_ssl:
            return None
        from gunicorn.sock import ssl_context

        context: ssl.SSLContext = ssl_context(self.cfg)
        return context

    def _log_access(self, environ: dict[str, Any], answer: Answer, seconds: float) -> None:
        response = SimpleNamespace(
            status=f"{answer.status} {answer.reason.decode('latin-1')}",
            sent=len(answer.body),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers],
        )
        headers = [(key[5:].replace("_", "-"), value) for key, value in environ.items() if key.startswith("HTTP_")]
        self.log.access(response, SimpleNamespace(headers=headers), environ, timedelta(seconds=seconds))
