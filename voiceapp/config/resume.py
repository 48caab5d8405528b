"""Whether a call outlives its page's connection and its server, as the operator set it (docs/settings.md)."""

import binascii
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from importlib.util import find_spec

from ..errors import SettingError
from ..secret import Secret
from .environment import Reader

DEFAULT_GRACE_S, SHORTEST_GRACE_S, LONGEST_GRACE_S = 30, 5, 600
# https://github.com/fernet/spec/blob/master/Spec.md: 128 bits that sign and 128 that encrypt.
_KEY_BYTES = 32
_MAKE_KEY = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"


@dataclass(frozen=True, slots=True)
class Resume:
    """`on`: a page may come back to its call, within `grace_s` seconds; without it nothing of a call is kept for that.

    `share_transcripts`: finished items lie in Redis for an hour, so that another worker can go on with the call;
    encrypted where there is a `transcripts_key`.
    """

    on: bool = True
    grace_s: int = DEFAULT_GRACE_S
    share_transcripts: bool = False
    transcripts_key: Secret = field(default_factory=lambda: Secret(""))

    @classmethod
    def read(cls, reader: Reader, *, has_redis: bool) -> "Resume":
        """Raises `SettingError` naming the first variable that is wrong."""
        resume = cls(
            on=reader.flag("VOICEAPP_RESUME", "yes"),
            grace_s=reader.number("VOICEAPP_GRACE_SECONDS", DEFAULT_GRACE_S, SHORTEST_GRACE_S, LONGEST_GRACE_S),
            share_transcripts=reader.flag("VOICEAPP_SHARE_TRANSCRIPTS"),
            transcripts_key=_transcripts_key(reader),
        )
        if resume.share_transcripts and not resume.on:
            raise SettingError("VOICEAPP_SHARE_TRANSCRIPTS is yes although VOICEAPP_RESUME is no; change one of them.")
        if resume.share_transcripts and not has_redis:
            raise SettingError("VOICEAPP_SHARE_TRANSCRIPTS is yes, but REDIS_URL is missing: they are shared in Redis.")
        return resume


def _transcripts_key(reader: Reader) -> Secret:
    name = "VOICEAPP_TRANSCRIPTS_KEY"
    key = reader.secret(name)
    if not key:
        return key
    try:
        size = len(urlsafe_b64decode(key.reveal()))
    except binascii.Error:
        size = 0
    if size != _KEY_BYTES:
        raise SettingError(f"{name} must be 32 bytes in URL-safe base64. Make one with: {_MAKE_KEY}")
    if find_spec("cryptography") is None:
        raise SettingError(
            f"{name} is set, but the cryptography package is missing. Run: pip install -r requirements-redis.txt"
        )
    return key
