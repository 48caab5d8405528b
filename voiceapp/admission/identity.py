"""Whose browser it is, by a cookie of its own: the same person at every login, with any access code."""

import secrets
from contextlib import suppress

from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from ..secret import Secret

COOKIE = "voiceapp_visitor"
# Browsers keep none for longer (RFC 6265bis).
COOKIE_S = 400 * 86_400


class Identity:
    """Signed random names. Nobody can choose one, and none says who the person is."""

    def __init__(self, key: Secret) -> None:
        self._signer = URLSafeSerializer(key.reveal(), salt=COOKIE)

    def of(self, cookies: MultiDict[str, str]) -> str:
        """The person of a browser that was here before, or a new one."""
        # One for another path of this host may have the same name.
        for value in cookies.getlist(COOKIE):
            with suppress(BadData):
                return str(self._signer.loads(value))
        return secrets.token_urlsafe(9)

    def cookie(self, person: str) -> str:
        return str(self._signer.dumps(person))
