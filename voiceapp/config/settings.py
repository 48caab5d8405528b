"""The environment, read once into one frozen object; an error names the variable (docs/settings.md)."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from ..errors import SettingError
from ..secret import Secret
from . import mcp, persona
from .environment import Reader as _Reader
from .mcp import McpServer
from .persona import Persona
from .resume import Resume
from .rules import Rules

_YIELDS = "VOICEAPP_UPSTREAM_YIELDS"
_PICTURES = "VOICEAPP_UPSTREAM_PICTURES"
PROFILES = ("openai", "azure", "beta", "embedded")


def _random_secret() -> Secret:
    return Secret(secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator chose; an empty address or transcription model, and no models or voices, are the profile's own.

    Of `profiles`, `models` and `voices` the first is the usual one; the page may choose among them.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    # They answer HTTP; a call takes none.
    threads: int = 8
    secret_key: Secret = field(default_factory=_random_secret)
    profiles: tuple[str, ...] = ("embedded",)
    upstream_url: str = ""
    upstream_key: Secret = field(default_factory=lambda: Secret(""))
    # Whether the server there leaves responses to us if it is told to; None: as its address lets presume.
    upstream_yields: bool | None = None
    upstream_pictures: bool | None = None
    models: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    transcription_model: str = ""
    personas: Mapping[str, Persona] = field(default_factory=persona.read_all)
    # Empty: by the page's language.
    persona: str = ""
    edit_instructions: bool = False
    # What the model may call: shipped tools, files, modules; and where the notes of the shipped one are kept.
    tools: tuple[str, ...] = ()
    mcp: tuple[McpServer, ...] = ()
    notes: str = ""
    # The built-in brain is no language model; it cannot play every part.
    has_language_model: bool = False
    chunk_ms: int = 40
    # How long a server that answers pings may take to make a session.
    ready_s: int = 120
    rules: Rules = field(default_factory=Rules)
    resume: Resume = field(default_factory=Resume)
    engine_port: int = 0
    engine_calls: int = 16
    engine_key: Secret = field(default_factory=_random_secret)
    # Read by the engine itself; here they tell which of its packages are needed.
    engine_language: str = ""
    engine_recogniser: str = ""

    @property
    def profile(self) -> str:
        """The usual one."""
        return self.profiles[0]

    @property
    def place(self) -> str:
        """Host and port as one: what gunicorn binds, and what stands in an address."""
        return _place(self.host, self.port)

    @property
    def url(self) -> str:
        """Where this machine reaches the app."""
        # Not 127.0.0.1 for all: on `::` it would not answer where the system keeps the two families apart.
        return f"http://{_place({'0.0.0.0': '127.0.0.1', '::': '::1'}.get(self.host, self.host), self.port)}"  # noqa: S104

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """All that no log may hold."""
        rules = self.rules
        codes = (rules.access_code, rules.metrics_token, rules.redis_url, self.resume.transcripts_key)
        of_servers = (secret for server in self.mcp for secret in server.secrets)
        return (self.secret_key, self.upstream_key, self.engine_key, *codes, *of_servers)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """Read the environment. Raises `SettingError` naming the first variable that is wrong."""
        reader = _Reader(env)
        profiles = _profiles(reader)
        # The one that has an address, a key and models of its own.
        profile = next((each for each in profiles if each != "embedded"), "embedded")
        host = _host(reader)
        port = reader.number("PORT", 8000, 1, 65535)
        threads = reader.number("VOICEAPP_THREADS", 8, 2, 2000)
        upstream_url = _upstream_url(reader, profile)
        upstream_key = _upstream_key(reader, profile)
        rules = Rules.read(reader, host=host, port=port, paid=bool(upstream_key))
        settings = cls(
            host=host,
            port=port,
            # Some platforms work it out from the machine's memory, and arrive at 0.
            workers=reader.number("WEB_CONCURRENCY", 1, 0, 64) or 1,
            threads=threads,
            secret_key=_secret_key(reader),
            profiles=profiles,
            upstream_url=upstream_url,
            upstream_key=upstream_key,
            upstream_yields=reader.flag(_YIELDS) if reader.text(_YIELDS) else None,
            upstream_pictures=reader.flag(_PICTURES) if reader.text(_PICTURES) else None,
            models=_models(reader, profile),
            voices=reader.names("VOICEAPP_VOICE"),
            transcription_model=reader.word("VOICEAPP_TRANSCRIPTION_MODEL"),
            **_personas(reader),
            edit_instructions=reader.flag("VOICEAPP_EDIT_INSTRUCTIONS"),
            tools=reader.parts("VOICEAPP_TOOLS"),
            mcp=_mcp(reader, env),
            notes=reader.text("VOICEAPP_NOTES"),
            has_language_model=bool(env.get("VOICEAPP_BRAIN_URL", "").strip()),
            chunk_ms=reader.number("VOICEAPP_CHUNK_MS", 40, 20, 1000),
            ready_s=reader.number("VOICEAPP_READY_SECONDS", 120, 1, 3600),
            engine_port=reader.number("VOICEAPP_ENGINE_PORT", 0, 0, 65535),
            engine_calls=reader.number("VOICEAPP_ENGINE_CALLS", 16, 1, 1000),
            engine_key=reader.secret("VOICEAPP_ENGINE_KEY") or _random_secret(),
            engine_language=reader.text("VOICEAPP_ENGINE_LANGUAGE"),
            engine_recogniser=reader.text("VOICEAPP_ENGINE_RECOGNISER_DIR"),
            rules=rules,
            resume=Resume.read(reader, has_redis=bool(rules.redis_url)),
        )
        reader.refuse_unknown()
        return settings


def _host(reader: _Reader) -> str:
    """A name or an address, an IPv6 one without its brackets."""
    host = reader.text("VOICEAPP_HOST", "0.0.0.0" if reader.text("PORT") else "127.0.0.1", longest=255)  # noqa: S104
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if ":" in bare and "%" not in bare:
        with suppress(ValueError):
            return str(IPv6Address(bare))
    elif bare == host and re.fullmatch(r"[\w.-]+", host):
        return host
    raise SettingError(f"VOICEAPP_HOST is {host!r}; it must be an address such as 0.0.0.0 or ::, without a port.")


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _profiles(reader: _Reader) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(reader.words("VOICEAPP_PROFILE")))
    for name in chosen:
        if name not in PROFILES:
            raise SettingError(f"VOICEAPP_PROFILE is {name!r}; it must be one of {', '.join(PROFILES)}.")
    if len([name for name in chosen if name != "embedded"]) > 1:
        raise SettingError(
            f"VOICEAPP_PROFILE is {', '.join(chosen)!r}; it may name one besides embedded, since there is one address."
        )
    has_upstream = any(reader.text(n) for n in ("OPENAI_API_KEY", "VOICEAPP_UPSTREAM_KEY", "VOICEAPP_UPSTREAM_URL"))
    return chosen or ("openai" if has_upstream else "embedded",)


def _mcp(reader: _Reader, env: Mapping[str, str]) -> tuple[McpServer, ...]:
    file = reader.text("VOICEAPP_MCP")
    return mcp.read(file, env) if file else ()


def _personas(reader: _Reader) -> dict[str, Any]:
    """Who may be chosen, and who usually speaks."""
    personas = persona.read_all(reader.text("VOICEAPP_PERSONAS"))
    instructions = reader.text("VOICEAPP_INSTRUCTIONS", longest=persona.MAX_INSTRUCTIONS)
    if instructions:
        personas[persona.OWN] = persona.own(instructions)
    default = reader.text("VOICEAPP_PERSONA", persona.OWN if instructions else "")
    if default and default not in personas:
        raise SettingError(f"VOICEAPP_PERSONA is {default!r}; it must be one of {', '.join(personas)}.")
    return {"personas": MappingProxyType(personas), "persona": default}


def _upstream_url(reader: _Reader, profile: str) -> str:
    url = reader.text("VOICEAPP_UPSTREAM_URL")
    if profile == "embedded" and url:
        raise SettingError("VOICEAPP_UPSTREAM_URL is set although VOICEAPP_PROFILE is embedded; remove one of them.")
    if profile in ("azure", "beta") and not url:
        raise SettingError(f"VOICEAPP_UPSTREAM_URL is missing; VOICEAPP_PROFILE={profile} needs the server's address.")
    if url:
        _check_url(url)
    return url


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("ws", "wss") and parts.hostname and parts.port != 0 and not parts.username
    except ValueError:
        sound = False
    if not sound or parts.fragment or any(c.isspace() for c in url):
        raise SettingError(
            "VOICEAPP_UPSTREAM_URL must be an address such as wss://example.com/v1/realtime, without name or key in it."
        )


def _upstream_key(reader: _Reader, profile: str) -> Secret:
    own, openai = reader.secret("VOICEAPP_UPSTREAM_KEY"), reader.secret("OPENAI_API_KEY")
    url = reader.text("VOICEAPP_UPSTREAM_URL")
    # OpenAI's key goes to OpenAI alone; any other address must be given a key on purpose.
    key = own if own or url or profile != "openai" else openai
    if profile == "openai" and not url and not key:
        raise SettingError("OPENAI_API_KEY is missing; VOICEAPP_PROFILE=openai needs a key.")
    if profile == "azure" and not key:
        raise SettingError("VOICEAPP_UPSTREAM_KEY is missing; VOICEAPP_PROFILE=azure needs the resource's key.")
    return key


def _models(reader: _Reader, profile: str) -> tuple[str, ...]:
    models = reader.names("VOICEAPP_MODEL")
    if profile == "azure" and not models:
        raise SettingError("VOICEAPP_MODEL is missing; VOICEAPP_PROFILE=azure needs the deployment's name.")
    return models


def _secret_key(reader: _Reader) -> Secret:
    key = reader.secret("SECRET_KEY")
    if key and len(key.reveal()) < 16:
        raise SettingError("SECRET_KEY is too short; it needs at least 16 characters.")
    return key or _random_secret()
