"""WebSocket frames that break the rules or the bounds: the socket is closed with the right code, nobody else minds."""

import os

import pytest

from tests.hostile.attacker import BINARY, PING, TEXT, Line, Watch, frame, text
from tests.servers import Gunicorn

# What is sent, and the close code it must earn (RFC 6455, section 7.4.1).
WRONG = {
    "not masked": (frame(TEXT, b"4", mask=False), 1002),
    "reserved bit": (frame(0xC1, b"4"), 1002),
    "unknown opcode": (frame(0x83, b"4"), 1002),
    "long ping": (frame(PING, bytes(126)), 1002),
    "fragmented ping": (frame(0x09, b""), 1002),
    "continuation of nothing": (frame(0x80, b"4"), 1002),
    "message within a message": (frame(0x01, b"4") + frame(TEXT, b"4"), 1002),
    "size in the long way": (b"\x81\xfe\x00\x05\0\0\0\x0042abc", 1002),
    "not UTF-8": (frame(TEXT, b"4\xff\xfe"), 1007),
    "half a close code": (frame(0x88, b"\x03"), 1002),
    "close code nobody may send": (frame(0x88, b"\x03\xed"), 1002),
    "binary": (frame(BINARY, b"\x04"), 1003),
    "empty binary": (frame(BINARY), 1003),
    "256 KiB and a byte": (frame(TEXT, b"4" * (256 * 1024 + 1)), 1009),
    "claims 2^62 bytes": (frame(TEXT, b"4", size=1 << 62), 1009),
    "1,100 fragments": (frame(0x01, b"4") + frame(0x00, b"0") * 1100, 1008),
    "nothing": (text(""), 1002),
    "a letter": (text("x"), 1002),
    "a digit of another script": (text("²"), 1002),
    "bA": (text("bA"), 1002),
    "an Engine.IO upgrade": (text("5"), 1002),
    "an Engine.IO open": (text("0{}"), 1002),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_frame_is_answered_with_its_code(server: Gunicorn, case: str) -> None:
    """Bound: closed with the code within 3 s."""
    data, code = WRONG[case]
    with Line(server) as line:
        line.send(data)
        assert line.closed_within(3) == code


def test_a_hundred_megabytes_are_cut_at_the_header(server: Gunicorn, watch: Watch) -> None:
    """Bound: memory +8 MB, closed within 3 s, health under 1 s."""
    with Line(server) as line:
        line.send(frame(TEXT, b"", size=100_000_000))
        for _ in range(100):
            line.send(os.urandom(100_000))
        assert watch.health_s() < 1
        line.closed_within(3)
    assert watch.grown_mb < 8


def test_a_message_that_never_ends_holds_no_more_than_one_message(server: Gunicorn, watch: Watch) -> None:
    """Bound: 300 MB of fragments, memory +8 MB, closed 1009."""
    with Line(server) as line:
        line.send(frame(0x01, b"4" * 100_000))
        for _ in range(300):
            line.send(frame(0x00, b"4" * 1_000_000))
        assert line.closed_within(3) in (1009, None)
    assert watch.grown_mb < 8


def test_compression_is_never_agreed_on(server: Gunicorn) -> None:
    """Bound: no extension, so no bomb; a compressed frame is a protocol error."""
    with Line(server, Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits") as line:
        line.send(frame(0xC1, bytes(486_000)))
        assert line.closed_within(3) == 1002


def test_a_flood_of_empty_pings_is_cut(server: Gunicorn, watch: Watch) -> None:
    """Bound: 200,000 pings, closed within 3 s, health under 1 s meanwhile, memory +8 MB."""
    with Line(server) as line:
        for _ in range(20):
            line.send(frame(PING) * 10_000)
        assert watch.health_s() < 1
        assert line.closed_within(3) in (1008, None)
    assert watch.grown_mb < 8


def test_a_flood_of_empty_messages_is_cut(server: Gunicorn, watch: Watch) -> None:
    """Bound: 100,000 frames of pong, closed within 3 s, health under 1 s."""
    with Line(server) as line:
        for _ in range(10):
            line.send(text("3") * 10_000)
        assert watch.health_s() < 1
        assert line.closed_within(3) in (1008, None)
    assert watch.grown_mb < 8


def test_half_a_frame_costs_nothing_but_itself(server: Gunicorn, watch: Watch) -> None:
    """Bound: 20 half frames of 200 kB: each at most one thread and its bytes; health under 1 s."""
    held = [Line(server) for _ in range(20)]
    for line in held:
        line.send(frame(TEXT, b"4" * 200_000, size=250_000))
    assert watch.health_s() < 1
    assert watch.more_threads <= 22
    assert watch.grown_mb < 32
    for line in held:
        line.sock.close()
