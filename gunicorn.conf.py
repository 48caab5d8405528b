"""How gunicorn runs VoiceApp; each setting with its reason."""

import os
import signal
import socket
import sys
import threading

from voiceapp import vendor
from voiceapp.errors import SettingError
from voiceapp.settings import Settings

try:
    _settings = Settings.from_env(os.environ)
except SettingError as error:
    sys.exit(f"VoiceApp cannot start: {error}")

if _settings.workers > 1 and not _settings.engine_port:
    # So that all workers share one embedded engine: whichever needs it first starts it there.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        os.environ["VOICEAPP_ENGINE_PORT"] = str(probe.getsockname()[1])
    os.environ["VOICEAPP_ENGINE_KEY"] = _settings.engine_key.reveal()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.workers
worker_class = "gthread"
# A call's thread sleeps while the bridge serves its socket; the others answer HTTP.
threads = _settings.threads
worker_connections = threads + 500
# A worker whose main loop hangs is replaced; long calls are no hang, since that loop does not serve them.
timeout = 30
# By then every caller was told to go; see post_worker_init.
graceful_timeout = 5
# A websocket is one request: recycling workers would drop every call on them.
max_requests = 0
accesslog = None
loglevel = "warning"


def on_starting(server):
    """Before any worker: the browser's half of Socket.IO must be there."""
    try:
        vendor.fetch()
    except vendor.VendorError as error:
        sys.exit(f"VoiceApp cannot start: {error}")


def when_ready(server):
    host = "127.0.0.1" if _settings.host in ("0.0.0.0", "::") else _settings.host
    print(f"VoiceApp is at http://{host}:{_settings.port}", flush=True)


def post_worker_init(worker):
    """On SIGTERM gunicorn waits for the sleeping threads of calls; the bridge ends the calls, so that they wake."""
    leave = worker.handle_exit

    def handle_exit(signum, frame):
        threading.Thread(target=_stop_bridge, args=(worker,), daemon=True).start()
        leave(signum, frame)

    signal.signal(signal.SIGTERM, handle_exit)


def worker_exit(server, worker):
    """However the worker ends, its threads must be free to."""
    _stop_bridge(worker)


def _stop_bridge(worker):
    if getattr(worker, "wsgi", None) is not None:
        worker.wsgi.extensions["voiceapp_bridge"].stop()
