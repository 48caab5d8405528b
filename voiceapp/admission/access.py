"""Who may come in: holders of the access code, people a trusted proxy names, or everyone where there is no rule."""

import hmac
import logging
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from unicodedata import normalize

from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

# Not werkzeug.http's, which raises on what is not UTF-8.
from werkzeug.sansio.http import parse_cookie

from ..config import addresses
from ..config.rules import Rules
from ..conversation.faults import Fault
from ..errors import NOT_ALLOWED, NOT_NAMED
from ..secret import Secret
from .proxies import Environ, Proxies, peer
from .quota_store import QuotaStore

log = logging.getLogger(__name__)

COOKIE = "voiceapp_access"
COOKIE_S = 12 * 3600
WRONG_TRIES_A_MINUTE = 5
# Of all together, where an undeclared proxy speaks for them: whom it names is told apart, but not believed.
WRONG_TRIES_BEHIND_ONE = 60
_LONGEST_NAME = 128
# How the name of a visitor begins who has none.
BY_ADDRESS = "address:"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. `user` is whom the budgets count for: a name from the proxy, a login, or else the address.

    `lasting`: it is the same tomorrow, whatever the browser forgets.
    """

    user: str
    address: str
    lasting: bool = True

    @property
    def named(self) -> bool:
        """Whether it is known by more than an address."""
        return not self.user.startswith(BY_ADDRESS)

    @property
    def alias(self) -> str:
        """A name for the log that does not tell who it is."""
        return sha256(self.user.encode()).hexdigest()[:8]


class Access:
    """Whether a request may come in. Its methods are called on the server's threads."""

    def __init__(self, rules: Rules, proxies: Proxies, key: Secret, quota_store: QuotaStore) -> None:
        self._rules = rules
        self._proxies = proxies
        self._quota_store = quota_store
        self._key = key.reveal().encode()
        self._code = self._digest(_typed(rules.access_code.reveal()))
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
            return Visitor(BY_ADDRESS + address, address)
        login = self._login(environ)
        return Visitor(f"login:{login}", address, lasting=False) if login else None

    def address(self, environ: Environ) -> str:
        """Where the request comes from, as the limits count it."""
        return addresses.rate_limit_key(self._proxies.client(environ))

    def refusal(self, environ: Environ) -> tuple[Fault, dict[str, str]]:
        """Why somebody may not come in, and what that was judged by."""
        cookies = "refused" if _cookies(environ).getlist(COOKIE) else "none"
        compared = {"login": cookies} if self.asks_for_code else {}
        if self._rules.trusted_proxies:
            trusted = "yes" if self._proxies.is_trusted(environ) else "no"
            compared |= {"peer": peer(environ), "trusted": trusted, "missing": self._rules.user_header}
        return NOT_ALLOWED if self.asks_for_code else NOT_NAMED, compared

    # The access code

    def may_try(self, environ: Environ) -> bool:
        """Whether whoever asks has a try left in this minute."""
        return all(self._quota_store.may_try("wrong-code", whom, maximum) for whom, maximum in self._tries(environ))

    def is_code(self, given: str, environ: Environ) -> bool:
        """Compared in constant time, as digests so that the length does not show either."""
        right = self.asks_for_code and hmac.compare_digest(self._digest(_typed(given)), self._code)
        if not right:
            for whom, maximum in self._tries(environ):
                self._quota_store.count_try("wrong-code", whom, maximum)
            log.warning("somebody tried a wrong access code")
        return right

    def _tries(self, environ: Environ) -> list[tuple[str, int]]:
        """Whom a try counts for, and how many each has."""
        address, unverified_client = self.address(environ), self._proxies.unverified_client(environ)
        if not unverified_client:
            return [(address, WRONG_TRIES_A_MINUTE)]
        one = f"{address} for {addresses.rate_limit_key(unverified_client)}"
        return [(one, WRONG_TRIES_A_MINUTE), (address, WRONG_TRIES_BEHIND_ONE)]

    def new_cookie(self, person: str) -> str:
        """A signed value that lets its holder in for `COOKIE_S` seconds, as this person."""
        return str(self._signer.dumps(person))

    # How someone is known

    def _login(self, environ: Environ) -> str:
        if not self.asks_for_code:
            return ""
        # Another app of the same host, or an earlier path of ours, may have left one of the same name.
        for value in _cookies(environ).getlist(COOKIE):
            with suppress(BadData):
                return str(self._signer.loads(value, max_age=COOKIE_S))
        return ""

    def _named_by_proxy(self, environ: Environ) -> str:
        if not self._proxies.is_trusted(environ):
            return ""
        header = "HTTP_" + self._rules.user_header.upper().replace("-", "_")
        return str(environ.get(header, "")).strip()[:_LONGEST_NAME]

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")


def _typed(code: str) -> str:
    """The code in one form: keyboards write が with one character or two, and Latin letters also in full width."""
    return normalize("NFKC", code).strip()


def _cookies(environ: Environ) -> MultiDict[str, str]:
    return parse_cookie(str(environ.get("HTTP_COOKIE", "")))
