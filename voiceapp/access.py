"""Who may come in: holders of the access code, people a trusted proxy names, or everyone where there is no rule."""

import hmac
import logging
import secrets
from dataclasses import dataclass
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie

from itsdangerous import BadSignature, URLSafeTimedSerializer

from . import addresses
from .addresses import Environ
from .environment import Secret
from .ledger import Ledger
from .rules import Rules

log = logging.getLogger(__name__)

COOKIE = "voiceapp_access"
COOKIE_S = 12 * 3600
WRONG_TRIES_A_MINUTE = 5
_LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `user` is whom the budgets count for: a name from the proxy, a login, or else the address."""

    user: str
    address: str

    @property
    def alias(self) -> str:
        """A name for the log that does not tell who it is."""
        return sha256(self.user.encode()).hexdigest()[:8]


class Access:
    """The rule at the door. Its methods are called on the server's threads."""

    def __init__(self, rules: Rules, key: Secret, ledger: Ledger) -> None:
        self._rules = rules
        self._ledger = ledger
        self._key = key.reveal().encode()
        self._code = self._digest(rules.access_code.reveal())
        # The signature hangs on the code too: a new code makes every cookie worthless.
        self._signer = URLSafeTimedSerializer(self._digest("cookie:" + rules.access_code.reveal()).hex(), salt=COOKIE)

    @property
    def asks_for_code(self) -> bool:
        return bool(self._rules.access_code)

    def visitor(self, environ: Environ) -> Visitor | None:
        """Who this is; None for someone who may not come in."""
        address = self.address(environ)
        named = self._named_by_proxy(environ)
        if named:
            return Visitor(f"proxy:{named}", address)
        if not self._rules.restricted:
            return Visitor(f"address:{address}", address)
        login = self._login(environ)
        return Visitor(f"login:{login}", address) if login else None

    def address(self, environ: Environ) -> str:
        """Where the request comes from, as the limits count it."""
        proxies = self._rules.proxies
        if proxies == 0 and addresses.is_in(addresses.peer(environ), self._rules.trusted_proxies):
            proxies = 1
        return addresses.household(addresses.client(environ, proxies))

    def is_https(self, environ: Environ) -> bool:
        """Whether the browser speaks TLS: to us, or to a proxy of the operator's that says so."""
        if environ.get("wsgi.url_scheme") == "https":
            return True
        trusted = self._rules.proxies > 0 or addresses.is_in(addresses.peer(environ), self._rules.trusted_proxies)
        return trusted and str(environ.get("HTTP_X_FORWARDED_PROTO", "")).rpartition(",")[2].strip() == "https"

    # The access code

    def may_try(self, address: str) -> bool:
        """Whether this address has a try left in this minute."""
        return self._ledger.may_try("wrong-code", address, WRONG_TRIES_A_MINUTE)

    def is_code(self, given: str, address: str) -> bool:
        """Compared in constant time, as digests so that the length does not show either."""
        right = self.asks_for_code and hmac.compare_digest(self._digest(given.strip()), self._code)
        if not right:
            self._ledger.count_try("wrong-code", address, WRONG_TRIES_A_MINUTE)
            log.warning("a wrong access code was tried")
        return right

    def new_cookie(self) -> str:
        """A signed value that lets its holder in for `COOKIE_S` seconds."""
        return str(self._signer.dumps(secrets.token_urlsafe(9)))

    # How someone is known

    def _login(self, environ: Environ) -> str:
        if not self.asks_for_code:
            return ""
        cookies = SimpleCookie()
        try:
            cookies.load(str(environ.get("HTTP_COOKIE", "")))
            found = cookies.get(COOKIE)
            return str(self._signer.loads(found.value, max_age=COOKIE_S)) if found else ""
        except (CookieError, BadSignature):
            return ""

    def _named_by_proxy(self, environ: Environ) -> str:
        if not addresses.is_in(addresses.peer(environ), self._rules.trusted_proxies):
            return ""
        header = "HTTP_" + self._rules.user_header.upper().replace("-", "_")
        return str(environ.get(header, "")).strip()[:_LONGEST_NAME]

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")
