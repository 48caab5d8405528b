"""Identifiers as the Realtime protocol has them: a kind, an underscore, letters and digits."""

import random
from dataclasses import dataclass, field
from itertools import count

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
LENGTH = 21


@dataclass
class Identifiers:
    """Makes random identifiers; the generator is handed in, so that tests can fix it."""

    rng: random.Random

    def fresh(self, kind: str) -> str:
        return f"{kind}_" + "".join(self.rng.choices(ALPHABET, k=LENGTH))


@dataclass
class Numbered:
    """Makes identifiers that count from one for each kind: `item_1`, `item_2`, `resp_1` …"""

    _counters: dict[str, "count[int]"] = field(default_factory=dict)

    def fresh(self, kind: str) -> str:
        return f"{kind}_{next(self._counters.setdefault(kind, count(1)))}"


IdentifierSource = Identifiers | Numbered
