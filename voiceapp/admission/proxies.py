"""What proxies in front say of a request: who asks, by which name, over TLS, and under which path.

Believed are those that the operator declares (`VOICEAPP_PROXIES`, `VOICEAPP_TRUSTED_PROXIES`) and a platform's router.
"""

import logging
from collections.abc import Mapping
from typing import Any

from ..config import addresses
from ..config.rules import Rules

log = logging.getLogger(__name__)

Environ = Mapping[str, Any]


class Proxies:
    """Reads a request as the operator's proxies describe it. Its only state is whether it has warned."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._warned = False

    def trusted_hops(self, environ: Environ) -> int:
        """How many proxies in front of this request are the operator's own."""
        if self._rules.proxies == 0 and self.is_trusted(environ):
            return 1
        return self._rules.proxies

    def is_trusted(self, environ: Environ) -> bool:
        """Whether the other end is one of `VOICEAPP_TRUSTED_PROXIES`."""
        return addresses.is_in(peer(environ), self._rules.trusted_proxies)

    # Who asks

    def client(self, environ: Environ) -> str:
        """The client's address: what the outermost of our proxies saw.

        What stands before that entry the client may have written itself. A shorter list, or no address there, means
        that the proxies were gone around: then the peer counts.
        """
        trusted_hops, header, hops = self.trusted_hops(environ), self._rules.client_header, _hops(environ)
        said = addresses.parse_forwarded(_header(environ, header).strip()) if header else ""
        if said:
            return said
        if trusted_hops == 0 and self.unverified_client(environ):
            self._warn(peer(environ))
        # Nobody goes around a platform's router.
        at = min(trusted_hops, len(hops)) if header else trusted_hops
        return (addresses.parse_forwarded(hops[-at]) if 0 < at <= len(hops) else "") or peer(environ)

    def unverified_client(self, environ: Environ) -> str:
        """Whom a proxy that nobody declared says it speaks for; empty where nothing speaks for a proxy.

        Not to be believed: good for telling people apart, not for letting anybody in.
        """
        other_end = peer(environ)
        # A Unix socket has no address.
        if self.trusted_hops(environ) or (other_end and not addresses.is_local(other_end)):
            return ""
        hops = _hops(environ)
        return addresses.parse_forwarded(hops[-1]) if hops else ""

    def _warn(self, proxy: str) -> None:
        if not self._warned:
            self._warned = True
            log.warning(
                "requests come through a proxy (X-Forwarded-For from %s) that VOICEAPP_PROXIES does not declare: all "
                "callers count as one address, and cookies are not marked Secure. Set VOICEAPP_PROXIES to the number "
                "of proxies in front (docs/operations.md)",
                proxy or "a Unix socket",
            )

    # How it was reached

    def is_https(self, environ: Environ) -> bool:
        """Whether the browser speaks TLS: to us, or to a proxy that says so."""
        if environ.get("wsgi.url_scheme") == "https":
            return True
        return self._outermost(environ, "X-Forwarded-Proto").lower() == "https"

    def names(self, environ: Environ) -> tuple[str, ...]:
        """Host and port by which the request reached us, and by which it reached our proxies."""
        host = str(environ.get("HTTP_HOST", ""))
        forwarded, port = self._outermost(environ, "X-Forwarded-Host"), self._outermost(environ, "X-Forwarded-Port")
        outer = forwarded or host
        with_port = f"{addresses.host(outer)}:{port}" if port.isdecimal() else ""
        return tuple(dict.fromkeys(filter(None, (forwarded, host, with_port)))) or ("",)

    def is_ours(self, origin: str, environ: Environ) -> bool:
        """Whether a page of this origin is our own: it names the host that was asked, or the operator declared it."""
        named = addresses.origin(origin)
        if named is None:
            return False
        if named in self._rules.origins:
            return True
        places = {addresses.place(name) for name in self.names(environ)}
        # A proxy often drops the port that it was asked on ($host of nginx does): then its name stands for all ports.
        return named[1] in places or (self.trusted_hops(environ) > 0 and addresses.host(named[1]) in places)

    def prefix(self, environ: Environ) -> str:
        """The path the app lives under, such as `/voice`; empty at the root. A value that is no such path is none."""
        by_server = addresses.prefix(str(environ.get("SCRIPT_NAME", "")))
        by_proxy = addresses.prefix(self._outermost(environ, "X-Forwarded-Prefix"))
        return by_server or by_proxy or self._rules.prefix

    def _outermost(self, environ: Environ, name: str) -> str:
        """What the outermost of our proxies wrote; a list may be shorter, for many proxies replace what is there."""
        values, trusted_hops = _values(environ, name), self.trusted_hops(environ)
        return values[-min(trusted_hops, len(values))] if trusted_hops and values else ""


def peer(environ: Environ) -> str:
    """The other end of the TCP connection."""
    address = str(environ.get("REMOTE_ADDR") or "")
    return str(addresses.parse(address) or address)


def _header(environ: Environ, name: str) -> str:
    return str(environ.get("HTTP_" + name.upper().replace("-", "_"), ""))


def _values(environ: Environ, name: str) -> list[str]:
    # Not as a list of quoted strings: a client's quote would swallow what our proxies wrote behind it.
    return [value.strip() for value in _header(environ, name).split(",") if value.strip()]


def _hops(environ: Environ) -> list[str]:
    return _values(environ, "X-Forwarded-For")
