"""How gunicorn runs VoiceApp; each setting with its reason."""

import os
import resource
import socket
import sys

from voiceapp.config.settings import Settings
from voiceapp.errors import SettingError
from voiceapp.ops import exit_deadline, garbage, lifeline, listening, metric_files, vendor
from voiceapp.ops.readiness import Readiness

try:
    _settings = Settings.from_env(os.environ)
except SettingError as error:
    sys.exit(f"VoiceApp cannot start: {error}")

# One embedded engine for all workers, and for those that take their place: whichever needs it first starts it there.
os.environ["VOICEAPP_ENGINE_KEY"] = _settings.engine_key.reveal()
if "embedded" in _settings.profiles and not _settings.engine_port:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        os.environ["VOICEAPP_ENGINE_PORT"] = str(probe.getsockname()[1])

# Others share our Redis, but not what we sign with.
_alone = bool(_settings.rules.redis_url and _settings.resume.on) and not os.environ.get("SECRET_KEY", "").strip()
# All workers must know each other's cookies; without a SECRET_KEY they hold until the next start.
os.environ["SECRET_KEY"] = _settings.secret_key.reveal()
metric_files.share(_settings.workers)
# A call is two sockets, and the usual soft limit of 1,024 files is soon reached.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(_hard, max(_soft, 65_536)), _hard))

bind = _settings.place
workers = _settings.workers
# The bridge's loop accepts and parses too: docs/architecture.md says why.
worker_class = "voiceapp.ops.gunicorn_worker.Worker"
# They answer HTTP; a call takes none.
threads = _settings.threads
keepalive = 5
# Its heartbeat, which must not wait for a disk.
worker_tmp_dir = metric_files.temporary_folder() or sys.exit(
    "VoiceApp cannot start: no folder for small temporary files can be written to. Allow /dev/shm or a small /tmp."
)
# A worker whose loop hangs is replaced.
timeout = 30
# Callers are told at once and cut after 3 s; then the process goes by itself. This is for what hangs.
graceful_timeout = 15
# A websocket is one request: recycling workers would drop every call on them.
max_requests = 0
accesslog = None
loglevel = "warning"
# Nothing here asks it anything.
control_socket_disable = True


def on_starting(server):
    """Before any worker: the browser's half of Socket.IO must be there, and what the engine's life hangs on."""
    for place in server.address:
        # Another is a socket's file, or one that is open.
        if isinstance(place, tuple) and (trouble := listening.trouble(*place)):
            sys.exit(f"VoiceApp cannot start: {trouble}")
    lifeline.create()
    try:
        vendor.fetch()
    except vendor.VendorError as error:
        sys.exit(f"VoiceApp cannot start: {error}")
    if "embedded" in _settings.profiles:
        vendor.fetch_turn_model_beside()


def when_ready(server):
    print(f"VoiceApp is at {_settings.url}", flush=True)
    if others := listening.others(_settings):
        print(others, flush=True)
    if _alone:
        print(
            "VoiceApp has no SECRET_KEY: logins, and calls whose server goes, hold for this start and machine alone",
            file=sys.stderr,
            flush=True,
        )
    for part, trouble in Readiness(_settings).voices.items():
        if trouble:
            other = "" if _settings.upstream_key else ", or set OPENAI_API_KEY"
            print(f"VoiceApp cannot use its {part}: {trouble}{other}", file=sys.stderr, flush=True)


def post_fork(server, worker):
    """Before the app is loaded."""
    metric_files.reserve(worker.pid)


def post_worker_init(worker):
    """The app is loaded, and no call has begun."""
    if worker.cfg.worker_class_str == "gthread":
        # Not above: whatever imports the metrics must do so when their folder is named, so in a worker.
        from voiceapp.web.services import services

        services(worker.wsgi).limits.capacity.take_threads(worker.cfg.threads)
    garbage.leave_to_calls()


def child_exit(server, worker):
    """A worker that died takes its part of what is going on now out of the metrics."""
    metric_files.forget(worker.pid)


def worker_exit(server, worker):
    """However the worker ends, callers are told and its threads set free."""
    # A worker whose app could not be loaded has none.
    if getattr(worker, "wsgi", None) is not None:
        from voiceapp.ops.gunicorn_worker import bridge_of

        bridge_of(worker.wsgi).stop()
    exit_deadline.end_within()


def on_exit(server):
    metric_files.remove()
