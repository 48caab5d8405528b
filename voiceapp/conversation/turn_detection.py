"""How the person's turn ends: by silence, by meaning, or by a key (protocol: `turn_detection`)."""

from dataclasses import dataclass
from typing import Literal

Eagerness = Literal["auto", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class ServerVad:
    """The server hears speech begin and end. `prefix_ms` of sound before its beginning belong to it.

    After `idle_ms` of silence behind an answer the assistant asks whether anybody is there; 0: it does not; None: the
    server is not told, since not every one knows of it.
    """

    threshold: float = 0.5
    prefix_ms: int = 300
    silence_ms: int = 500
    idle_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SemanticVad:
    """The server judges whether the person has finished; `low` eagerness waits longest."""

    eagerness: Eagerness = "auto"


@dataclass(frozen=True, slots=True)
class PushToTalk:
    """The page says when: the key goes down, and up."""


Detection = ServerVad | SemanticVad | PushToTalk
