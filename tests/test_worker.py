"""When a request is whole, as gunicorn's worker of ours sees it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voiceapp.worker import MOST_BODY_BYTES, MOST_HEAD_BYTES, Unfinished

HEAD = b"POST /login HTTP/1.1\r\nHost: x\r\n"


def verdict(received: bytes) -> int | None:
    unfinished = Unfinished(None, 0.0)
    unfinished.received += received
    return unfinished.verdict()


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (b"", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET", 0),
        (HEAD + b"Content-Length: 5\r\n\r\ncode", None),
        (HEAD + b"Content-Length: 5\r\n\r\ncode=", 0),
        (HEAD + b"content-length:5\r\n\r\ncode=", 0),
        (HEAD + b"Content-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1), 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", 411),
        (b"G" * (MOST_HEAD_BYTES + 1), 431),
        (HEAD + b"X: " + b"x" * MOST_HEAD_BYTES + b"\r\n\r\n", 431),
    ],
)
def test_a_request_is_whole_or_waited_for_or_refused(received: bytes, expected: int | None) -> None:
    assert verdict(received) == expected


@given(st.binary(max_size=300))
@example(b"\r\n\r\n")
@example(b"\r\ncontent-length: 99999999999999999999\r\n\r\n")
def test_any_bytes_get_a_verdict(received: bytes) -> None:
    assert verdict(received) in (None, 0, 411, 413, 431)


@given(st.integers(0, 60))
def test_a_request_is_whole_at_its_last_byte_and_not_before(body: int) -> None:
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % body + b"x" * body
    assert [verdict(whole[:size]) for size in range(len(whole))] == [None] * len(whole)
    assert verdict(whole) == 0
