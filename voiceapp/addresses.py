"""Where a request comes from, behind proxies of the operator's own or none."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from .environment import Network

Environ = Mapping[str, Any]


def peer(environ: Environ) -> str:
    """The other end of the TCP connection."""
    return str(environ.get("REMOTE_ADDR") or "")


def is_in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def client(environ: Environ, proxies: int) -> str:
    """The client's address: the entry of X-Forwarded-For that the outermost of `proxies` wrote.

    What stands before that entry the client may have written itself. A shorter list, or no address there, means that
    the proxies were gone around: then the peer counts.
    """
    if proxies == 0:
        return peer(environ)
    hops = [hop.strip() for hop in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    if len(hops) < proxies:
        return peer(environ)
    return _address(hops[-proxies]) or peer(environ)


def household(address: str) -> str:
    """What counts as one address: an IPv6 customer holds a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)


def _address(hop: str) -> str:
    """The address in a hop, which some proxies write with a port."""
    for candidate in (hop, hop.partition("]")[0].removeprefix("["), hop.rpartition(":")[0]):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return ""
