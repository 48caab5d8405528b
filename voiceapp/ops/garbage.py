"""When Python looks for cycles of objects among all that live: seldom, since every call waits for it.

Of 300 calls a look takes 70 ms (0.5 µs an object), and left to itself one came every ten seconds or so. What a call
leaves behind is mostly freed without it; the young are looked through as ever.
"""

import gc

# No look at all objects but by `Garbage`: never so many at the younger ones come between.
NEVER = 1_000_000_000
# So many calls have ended since the last one: in the midst of others, and where nobody talks.
ENDED, ENDED_IN_QUIET = 1_000, 20


def leave_to_calls() -> None:
    """What is there now stays for good; from now on `Garbage` says when to look."""
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)


class Garbage:
    """Of a worker."""

    def __init__(self) -> None:
        self._ended = 0

    def call_ended(self, left: int) -> None:
        """One more; so many go on."""
        self._ended += 1
        if self._ended >= (ENDED if left else ENDED_IN_QUIET):
            self._ended = 0
            gc.collect()
