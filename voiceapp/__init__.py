"""VoiceApp: talk to any Realtime speech-to-speech model from a browser."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from .settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The app; `app.extensions` holds its `SocketIO` as `socketio` and its bridge as `voiceapp_bridge`.

    Without `settings` they are read from the environment; raises `SettingError` naming a wrong variable.
    """
    # Imported here, so that the engine's process, which lives in this package too, does not load the web's half.
    from flask import Flask

    from . import pages, sockets
    from .bridge import Bridge
    from .settings import Settings

    settings = settings or Settings.from_env(os.environ)
    app = Flask(__name__)
    app.secret_key = settings.secret_key.reveal()
    pages.init_app(app)
    socketio = sockets.create_socketio(app)
    bridge = Bridge()
    sockets.Calls(socketio, bridge, settings)
    app.extensions["voiceapp_bridge"] = bridge
    return app
