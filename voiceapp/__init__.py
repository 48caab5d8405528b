"""VoiceApp: talk to any Realtime speech-to-speech model from a browser."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .config.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The app; `app.extensions` holds its `SocketIO` as `socketio` and its `Services` as `voiceapp`.

    Without `settings` they are read from the environment; raises `SettingError` naming a wrong variable.
    """
    # Imported here, so that the engine's process, which lives in this package too, does not load the web's half.
    from flask import Flask

    from .admission.access import Access
    from .admission.budgets import Budgets
    from .admission.capacity import Capacity
    from .admission.identity import Identity
    from .admission.proxies import Proxies
    from .admission.quota_store import QuotaStore
    from .call.limits import Limits
    from .call.registry import Registry
    from .call.resume_token import ResumeTokens
    from .call.shared import Shared
    from .config.settings import Settings
    from .net.bridge import Bridge
    from .net.http_connection import MAX_BODY_BYTES
    from .net.redis_connection import RedisConnection
    from .ops import metrics
    from .ops.log import write_log
    from .ops.readiness import Readiness
    from .page import sockets
    from .store.call_store import CallStore
    from .store.memory_backend import MemoryBackend
    from .store.redis_backend import RedisBackend
    from .tools.start import tool_runner
    from .upstream.connector import Connector
    from .upstream.engine_process import Engine
    from .upstream.session_options import SessionOptions
    from .web import health, login, pages, services
    from .web.middleware import Middleware

    settings = settings or Settings.from_env(os.environ)
    write_log(settings.secrets)
    app = Flask(__name__)
    app.secret_key = settings.secret_key.reveal()
    # Our worker reads no more; other servers would put it on the disk.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    pages.init_app(app)
    app.register_blueprint(login.login)
    app.register_blueprint(health.health)
    socketio = sockets.create_socketio(app, settings.rules.browser_message_bytes)
    rules, bridge = settings.rules, Bridge()
    redis = RedisConnection(rules.redis_url.reveal()) if rules.redis_url else None
    quota_store = QuotaStore(redis)
    proxies = Proxies(rules)
    access = Access(rules, proxies, settings.secret_key, quota_store)
    limits = Limits(bridge, rules, Capacity(rules), Budgets(rules, quota_store))
    tools = tool_runner(settings.tools, settings.notes, settings.mcp)
    options = SessionOptions(settings, tools.offers if tools else ())
    shared = (settings.engine_port, settings.engine_key, settings.engine_calls)
    engine = Engine(bridge, *shared) if "embedded" in options.profiles else None
    connector = Connector(bridge, settings.upstream_key, engine, rules.upstream_message_bytes)
    version = pages.static_files(app).version
    worker, resume = secrets.token_hex(4), settings.resume
    tokens, grace_s = ResumeTokens(settings.secret_key, worker), resume.grace_s if resume.on else 0
    backend = RedisBackend(worker, redis, resume.transcripts_key) if redis is not None else MemoryBackend(worker)
    store = CallStore(bridge, backend) if resume.on else None
    shared_by_calls = Shared(
        connector,
        settings.chunk_ms,
        version,
        settings.ready_s,
        tokens,
        grace_s,
        share=resume.share_transcripts,
        tools=tools,
    )
    registry = Registry(shared_by_calls, limits, store)
    sockets.PageConnections(socketio, registry, limits, options)
    if tools is not None:
        bridge.at_stop(tools.stop)
    if engine is not None:
        # When the calls have ended.
        bridge.at_stop(engine.stop)
    metrics.BridgeWatch(bridge).attach()
    explain = login.explainer(app)
    app.wsgi_app = Middleware(  # type: ignore[method-assign]
        app.wsgi_app, rules, proxies, access, limits.capacity, explain
    )
    identity, readiness = Identity(settings.secret_key), Readiness(settings)
    app.extensions[services.NAME] = services.Services(
        settings, bridge, access, identity, redis, limits, registry, options, readiness
    )
    return app
