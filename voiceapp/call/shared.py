"""What all calls of a worker share."""

from collections.abc import Callable
from dataclasses import dataclass

from ..store.record import Record
from ..tools.interfaces import Runner
from ..upstream.connector import Connector
from .resume_token import ResumeTokens


@dataclass(frozen=True, slots=True)
class Shared:
    """`version`: of the page's files; `ready_s`: how long a server may load.

    `grace_s`: how long a call waits for a page whose line was lost; 0: not at all, and there are no tokens. `changed`:
    told the id of a call whose record is another by now; `share`: what is said is part of it. `released`: told the
    record of a call that others may go on with. `tools`: what runs the functions that the model calls.
    """

    connector: Connector
    chunk_ms: int
    version: str
    ready_s: float
    tokens: ResumeTokens
    grace_s: int = 0
    changed: Callable[[str], None] = lambda _: None
    released: Callable[[Record], None] = lambda _: None
    share: bool = False
    tools: Runner | None = None
