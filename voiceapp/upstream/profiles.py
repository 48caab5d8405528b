"""Known Realtime servers: address, authentication, and what each does by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..config.settings import Settings
from ..conversation.conversation import Capabilities
from ..conversation.turn_detection import Detection, SemanticVad, ServerVad
from ..ops.readiness import has_japanese
from ..secret import Secret

# The provider recommends the first two.
_OPENAI_VOICES = ("marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")


_PROVIDERS = (".openai.com", ".azure.com", ".azure.us", ".azure.cn")


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of server: where it is, how it is asked, what it does by itself.

    `voices` and `models` may be chosen; the first is the usual one, and an empty model leaves it to the address.
    `detection`: how turns end, unless page or persona say. `languages`: those it understands and speaks, the first
    where it is told none; empty: nobody knows.
    """

    name: str
    url: str
    key_header: str
    models: tuple[str, ...]
    voices: tuple[str, ...]
    transcription_model: str | None
    capabilities: Capabilities
    detection: Detection = field(default_factory=ServerVad)
    languages: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        return self.models[0]

    @property
    def voice(self) -> str:
        return self.voices[0]


# Sources: the provider's SDKs and documentation, and recordings of live sessions, as of 2026-11.
PROFILES: Mapping[str, Profile] = MappingProxyType({
    profile.name: profile
    for profile in (
        Profile(
            "openai", "wss://api.openai.com/v1/realtime", "Authorization",
            ("gpt-realtime-2.1",), _OPENAI_VOICES, "gpt-realtime-whisper",
            Capabilities(yields=True, calls_mcp=True, sees=True),
        ),
        # The transcription model is a deployment's name too, so there is none to presume.
        Profile(
            "azure", "", "api-key", ("",), _OPENAI_VOICES, None,
            Capabilities(yields=True, calls_mcp=True, sees=True),
        ),
        Profile(
            "beta", "", "Authorization", ("",), ("alloy",), "whisper-1",
            Capabilities(shape="beta", truncates=False, reduces_noise=False, late_outputs=False),
        ),
        Profile(
            "embedded", "", "Authorization", ("companion",), ("heart", "oak"), "whisper-tiny.en",
            Capabilities(reduces_noise=False, yields=True, late_outputs=False),
            # It hears whether a sentence is over (docs/turns.md).
            SemanticVad(),
        ),
    )
})  # fmt: skip


def offered_profiles(settings: Settings) -> dict[str, Profile]:
    """The profiles that may be chosen, the usual one first, with the operator's own address, models and voices."""
    owner = next((name for name in settings.profiles if name != "embedded"), "embedded")
    return {name: _of_operator(PROFILES[name], settings, owned=name == owner) for name in settings.profiles}


def _of_operator(profile: Profile, settings: Settings, *, owned: bool) -> Profile:
    if profile.name == "embedded":
        profile = replace(profile, languages=_built_in_languages(settings))
    if not owned:
        return profile
    capabilities = profile.capabilities
    elsewhere = bool(settings.upstream_url) and not _is_providers(settings.upstream_url)
    if elsewhere:
        capabilities = replace(capabilities, yields=False, late_outputs=False, sees=False)
    if settings.upstream_yields is not None:
        capabilities = replace(capabilities, yields=settings.upstream_yields)
    if settings.upstream_pictures is not None:
        capabilities = replace(capabilities, sees=settings.upstream_pictures)
    return replace(
        profile,
        capabilities=capabilities,
        url=settings.upstream_url or profile.url,
        models=settings.models or profile.models,
        voices=settings.voices or profile.voices,
        transcription_model=settings.transcription_model or profile.transcription_model,
    )


def _built_in_languages(settings: Settings) -> tuple[str, ...]:
    """Those of the embedded engine, its usual one first."""
    found = (settings.engine_language or "en", "en", *(("ja",) if has_japanese() else ()))
    return tuple(dict.fromkeys(found))


def _is_providers(url: str) -> bool:
    """Whether its own server is there. Others may take what they are told of responses, and answer by themselves."""
    host = urlsplit(url).hostname or ""
    return host.endswith(_PROVIDERS)


def address(profile: Profile) -> str:
    """The profile's URL with the model in its query, unless the operator put one there."""
    parts = urlsplit(profile.url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if profile.model and not {"model", "deployment"} & {name for name, _ in query}:
        query.append(("model", profile.model))
    return urlunsplit(parts._replace(query=urlencode(query)))


def headers(profile: Profile, key: Secret) -> list[str]:
    if not key:
        return []
    scheme = "Bearer " if profile.key_header == "Authorization" else ""
    return [f"{profile.key_header}: {scheme}{key.reveal()}"]
