"""Who speaks: personas, read from TOML files once at the start (docs/personas.md)."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..conversation.turn_detection import Detection
from ..errors import BrowserError, SettingError
from ..wire.up import is_language, read_detection

FOLDER = Path(__file__).parents[1] / "personas"
DEFAULT = "companion"
# The persona that VOICEAPP_INSTRUCTIONS makes.
OWN = "own"
MAX_FILE, MAX_INSTRUCTIONS, MAX_GREETING, MAX_NAME, MAX_HINTS = 65_536, 20_000, 500, 200, 1_000
MAX_STARTERS, MAX_STARTER = 3, 100
MIN_SPEED, MAX_SPEED = 0.25, 1.5
_T = TypeVar("_T")
UPSTREAMS = ("openai", "azure", "beta", "embedded")


@dataclass(frozen=True, slots=True)
class Persona:
    """`names`, `about` and `starters` by language; `voices` and `detections` by kind of upstream.

    `starters`: what the person may begin with, as they would say it; `simple_starters`: with no language model.

    `detection`: of all other kinds. Empty or None where the file does not say.
    """

    id: str
    names: Mapping[str, str]
    instructions: str = field(repr=False)
    about: Mapping[str, str] = field(default_factory=dict)
    starters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    simple_starters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    language: str = ""
    greeting: str = field(default="", repr=False)
    speed: float = 1.0
    # Without a language model nobody can play this part.
    needs_model: bool = False
    voices: Mapping[str, str] = field(default_factory=dict)
    detection: Detection | None = None
    detections: Mapping[str, Detection] = field(default_factory=dict)
    transcription_language: str | None = None
    hints: str = ""
    # By name; None: all that are offered.
    tools: tuple[str, ...] | None = None

    def name_in(self, language: str) -> str:
        return _in(self.names, language, "")

    def about_in(self, language: str) -> str:
        return _in(self.about, language, "")

    def starters_in(self, language: str) -> tuple[str, ...]:
        return _in(self.starters, language, ())

    def simple_starters_in(self, language: str) -> tuple[str, ...]:
        return _in(self.simple_starters or self.starters, language, ())

    @property
    def opening(self) -> str:
        """What the model is told for its first response; empty where the person is to speak first."""
        if not self.greeting:
            return ""
        return (
            f"{self.instructions}\n\nThe call begins now, and you speak first. Say just this and then wait for the "
            f"answer: {self.greeting}"
        )


def _in(texts: Mapping[str, _T], language: str, none: _T) -> _T:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), none)


def own(instructions: str) -> Persona:
    """The operator's, from a setting alone: it waits for the person to speak."""
    names = {
        "en": "This server’s assistant",
        "es": "Asistente de este servidor",
        "ja": "標準のアシスタント",
    }
    return Persona(OWN, names, instructions)


def read_all(folder: str = "") -> dict[str, Persona]:
    """The installed personas and those of the operator's folder, which win, by id. Raises `SettingError`."""
    found = _read_folder(FOLDER)
    if folder:
        if not Path(folder).is_dir():
            raise SettingError(f"VOICEAPP_PERSONAS is {folder!r}; it must be a folder that exists.")
        found |= _read_folder(Path(folder))
    if all(persona.needs_model for persona in found.values()):
        raise SettingError("VOICEAPP_PERSONAS replaces every persona that needs no language model; keep one of them.")
    return found


def _read_folder(folder: Path) -> dict[str, Persona]:
    return {persona.id: persona for persona in map(read, sorted(folder.glob("*.toml")))}


def read(file: Path) -> Persona:
    """The persona of one file, with the file's name as its id. Raises `SettingError` naming file, line and key."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", file.stem) or file.stem == OWN:
        raise SettingError(
            f"{file.name}: a persona's file has a name of small letters, digits, - and _, and not {OWN}."
        )
    try:
        if file.stat().st_size > MAX_FILE:
            raise SettingError(f"{file.name} is longer than {MAX_FILE} bytes.")
        text = file.read_text(encoding="utf-8")
        return _Reading(file.name, text, tomllib.loads(text)).persona(file.stem)
    except (OSError, ValueError) as error:
        raise SettingError(f"{file.name} cannot be read: {error}") from None


class _Reading:
    """One file being read: every error names the line."""

    def __init__(self, file: str, text: str, content: Mapping[str, Any]) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._content = content

    def persona(self, identifier: str) -> Persona:
        self._check_known((), self._content, _KEYS)
        for name in ("name", "instructions"):
            if name not in self._content:
                raise SettingError(f"{self._file}: {name} is missing.")
        return Persona(
            id=identifier,
            names=self._texts("name"),
            about=self._texts("about"),
            starters=self._starters("starters"),
            simple_starters=self._starters("simple_starters"),
            language=self._language(("language",)) or "",
            instructions=self._text(("instructions",), MAX_INSTRUCTIONS).strip(),
            greeting=self._text(("greeting",), MAX_GREETING).strip(),
            speed=self._speed(),
            needs_model=self._checked(("needs_model",), False, lambda v: type(v) is bool, "true or false"),
            voices=self._voices(),
            tools=self._tools(),
            **self._turns(),
            **self._transcription(),
        )

    def _texts(self, key: str) -> Mapping[str, str]:
        """One text for all languages, or a table of them."""
        value = self._content.get(key, {})
        if isinstance(value, str):
            return {"en": self._text((key,), MAX_NAME)}
        return {language: self._text((key, language), MAX_NAME) for language in self._languages(key)}

    def _languages(self, key: str) -> tuple[str, ...]:
        """Those of a table of texts."""
        table = self._table(key, None)
        for language in table:
            if not is_language(language):
                self._complain((key, language), "is no language tag such as en or ja")
        return tuple(table)

    def _starters(self, key: str) -> Mapping[str, tuple[str, ...]]:
        """Some for all languages, or a table of them."""
        if isinstance(self._content.get(key), list):
            return {"en": self._some((key,))}
        return {language: self._some((key, language)) for language in self._languages(key)}

    def _some(self, path: tuple[str, ...]) -> tuple[str, ...]:
        fits: Callable[[Any], bool] = lambda v: isinstance(v, str) and 0 < len(v.strip()) <= MAX_STARTER  # noqa: E731
        are: Callable[[Any], bool] = lambda v: isinstance(v, list) and len(v) <= MAX_STARTERS and all(map(fits, v))  # noqa: E731
        return tuple(self._checked(path, (), are, f"up to {MAX_STARTERS} texts of 1 to {MAX_STARTER} characters"))

    def _voices(self) -> Mapping[str, str]:
        names = self._table("voice", UPSTREAMS)
        sound = re.compile(r"[\w.:-]{1,64}").fullmatch
        is_name: Callable[[Any], bool] = lambda v: isinstance(v, str) and sound(v) is not None  # noqa: E731
        return {kind: self._checked(("voice", kind), "", is_name, "a voice's name") for kind in names}

    def _tools(self) -> tuple[str, ...] | None:
        is_names: Callable[[Any], bool] = lambda v: isinstance(v, list) and all(isinstance(each, str) for each in v)  # noqa: E731
        found = self._checked(("tools",), None, is_names, "a list of names of tools")
        return None if found is None else tuple(found)

    def _turns(self) -> dict[str, Any]:
        """How turns end, and how with some kinds of upstream."""
        turn = self._table("turn", None)
        own = {kind: table for kind, table in turn.items() if isinstance(table, dict)}
        self._check_known(("turn",), own, UPSTREAMS)
        usual = {key: value for key, value in turn.items() if key not in own}
        return {
            "detection": self._detection(("turn",), usual) if usual else None,
            "detections": {kind: self._detection(("turn", kind), table) for kind, table in own.items()},
        }

    def _detection(self, path: tuple[str, ...], turn: Mapping[str, Any]) -> Detection:
        try:
            return read_detection(turn)
        except BrowserError as error:
            found = re.search(r"turn(?:\.| has no field ')(\w+)", error.fault.message)
            raise SettingError(f"{self._place((*path, found[1] if found else ''))}: {error.fault.message}.") from None

    def _transcription(self) -> dict[str, Any]:
        self._table("transcription", ("language", "hints"))
        return {
            "transcription_language": self._language(("transcription", "language")),
            "hints": self._text(("transcription", "hints"), MAX_HINTS).strip(),
        }

    def _speed(self) -> float:
        is_speed: Callable[[Any], bool] = lambda v: type(v) in (int, float) and MIN_SPEED <= v <= MAX_SPEED  # noqa: E731
        return float(self._checked(("speed",), 1.0, is_speed, f"a number from {MIN_SPEED} to {MAX_SPEED}"))

    def _language(self, path: tuple[str, ...]) -> str | None:
        found: str | None = self._checked(path, None, is_language, "a language tag such as en or ja")
        return found

    def _text(self, path: tuple[str, ...], longest: int) -> str:
        is_text: Callable[[Any], bool] = lambda v: isinstance(v, str) and 0 < len(v.strip()) <= longest  # noqa: E731
        return str(self._checked(path, "", is_text, f"text of 1 to {longest} characters"))

    def _table(self, key: str, known: tuple[str, ...] | None) -> Mapping[str, Any]:
        table = self._content.get(key, {})
        if not isinstance(table, dict):
            self._complain((key,), "must be a table")
        if known is not None:
            self._check_known((key,), table, known)
        return dict(table)

    def _checked(self, path: tuple[str, ...], default: Any, check: Callable[[Any], bool], meaning: str) -> Any:
        value: Any = self._content
        for key in path:
            if key not in value:
                return default
            value = value[key]
        if not check(value):
            self._complain(path, f"must be {meaning}")
        return value

    def _check_known(self, path: tuple[str, ...], table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                self._complain((*path, key), f"is not known; known are {', '.join(known)}")

    def _complain(self, path: tuple[str, ...], trouble: str) -> None:
        raise SettingError(f"{self._place(path)}: {'.'.join(path)} {trouble}.")

    def _place(self, path: tuple[str, ...]) -> str:
        line = line_of(self._lines, path)
        return f"{self._file}, line {line}" if line else self._file


_KEYS = (
    "name", "about", "language", "instructions", "greeting", "speed", "needs_model", "voice", "turn", "transcription",
    "tools", "starters", "simple_starters",
)  # fmt: skip


def line_of(lines: list[str], path: tuple[str, ...]) -> int:
    """Where a key stands in a TOML file, from 1; 0 where it is not found. tomllib does not tell."""
    table, key = ".".join(path[:-1]), re.escape(path[-1])
    within = ""
    for number, line in enumerate(lines, 1):
        header = re.match(r"\s*\[\s*([\w.\"-]+)\s*\]", line)
        if header:
            within = header[1].replace('"', "")
            if within == ".".join(path):
                return number
        elif within == table and re.match(rf"\s*\"?{key}\"?\s*[.=]", line):
            return number
        elif within == "" and table and re.match(rf"\s*{re.escape(table)}\s*=.*\b{key}\b", line):
            # An inline table.
            return number
    return 0
