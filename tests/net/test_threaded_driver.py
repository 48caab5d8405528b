"""The stock driver, held to the bounds of ours as far as it allows."""

import queue
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from wsproto.utilities import LocalProtocolError

from voiceapp.net.threaded_driver import BoundedQueue, ThreadedDriver


class Packet:
    def __init__(self, data: str) -> None:
        self.data = data


def test_the_stock_drivers_queue_has_a_bound_and_says_so_once() -> None:
    told: list[int] = []
    waiting = BoundedQueue(100, lambda: told.append(1))
    for _ in range(9):
        waiting.put(Packet("x" * 10))
    waiting.get()
    waiting.put(Packet("x" * 10))
    assert told == []
    for _ in range(50):
        waiting.put(Packet("x" * 10))
    assert told == [1]
    waiting.put(None)
    left = []
    while True:
        try:
            left.append(waiting.get_nowait())
        except queue.Empty:
            break
    assert left[-1] is None
    assert len(left) <= 2


class Socket:
    """What simple-websocket would hand over."""

    def __init__(self, message: Any) -> None:
        self.message = message
        self.closed: list[int] = []

    def receive(self) -> Any:
        return self.message

    def close(self, code: int, _: str) -> None:
        self.closed.append(code)


@given(st.text(max_size=20) | st.binary(max_size=20))
@example("")
@example("bA")
@example("²")
@example("4" + "[" * 50_000)
def test_the_stock_driver_passes_only_what_engineio_can_take(message: Any) -> None:
    from engineio.packet import Packet

    driver = ThreadedDriver(None, None, 1000)
    driver.ws = Socket(message)
    passed = driver.wait()
    if passed is None:
        assert driver.ws.closed in ([1002], [1003])
    else:
        Packet(encoded_packet=passed)


class ClosedSocket:
    """One whose goodbye was said already, by another thread: wsproto refuses a second one."""

    connected = True

    def close(self, *_: Any) -> None:
        raise LocalProtocolError("closing already")


def test_a_connection_is_closed_from_two_threads_without_a_word() -> None:
    driver = ThreadedDriver(None, None, 1000)
    driver.ws = ClosedSocket()
    driver.refuse(1000, "no call")
    # python-engineio's writer comes second.
    driver.close()
