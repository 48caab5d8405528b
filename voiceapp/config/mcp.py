"""MCP servers whose tools the model may use, read from a TOML file (docs/tools.md)."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

from ..errors import SettingError
from ..secret import Secret
from .persona import line_of

MAX_FILE, MAX_SERVERS = 65_536, 20
# Who reaches it: this app, or the model's own server.
By = Literal["app", "upstream"]


@dataclass(frozen=True, slots=True)
class McpServer:
    """`url` or `command`. `headers` and `env`: by name. `tools`: those allowed; None: all.

    `asks`: of which tools the person is asked first; None: of all. `timeout`: of a call, in seconds.
    """

    label: str
    by: By = "app"
    url: str = ""
    command: tuple[str, ...] = ()
    headers: Mapping[str, Secret] = field(default_factory=dict)
    env: Mapping[str, Secret] = field(default_factory=dict)
    tools: tuple[str, ...] | None = None
    asks: tuple[str, ...] | None = None
    timeout: float = 30.0

    @property
    def secrets(self) -> tuple[Secret, ...]:
        return (*self.headers.values(), *self.env.values())

    def asks_for(self, tool: str) -> bool:
        """Whether the person is asked before this one runs."""
        return self.asks is None or tool in self.asks

    def shown(self) -> dict[str, Any]:
        """As the protocol lists it, for a server that reaches it by itself."""
        headers = {name: value.reveal() for name, value in self.headers.items()}
        approval: Any = "always" if self.asks is None else "never"
        if self.asks:
            approval = {"always": {"tool_names": list(self.asks)}}
            others = [name for name in self.tools or () if name not in self.asks]
            approval |= {"never": {"tool_names": others}} if others else {}
        return {
            "type": "mcp",
            "server_label": self.label,
            "server_url": self.url,
            **({"headers": headers} if headers else {}),
            **({} if self.tools is None else {"allowed_tools": list(self.tools)}),
            "require_approval": approval,
        }


def read(file: str, env: Mapping[str, str]) -> tuple[McpServer, ...]:
    """Those of the file. Raises `SettingError` naming the file, the line and the key, or a variable that is missing.

    `env`: where the values of headers and of a command's variables come from.
    """
    path = Path(file)
    try:
        if path.stat().st_size > MAX_FILE:
            raise SettingError(f"VOICEAPP_MCP: {path.name} is longer than {MAX_FILE} bytes.")
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except OSError as error:
        raise SettingError(f"VOICEAPP_MCP names {file}, which cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingError(f"VOICEAPP_MCP: {path.name} cannot be read: {error}") from None
    if len(content) > MAX_SERVERS:
        raise SettingError(f"VOICEAPP_MCP: {path.name} has more than {MAX_SERVERS} servers.")
    return tuple(_Reading(path.name, text.splitlines(), label, table, env).server() for label, table in content.items())


class _Reading:
    """One server's table."""

    def __init__(self, file: str, lines: list[str], label: str, table: Any, env: Mapping[str, str]) -> None:
        self._file, self._lines, self._label, self._env = file, lines, label, env
        self._table: Mapping[str, Any] = table if isinstance(table, dict) else {}
        if not isinstance(table, dict) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,31}", label):
            self._complain("", "must be a table, with a name of at most 32 letters, digits, - and _")

    def server(self) -> McpServer:
        for key in self._table:
            if key not in _KEYS:
                self._complain(key, f"is not known; known are {', '.join(_KEYS)}")
        url, command = self._checked("url", "", _is_url, "an address with http:// or https://"), self._command()
        by: By = self._checked("by", "app", lambda v: v in ("app", "upstream"), "app or upstream")
        if bool(url) == bool(command):
            self._complain("url", "or command must be there, and not both")
        if by == "upstream" and not url.startswith("https://"):
            self._complain("url", "must begin with https:// where the model's server reaches it")
        if (self._table.get("headers") and command) or (self._table.get("env") and url):
            self._complain("headers", "go with a url, and env with a command")
        return McpServer(
            self._label,
            by,
            url,
            command,
            self._secrets("headers"),
            self._secrets("env"),
            self._names("tools"),
            self._asks(),
            float(self._checked("timeout", 30, _is_timeout, "a number of seconds from 1 to 600")),
        )

    def _command(self) -> tuple[str, ...]:
        return tuple(self._checked("command", [], lambda v: bool(v) and _is_texts(v), "a list of a program and words"))

    def _names(self, key: str) -> tuple[str, ...] | None:
        found = self._checked(key, None, _is_texts, "a list of names of tools")
        return None if found is None else tuple(found)

    def _asks(self) -> tuple[str, ...] | None:
        found = self._checked(
            "ask", "always", lambda v: v in ("always", "never") or _is_texts(v), "always, never, or a list of tools"
        )
        return None if found == "always" else () if found == "never" else tuple(found)

    def _secrets(self, key: str) -> Mapping[str, Secret]:
        """By name: the values of the variables that the table names."""
        table = self._checked(key, {}, _is_table_of_texts, "a table of names of variables")
        found = {}
        for name, variable in table.items():
            value = self._env.get(variable, "").strip()
            if not value:
                self._complain(key, f"needs the variable {variable}, which is not set")
            found[name] = Secret(value)
        return MappingProxyType(found)

    def _checked(self, key: str, default: Any, check: Callable[[Any], bool], meaning: str) -> Any:
        value = self._table.get(key, default)
        if key in self._table and not check(value):
            self._complain(key, f"must be {meaning}")
        return value

    def _complain(self, key: str, trouble: str) -> None:
        path = (self._label, key) if key else (self._label,)
        line = line_of(self._lines, path)
        place = f"{self._file}, line {line}" if line else self._file
        raise SettingError(f"VOICEAPP_MCP: {place}: {'.'.join(path)} {trouble}.")


_KEYS = ("url", "command", "by", "headers", "env", "tools", "ask", "timeout")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _is_table_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and _is_texts(list(value.values()))


def _is_timeout(value: Any) -> bool:
    return type(value) in (int, float) and 1 <= value <= 600


def _is_url(value: Any) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
