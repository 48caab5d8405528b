"""Strangers cannot fill the log: of each kind so many lines a second, and the rest counted."""

import logging
import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from voiceapp.ops.log_rate import MAX_KINDS, LogRate


class Log:
    """A logger held to the pace, with a clock of the test's own."""

    def __init__(self, *, threads: bool = True) -> None:
        self.now = 0.0
        self.lines: list[str] = []
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._threads = threads
        self.logger = logging.Logger("test")
        handler = logging.Handler()
        handler.emit = lambda record: self.lines.append(record.getMessage())  # type: ignore[method-assign]
        handler.addFilter(LogRate(handler.handle, lambda: self.now, self._later))
        self.logger.addHandler(handler)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        if self._threads:
            self._due.append((self.now + seconds, action))

    def pass_time(self, seconds: float) -> None:
        until = self.now + seconds
        while self._due and self._due[0][0] <= until:
            self.now, action = self._due.pop(0)
            action()
        self.now = until

    def refused(self, who: object) -> None:
        self.logger.warning("refused: %s", who)


def test_a_flood_is_one_line_a_second_and_every_line_is_counted() -> None:
    log = Log()
    for n in range(1000):
        log.refused(n)
        log.pass_time(0.01)
    log.pass_time(2)
    assert 10 <= len(log.lines) <= 12
    assert re.fullmatch(r"refused: \d+ \(9\d more like this\)", log.lines[1])
    assert sum(int(n) for n in re.findall(r"\((\d+) more", " ".join(log.lines))) + len(log.lines) == 1000


def test_what_is_rare_is_said_at_once_and_unchanged() -> None:
    log = Log()
    for n in range(3):
        log.refused(n)
        log.pass_time(1)
    assert log.lines == ["refused: 0", "refused: 1", "refused: 2"]


def test_two_in_a_moment_are_both_said_and_none_is_counted() -> None:
    log = Log()
    log.refused("a")
    log.refused("b")
    log.pass_time(1)
    assert log.lines == ["refused: a", "refused: b"]


def test_one_kind_does_not_silence_another() -> None:
    log = Log()
    for n in range(100):
        log.refused(n)
    log.logger.warning("redis is away")
    assert log.lines == ["refused: 0", "redis is away"]


def test_who_names_a_kind_may_say_more_of_it() -> None:
    log = Log()
    for n in range(100):
        log.logger.info("call %s", n, extra={"kind": "call", "a_second": 20})
        log.logger.warning("call %s", n, extra={"kind": "call", "a_second": 20})
    log.pass_time(1)
    assert len(log.lines) == 21
    assert log.lines[-1] == "call 99 (179 more like this)"


def test_another_exception_at_the_same_place_is_another_kind() -> None:
    log = Log()
    for failure in (ValueError("a"), ValueError("b"), KeyError("c")):
        log.logger.error("failed with %s", failure, exc_info=failure)
    assert log.lines == ["failed with a", "failed with 'c'"]


def test_with_no_thread_left_the_next_line_tells_the_count() -> None:
    log = Log(threads=False)
    for n in range(10):
        log.refused(n)
    log.pass_time(3)
    log.refused("later")
    assert log.lines == ["refused: 0", "refused: later (9 more like this)"]


def test_kinds_are_bounded() -> None:
    log = Log()
    for n in range(2 * MAX_KINDS):
        log.logger.warning("odd %s", n, extra={"kind": n})
    assert len(log.lines) == MAX_KINDS + 1


@given(st.lists(st.floats(0, 3), max_size=60))
def test_at_no_moment_is_more_said_than_allowed_and_nothing_is_lost(pauses: list[float]) -> None:
    log = Log()
    said_at: list[float] = []
    for pause in pauses:
        log.refused("x")
        log.pass_time(pause)
        said_at += [log.now] * (len(log.lines) - len(said_at))
    log.pass_time(3)
    counted = sum(int(n) for n in re.findall(r"\((\d+) more", " ".join(log.lines)))
    assert len(log.lines) + counted == len(pauses)
    assert len(log.lines) <= 2 * sum(pauses) + 2
