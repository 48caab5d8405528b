"""What a page shows to come back to its call: signed, for one call, its generation, and whoever is known by a name."""

import time
from hashlib import sha256
from typing import NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

from ..admission.access import Visitor
from ..errors import RESUME_REFUSED, ResumeError
from ..secret import Secret

# Longer than any call may last by default; one that is over is not come back to, however old its token is.
TOKEN_S = 24 * 3600
SALT = "voiceapp_resume"


class Ticket(NamedTuple):
    """What a token says. `worker`: the process that gave it out. `generation`: grows when another page takes over."""

    call: str
    generation: int
    worker: str


class ResumeTokens:
    """Of one process, whose name is `worker`; all processes with the same key read each other's."""

    def __init__(self, key: Secret, worker: str) -> None:
        self._signer = URLSafeTimedSerializer(key.reveal(), salt=SALT)
        self.worker = worker

    def issue(self, call: str, generation: int, visitor: Visitor) -> str:
        return str(self._signer.dumps([call, generation, self.worker, whose(visitor)]))

    def read(self, token: str, visitor: Visitor) -> Ticket:
        """Raises `ResumeError` for one that is forged, too old, or of somebody else."""
        try:
            said, issued = self._signer.loads(token, return_timestamp=True)
            call, generation, worker, owner = said
        except (BadData, TypeError, ValueError):
            raise ResumeError(RESUME_REFUSED) from None
        # One from the future is good: it is of a machine whose clock is ahead, or ours was set back.
        if owner != whose(visitor) or time.time() - issued.timestamp() > TOKEN_S:
            raise ResumeError(RESUME_REFUSED)
        return Ticket(call, generation, worker)


def whose(visitor: Visitor) -> str:
    """A digest of a person's name; nothing where only an address is known, which changes with the network."""
    return sha256(visitor.user.encode()).hexdigest()[:16] if visitor.named else ""
