"""How what outlives the worker that started it learns that the server is gone, however it went: a pipe."""

import os
from functools import cache


class Lifeline:
    """The process that makes it keeps one end, and no child of it does; whoever is given the other reads its end.

    Even SIGKILL closes a pipe. Nobody has to ask, and no process id can be taken for another's.
    """

    def __init__(self) -> None:
        self.end, self._kept = os.pipe()
        os.register_at_fork(after_in_child=self._let_go)

    def _let_go(self) -> None:
        if self._kept >= 0:
            os.close(self._kept)
            self._kept = -1


@cache
def _of_this_server() -> Lifeline:
    return Lifeline()


def create() -> None:
    """In the server's first process, before it forks its workers; harmless if it was done."""
    _of_this_server()


def read_end() -> int | None:
    """The file descriptor that ends with the server; None where there is no process above ours to outlive us."""
    return _of_this_server().end if _of_this_server.cache_info().currsize else None
