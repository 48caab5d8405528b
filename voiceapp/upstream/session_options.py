"""What a page may choose from, and the session that its choice becomes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..config.persona import DEFAULT, Persona
from ..config.settings import Settings
from ..conversation.dialects import SessionConfig
from ..conversation.functions import Function
from ..conversation.turn_detection import Detection
from ..errors import BrowserError, SettingError
from ..wire import up
from .profiles import Profile, offered_profiles

# Of these a session is made; whatever else the page chooses can change while it goes on.
SESSION_FIELDS = frozenset({"persona", "profile", "model", "voice", "instructions"})


@dataclass(frozen=True, slots=True)
class Plan:
    """A session to be opened; its profile's default model is the chosen one.

    `talk`: role and text of a talk that goes on with it.
    """

    profile: Profile
    persona: str
    config: SessionConfig
    talk: tuple[tuple[str, str], ...] = ()


class SessionOptions:
    """What the operator lets a page choose."""

    def __init__(self, settings: Settings, functions: Iterable[Function] = ()) -> None:
        """`functions`: what the model may be offered. Raises `SettingError` for a persona that names another."""
        self.profiles = offered_profiles(settings)
        # Whether any of them can be shown pictures.
        self.sees = any(profile.capabilities.sees for profile in self.profiles.values())
        self._functions = {each.name: each for each in functions}
        self._servers = tuple(server.shown() for server in settings.mcp if server.by == "upstream")
        for persona in settings.personas.values():
            self._check_tools(persona)
        self._personas = settings.personas
        self._default = settings.persona
        self._edit = settings.edit_instructions
        self._has_brain = settings.has_language_model

    def plan(self, fields: Mapping[str, Any]) -> Plan:
        """The session for checked fields of a `start`. Raises `BrowserError` naming what is not offered."""
        profile = self._profile(fields)
        persona = self._persona(fields, profile)
        if "instructions" in fields:
            if not self._edit:
                raise BrowserError("instructions cannot be changed on this server")
            persona = replace(persona, instructions=fields["instructions"].strip(), greeting="")
        config = SessionConfig(
            voice=self._voice(fields, profile, persona),
            instructions=persona.instructions,
            transcription_model=profile.transcription_model,
            language=fields.get("language", persona.transcription_language),
            detection=up.detection_of(fields) or _detection(profile, persona),
            hints=persona.hints,
            speed=persona.speed,
            confirms=bool(up.confirms_in(fields)),
            yields=profile.capabilities.yields,
            opening=persona.opening if fields.get("greet", True) else "",
            noise=fields.get("noise", "near") if profile.capabilities.reduces_noise else None,
            functions=self._tools_of(persona),
            servers=self._servers if profile.capabilities.calls_mcp and persona.tools is None else (),
        )
        talk = tuple((part["role"], part["text"]) for part in fields.get("talk", ()))
        return Plan(profile, persona.id, config, talk)

    def _check_tools(self, persona: Persona) -> None:
        for name in persona.tools or ():
            if name not in self._functions:
                known = ", ".join(self._functions) or "none"
                raise SettingError(f"{persona.id}.toml: tools names {name!r}; VOICEAPP_TOOLS offers {known}.")

    def _tools_of(self, persona: Persona) -> tuple[Function, ...]:
        if persona.tools is None:
            return tuple(self._functions.values())
        return tuple(self._functions[name] for name in persona.tools)

    def _profile(self, fields: Mapping[str, Any]) -> Profile:
        profile = self.profiles[_one_of("profile", fields, tuple(self.profiles))]
        return replace(profile, models=(_one_of("model", fields, profile.models),))

    def _persona(self, fields: Mapping[str, Any], profile: Profile) -> Persona:
        able = [name for name, persona in self._personas.items() if self._can_play(profile, persona)]
        default = self._default if self._default in able else DEFAULT if DEFAULT in able else able[0]
        return self._personas[_one_of("persona", fields, (default, *able))]

    def _can_play(self, profile: Profile, persona: Persona) -> bool:
        return not persona.needs_model or profile.name != "embedded" or self._has_brain

    def _voice(self, fields: Mapping[str, Any], profile: Profile, persona: Persona) -> str:
        own = persona.voices.get(profile.name, "")
        default = own if own in profile.voices else profile.voice
        return _one_of("voice", fields, (default, *profile.voices))

    # For the page

    def default_persona(self, language: str) -> str:
        """Who speaks where nobody was chosen: the operator's choice, else one of the page's language."""
        profile = next(iter(self.profiles.values()))
        able = {
            name: each
            for name, each in self._personas.items()
            if self._can_play(profile, each) and not _is_mute(profile, each)
        }
        if self._default in able:
            return self._default
        fitting = (name for name, each in able.items() if each.language == language)
        return next(fitting, DEFAULT if DEFAULT in able else next(iter(able)))

    def shown(self, language: str) -> dict[str, Any]:
        """All that can be chosen, as the page lists it; instructions only where they may be changed."""
        personas = (self._shown_persona(persona, language) for persona in self._personas.values())
        return {
            "profiles": list(self.profiles.values()),
            "personas": [each for each in personas if each["profiles"]],
            "default_persona": self.default_persona(language),
            "edit_instructions": self._edit,
            "tools": bool(self._functions or self._servers),
            "pictures": self.sees,
        }

    def _shown_persona(self, persona: Persona, language: str) -> dict[str, Any]:
        able = [profile for profile in self.profiles.values() if self._can_play(profile, persona)]
        heard = [profile for profile in able if not _is_mute(profile, persona)]
        return {
            "id": persona.id,
            "name": persona.name_in(language),
            "about": persona.about_in(language),
            "spoken": _spoken(persona),
            "starters": {each.name: self._starters(each, persona, language) for each in able},
            "profiles": [each.name for each in heard or able],
            "instructions": persona.instructions if self._edit else "",
            "turns": {
                name: up.write_detection(_detection(profile, persona)) for name, profile in self.profiles.items()
            },
        }

    def _starters(self, profile: Profile, persona: Persona, language: str) -> tuple[str, ...]:
        """In the page's language, if it is understood; where rules answer, what they know, as they are spoken to."""
        usual, *others = profile.languages or (language,)
        if profile.name != "embedded" or self._has_brain:
            return persona.starters_in(language if language in others else usual)
        wanted = _spoken(persona) or language
        spoken = wanted if wanted in others else usual
        return persona.simple_starters_in(spoken) or self._personas[DEFAULT].simple_starters_in(spoken)


def _spoken(persona: Persona) -> str:
    """The language it is spoken to in; empty: that of whoever speaks."""
    return (persona.transcription_language or persona.language).partition("-")[0].lower()


def _is_mute(profile: Profile, persona: Persona) -> bool:
    """Whether the server would answer in another language than this persona's."""
    spoken = _spoken(persona)
    return bool(profile.languages and spoken) and spoken not in profile.languages


def _detection(profile: Profile, persona: Persona) -> Detection:
    """How turns end where the person has not chosen."""
    return persona.detections.get(profile.name) or persona.detection or profile.detection


def _one_of(field: str, fields: Mapping[str, Any], offered: tuple[str, ...]) -> str:
    """The chosen one, or the first."""
    chosen: str = fields.get(field, offered[0])
    if chosen not in offered:
        raise BrowserError(f"{field} must be one of {', '.join(dict.fromkeys(offered))}")
    return chosen
