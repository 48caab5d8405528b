"""Pools that are full from the start."""

import threading

import pytest

from voiceapp.net.executor import prestarted_pool


def running(name: str) -> int:
    return len([each for each in threading.enumerate() if each.name.startswith(name)])


def test_all_threads_are_there_before_the_first_job() -> None:
    pool = prestarted_pool(4, "full")
    assert running("full") == 4
    assert list(pool.map(str, range(8))) == [str(n) for n in range(8)]
    assert running("full") == 4
    pool.shutdown()


def test_where_the_system_gives_fewer_the_pool_works_with_those(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def grudging(thread: threading.Thread) -> None:
        if running("few") == 2:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", grudging)
    pool = prestarted_pool(4, "few")
    assert pool.submit(lambda: 3).result(5) == 3
    monkeypatch.undo()
    pool.shutdown()
