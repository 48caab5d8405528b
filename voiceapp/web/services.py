"""The app's parts in one typed object, for its HTTP pages, its server and its tests."""

from dataclasses import dataclass

from flask import Flask

from ..admission.access import Access
from ..admission.identity import Identity
from ..call.limits import Limits
from ..call.registry import Registry
from ..config.settings import Settings
from ..net.bridge import Bridge
from ..net.redis_connection import RedisConnection
from ..ops.readiness import Readiness
from ..upstream.session_options import SessionOptions

NAME = "voiceapp"


@dataclass(frozen=True, slots=True)
class Services:
    """Made once by `create_app`; kept in `app.extensions`."""

    settings: Settings
    bridge: Bridge
    access: Access
    identity: Identity
    redis: RedisConnection | None
    limits: Limits
    registry: Registry
    options: SessionOptions
    readiness: Readiness


def services(app: Flask) -> Services:
    """Those of the app."""
    found: Services = app.extensions[NAME]
    return found
