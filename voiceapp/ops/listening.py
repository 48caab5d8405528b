"""Where to listen: said to be taken before gunicorn tries it again and again."""

import errno
import os
import socket

from ..config.settings import Settings

# A server that takes another's place, and systemd, hand on sockets that listen already.
_HANDED_ON = ("GUNICORN_FD", "LISTEN_FDS")


def trouble(host: str, port: int) -> str:
    """Why nobody can listen there; empty where one can."""
    if any(os.environ.get(name) for name in _HANDED_ON):
        return ""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return _why(error, host, port)
    return ""


def others(settings: Settings) -> str:
    """Who else reaches the app than this machine; empty where it listens at one address."""
    if settings.host not in ("0.0.0.0", "::"):  # noqa: S104
        return ""
    who = "with an access code or by a proxy" if settings.rules.restricted else "without an access code"
    return f"VoiceApp listens on all addresses of this machine: others come in {who}"


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken by another program. Set PORT to another one, such as PORT={port % 65535 + 1}."
    return f"it cannot listen at {host}, port {port}: {error.strerror}. Set VOICEAPP_HOST or PORT otherwise."
