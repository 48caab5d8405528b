"""IP addresses, origins and paths in the one form in which they are compared and counted."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from .environment import Network

_PREFIX = re.compile(r"(?:/[A-Za-z0-9_~.-]+)+")
# The first parts of the app's own paths: under one of these no address could be told from another.
OWN_PATHS = frozenset({
    "admission", "healthz", "login", "manifest.webmanifest", "metrics", "readyz", "socket.io", "static", "worker.js",
})  # fmt: skip


def parse(address: str) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one that came through an IPv6 socket (`::ffff:1.2.3.4`) as IPv4; None where it is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    parsed = parse(address)
    return parsed is not None and any(parsed in network for network in networks)


def is_local(address: str) -> bool:
    """Whether it is of this machine or of a private network: a proxy's, more often than a caller's."""
    parsed = parse(address)
    return parsed is not None and not parsed.is_global


def is_loopback(host: str) -> bool:
    parsed = parse(host)
    return host == "localhost" or (parsed is not None and parsed.is_loopback)


def rate_limit_key(address: str) -> str:
    """What counts as one address: an IPv6 customer holds a whole /64."""
    parsed = parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed.packed, 64), strict=False))
    return str(parsed or address)


def parse_forwarded(hop: str) -> str:
    """The address in an entry of X-Forwarded-For, which some proxies write with a port; empty where there is none."""
    for candidate in (hop, hop.partition("]")[0].removeprefix("["), hop.rpartition(":")[0]):
        parsed = parse(candidate)
        if parsed is not None:
            return str(parsed)
    return ""


def origin(text: str) -> tuple[str, str] | None:
    """Scheme and `place` of an origin; None for what no page of a web server has."""
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        return None
    return (parts.scheme, place(parts.netloc)) if sound else None


def place(netloc: str) -> str:
    """Host and port, without a port that is a scheme's own: schemes may differ where a proxy ends TLS."""
    return netloc.lower().removesuffix(":80").removesuffix(":443")


def host(netloc: str) -> str:
    """The name without its port; an IPv6 address in brackets, and any address in its shortest form."""
    netloc = netloc.lower()
    # Without brackets a port cannot be told from the last part of an address.
    name = netloc if parse(netloc) else re.sub(r":[0-9]*$", "", netloc)
    parsed = parse(name.removeprefix("[").removesuffix("]"))
    if parsed is None:
        return name.removesuffix(".")
    return f"[{parsed}]" if isinstance(parsed, IPv6Address) else str(parsed)


def idna_host(netloc: str) -> str:
    """The name as browsers send it: `日本語.example` goes out as `xn--wgv71a119e.example`.

    Raises `UnicodeError` for what is no name. Meant for what an operator wrote: a long one takes long.
    """
    return netloc if netloc.isascii() else netloc.encode("idna").decode()


def prefix(path: str) -> str:
    """A path that an app can live under, such as `/voice`; empty for the root and for what is no such path."""
    path = path.rstrip("/")
    parts = path.split("/")[1:]
    sound = _PREFIX.fullmatch(path) and len(path) <= 200 and not {".", ".."} & set(parts)
    return path if sound and parts[0] not in OWN_PATHS else ""
