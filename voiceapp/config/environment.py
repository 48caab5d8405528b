"""Reads environment variables: typed and bounded; an error names the variable."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import MappingProxyType

from ..errors import SettingError
from ..secret import Secret

Network = IPv4Network | IPv6Network
_MAPPED = IPv6Network("::ffff:0:0/96")
# Read by the engine's own process, which inherits our environment.
ENGINE_PREFIXES = ("VOICEAPP_ENGINE_", "VOICEAPP_BRAIN_")
# What Kubernetes and Docker links set for each service beside us, under a name made of the service's:
# https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
# https://docs.docker.com/engine/network/links/#environment-variables
_OF_A_SERVICE = re.compile(
    r"(_[A-Z0-9]+)*_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR|START|END))?)"
)
_OF_A_SERVICE_BY_VALUE = MappingProxyType(
    {
        "_PORT": re.compile(r"(tcp|udp|sctp)://[^\s/]+:[0-9]+"),
        "_NAME": re.compile(r"/[\w.-]+/[\w.-]+"),
    }
)
_OF_A_LINK = re.compile(r"(_[A-Z0-9]+)*_ENV_\w+")


def _check_word(name: str, value: str) -> None:
    if not re.fullmatch(r"[\w.:/@-]{0,200}", value):
        raise SettingError(f"{name} is {value!r}; it may hold letters, digits and . : / @ _ - only.")


def is_service_link(name: str, value: str, env: Mapping[str, str]) -> bool:
    """Whether a variable tells of a service called voiceapp, or voiceapp-something, and is no setting of ours.

    `env` is where it stands: a link's copies of another container's variables come with the link's own name.
    """
    rest = name.removeprefix("VOICEAPP")
    if rest == name:
        return False
    ending = next((ending for ending in _OF_A_SERVICE_BY_VALUE if rest.endswith(ending)), "")
    if ending and _OF_A_SERVICE_BY_VALUE[ending].fullmatch(value):
        return True
    if _OF_A_LINK.fullmatch(rest):
        link = f"{name.partition('_ENV_')[0]}_NAME"
        return is_service_link(link, env.get(link, ""), {})
    return bool(_OF_A_SERVICE.fullmatch(rest))


class Reader:
    """Typed, bounded reading of variables; an empty one counts as not set, and so does a service's address."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = {name: value for name, value in env.items() if not is_service_link(name, value.strip(), env)}
        self._asked: set[str] = set()

    def text(self, name: str, default: str = "", longest: int = 2000) -> str:
        self._asked.add(name)
        value = self._env.get(name, "").strip()
        if len(value) > longest:
            raise SettingError(
                f"{name} is too long: it has {len(value)} characters, and at most {longest} are allowed."
            )
        return value or default

    def has(self, name: str) -> bool:
        """Whether somebody else's variable is there, which is no setting of ours."""
        return bool(self._env.get(name, "").strip())

    def number(self, name: str, default: int, minimum: int, maximum: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,9}", value) or not minimum <= int(value) <= maximum:
            raise SettingError(f"{name} is {value!r}; it must be a whole number from {minimum} to {maximum}.")
        return int(value)

    def money(self, name: str) -> float:
        """An amount from 0 (no limit) to a million."""
        value = self.text(name, "0")
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", value):
            raise SettingError(f"{name} is {value!r}; it must be an amount such as 5 or 0.50.")
        return float(value)

    def word(self, name: str) -> str:
        value = self.text(name, longest=200)
        _check_word(name, value)
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """Names of models or voices, each once."""
        found = tuple(dict.fromkeys(self.words(name)))
        for value in found:
            _check_word(name, value)
        return found

    def flag(self, name: str, default: str = "no") -> bool:
        """`yes` or `no`."""
        value = self.text(name, default)
        if value not in ("yes", "no"):
            raise SettingError(f"{name} is {value!r}; it must be yes or no.")
        return value == "yes"

    def words(self, name: str) -> tuple[str, ...]:
        """Words divided by commas or spaces."""
        return tuple(filter(None, re.split(r"[,\s]+", self.text(name))))

    def parts(self, name: str) -> tuple[str, ...]:
        """What stands between commas, such as the names of files, each once."""
        return tuple(dict.fromkeys(filter(None, (part.strip() for part in self.text(name).split(",")))))

    def networks(self, name: str) -> tuple[Network, ...]:
        """Addresses, or networks such as 10.0.0.0/8."""
        found: list[Network] = []
        for word in self.words(name):
            try:
                network = ip_network(word)
            except ValueError:
                raise SettingError(
                    f"{name} holds {word!r}; it must be a list of networks such as 10.0.0.0/8."
                ) from None
            if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
                # IPv4 in the form of an IPv6 socket; addresses are compared as IPv4.
                network = IPv4Network((network.network_address.packed[-4:], network.prefixlen - 96))
            found.append(network)
        return tuple(found)

    def secret(self, name: str) -> Secret:
        value = self.text(name)
        if not value.isascii() or any(c.isspace() or not c.isprintable() for c in value):
            raise SettingError(f"{name} must be plain ASCII without spaces or line breaks; check how it was copied.")
        return Secret(value)

    def phrase(self, name: str) -> Secret:
        """A secret that people type, from the variable or from the file that NAME_FILE names."""
        given, file = self.text(name), self.text(f"{name}_FILE")
        if given and file:
            raise SettingError(f"{name} and {name}_FILE are both set; remove one of them.")
        if file:
            return Secret(self._first_line(f"{name}_FILE", Path(file)))
        return Secret(given)

    def _first_line(self, name: str, file: Path) -> str:
        try:
            lines = file.read_text(encoding="utf-8").strip().splitlines()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise SettingError(f"{name} names a file that cannot be read: {reason}.") from None
        if not lines:
            raise SettingError(f"{name} names a file that is empty.")
        return lines[0].strip()

    def refuse_unknown(self) -> None:
        """A misspelt setting would otherwise be ignored in silence."""
        for name in sorted(self._env):
            if name.startswith("VOICEAPP_") and name not in self._asked and not name.startswith(ENGINE_PREFIXES):
                raise SettingError(
                    f"{name} is not a setting of VoiceApp. Correct or remove it; docs/settings.md lists all settings."
                )
