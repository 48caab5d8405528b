"""The place of a socket among those that a worker takes."""

from collections.abc import Callable

# In the environ of a request for a socket: its `Seat`.
SEAT = "voiceapp.seat"


class Seat:
    """A socket's place, given back once: at the end of its request, or by the connection that kept it."""

    __slots__ = ("_give_back", "_kept")

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back: Callable[[], None] | None = give_back
        self._kept = False

    def keep(self) -> None:
        """The request's end is not the socket's."""
        self._kept = True

    def end_request(self) -> None:
        if not self._kept:
            self.release()

    def release(self) -> None:
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()
