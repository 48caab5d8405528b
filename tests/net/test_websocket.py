"""Bytes in, events and bytes out: every rule of the endpoint by example, in both roles."""

import struct
from collections.abc import Callable, Iterator

import pytest

from voiceapp.net.websocket import (
    Binary,
    Closed,
    Endpoint,
    Event,
    LocalError,
    Ping,
    Pong,
    Role,
    Text,
)

KEY = b"\x37\xfa\x21\x3d"
TEXT, BINARY, CLOSE, PING, PONG = 0x81, 0x82, 0x88, 0x89, 0x8A
TEXT_BEGINS, BINARY_BEGINS, GOES_ON, ENDS = 0x01, 0x02, 0x00, 0x80

both_roles = pytest.mark.parametrize("role", list(Role))


def xor(data: bytes, key: bytes = KEY) -> bytes:
    return bytes(byte ^ key[at % 4] for at, byte in enumerate(data))


def frame(first: int, payload: bytes = b"", *, masked: bool = False, form: int | None = None) -> bytes:
    """A frame as a peer would write it; `form` forces the length to be written in 7, 16 or 64 bits."""
    size = len(payload)
    form = form or (7 if size < 126 else 16 if size < 65536 else 64)
    mask = 0x80 if masked else 0
    head = {
        7: lambda: bytes((first, mask | size)),
        16: lambda: struct.pack("!BBH", first, mask | 126, size),
        64: lambda: struct.pack("!BBQ", first, mask | 127, size),
    }[form]()
    return head + (KEY + xor(payload) if masked else payload)


def to(role: Role, first: int, payload: bytes = b"", form: int | None = None) -> bytes:
    """The frame a peer of `role` should send it."""
    return frame(first, payload, masked=role is Role.SERVER, form=form)


def declared(role: Role, first: int, size: int) -> bytes:
    """Only the header of a frame that says it is long."""
    head = struct.pack("!BBQ", first, 127 | (0x80 if role is Role.SERVER else 0), size)
    return head + (KEY if role is Role.SERVER else b"")


def closing(code: int, reason: bytes = b"") -> bytes:
    return struct.pack("!H", code) + reason


def endpoint(role: Role, max_message: int = 1 << 20, max_fragments: int = 1024) -> Endpoint:
    return Endpoint(role, max_message=max_message, max_fragments=max_fragments)


def plain(data: bytes) -> Iterator[tuple[int, bytes]]:
    """First byte and payload of each frame in what an endpoint wrote."""
    while data:
        size, at = data[1] & 0x7F, 2
        if size > 125:
            at = 4 if size == 126 else 10
            size = int.from_bytes(data[2:at])
        key = b"\0\0\0\0"
        if data[1] & 0x80:
            key, at = data[at : at + 4], at + 4
        yield data[0], xor(data[at : at + size], key)
        data = data[at + size :]


def written(data: bytes) -> list[tuple[int, bytes]]:
    return list(plain(data))


def assert_fails(ours: Endpoint, data: bytes, code: int) -> None:
    *_, last = ours.feed(data)
    assert isinstance(last, Closed)
    assert (last.code, last.by_us, ours.closed) == (code, True, True)
    assert written(ours.take_output())[-1] == (CLOSE, closing(code, last.reason.encode()))
    assert ours.feed(data) == []
    assert ours.take_output() == b""


class TestMessages:
    @both_roles
    @pytest.mark.parametrize("size", [0, 1, 3, 125, 126, 255, 256, 257, 2500, 65535, 65536, 70001])
    def test_text_of_any_size(self, role: Role, size: int) -> None:
        payload = (b"base64+/" * (size // 8 + 1))[:size]
        assert endpoint(role).feed(to(role, TEXT, payload)) == [Text(payload)]

    @both_roles
    def test_binary_need_not_be_utf8(self, role: Role) -> None:
        assert endpoint(role).feed(to(role, BINARY, b"\xff\x00\x80")) == [Binary(b"\xff\x00\x80")]

    @both_roles
    def test_many_frames_at_once(self, role: Role) -> None:
        data = b"".join(to(role, TEXT, b"%d" % n) for n in range(50))
        assert endpoint(role).feed(data) == [Text(b"%d" % n) for n in range(50)]

    @both_roles
    def test_fragments_are_joined_and_control_frames_pass_between(self, role: Role) -> None:
        frames = [(TEXT_BEGINS, "é".encode()[:1]), (PING, b"?"), (GOES_ON, "é".encode()[1:]), (PONG, b"!"), (ENDS, b"")]
        events = endpoint(role).feed(b"".join(to(role, *each) for each in frames))
        assert events == [Ping(b"?"), Pong(b"!"), Text("é".encode())]

    @both_roles
    def test_a_message_may_follow_a_fragmented_one(self, role: Role) -> None:
        frames = [(BINARY_BEGINS, b"\xff"), (ENDS, b"\xfe"), (TEXT, b"a"), (TEXT_BEGINS, b"b"), (ENDS, b"c")]
        events = endpoint(role).feed(b"".join(to(role, *each) for each in frames))
        assert events == [Binary(b"\xff\xfe"), Text(b"a"), Text(b"bc")]

    @both_roles
    @pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
    def test_nothing_fed_is_kept(self, role: Role, kind: type) -> None:
        ours, data = endpoint(role), bytearray(to(role, TEXT, b"x" * 300) + to(role, BINARY_BEGINS, b"y" * 300))
        data += to(role, ENDS, b"z" * 300)[:150]
        events = ours.feed(kind(data))
        data[:] = bytes(len(data))
        data += b"an export would refuse this"
        assert events == [Text(b"x" * 300)]
        assert ours.feed(to(role, ENDS, b"z" * 300)[150:]) == [Binary(b"y" * 300 + b"z" * 300)]

    @both_roles
    def test_split_anywhere_the_events_are_the_same(self, role: Role) -> None:
        frames = [
            (TEXT, b"a" * 130),
            (PING, b"p"),
            (BINARY_BEGINS, b"\x80"),
            (PONG, b""),
            (ENDS, b"\x81" * 5),
            (TEXT, b""),
            (CLOSE, closing(4001, "ß".encode())),
        ]
        data = b"".join(to(role, *each) for each in frames)
        whole = endpoint(role)
        events, output = whole.feed(data), written(whole.take_output())
        for at in range(len(data) + 1):
            ours = endpoint(role)
            assert ours.feed(data[:at]) + ours.feed(data[at:]) == events
            assert written(ours.take_output()) == output

    @both_roles
    @pytest.mark.parametrize("size", [0, 125, 126, 65536])
    def test_long_lengths_arrive_in_pieces(self, role: Role, size: int) -> None:
        data = to(role, BINARY, bytes(size))
        for at in range(min(len(data), 20)):
            ours = endpoint(role)
            assert ours.feed(data[:at]) + ours.feed(data[at:]) == [Binary(bytes(size))]

    @both_roles
    def test_byte_by_byte(self, role: Role) -> None:
        ours, events = endpoint(role), list[Event]()
        for byte in to(role, TEXT_BEGINS, b"a" * 200) + to(role, ENDS, b"b") + to(role, CLOSE):
            events += ours.feed(bytes((byte,)))
        assert events == [Text(b"a" * 200 + b"b"), Closed(1005, "", by_us=False)]


class TestFailures:
    @both_roles
    @pytest.mark.parametrize("bit", [0x10, 0x20, 0x40])
    @pytest.mark.parametrize("first", [TEXT, PING, CLOSE])
    def test_reserved_bits(self, role: Role, bit: int, first: int) -> None:
        assert_fails(endpoint(role), to(role, first | bit), 1002)

    @both_roles
    @pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    def test_unknown_opcodes(self, role: Role, opcode: int) -> None:
        assert_fails(endpoint(role), to(role, 0x80 | opcode), 1002)

    @both_roles
    @pytest.mark.parametrize("first", [TEXT, BINARY, CLOSE, PING, PONG])
    def test_wrong_masking(self, role: Role, first: int) -> None:
        assert_fails(endpoint(role), frame(first, masked=role is Role.CLIENT), 1002)

    @both_roles
    @pytest.mark.parametrize(("size", "form"), [(0, 16), (125, 16), (0, 64), (126, 64), (65535, 64)])
    def test_lengths_not_in_their_shortest_form(self, role: Role, size: int, form: int) -> None:
        assert_fails(endpoint(role), to(role, BINARY, bytes(size), form), 1002)

    @both_roles
    def test_length_with_the_top_bit(self, role: Role) -> None:
        assert_fails(endpoint(role), declared(role, BINARY, 1 << 63), 1002)

    @both_roles
    @pytest.mark.parametrize("first", [CLOSE, PING, PONG])
    def test_control_frames_are_short_and_whole(self, role: Role, first: int) -> None:
        assert_fails(endpoint(role), to(role, first, b"x" * 126), 1002)
        assert_fails(endpoint(role), to(role, first & 0x0F, b"x"), 1002)
        assert endpoint(role).feed(to(role, first, bytes(125))[:-1]) == []

    @both_roles
    @pytest.mark.parametrize("first", [GOES_ON, ENDS])
    def test_continuation_without_beginning(self, role: Role, first: int) -> None:
        assert_fails(endpoint(role), to(role, first), 1002)
        assert_fails(endpoint(role), to(role, TEXT, b"whole") + to(role, first), 1002)

    @both_roles
    @pytest.mark.parametrize("first", [TEXT, BINARY, TEXT_BEGINS, BINARY_BEGINS])
    def test_message_inside_a_message(self, role: Role, first: int) -> None:
        assert_fails(endpoint(role), to(role, TEXT_BEGINS) + to(role, first), 1002)

    @both_roles
    @pytest.mark.parametrize("text", [b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"a\x80"])
    def test_text_that_is_not_utf8(self, role: Role, text: bytes) -> None:
        assert_fails(endpoint(role), to(role, TEXT, text), 1007)
        assert_fails(endpoint(role), to(role, TEXT_BEGINS, text[:1]) + to(role, ENDS, text[1:]), 1007)

    @both_roles
    def test_two_bytes_are_enough_to_fail(self, role: Role) -> None:
        assert_fails(endpoint(role), to(role, 0x83, b"long" * 100)[:2], 1002)

    @both_roles
    def test_what_came_before_the_failure_is_told(self, role: Role) -> None:
        first, second, last = endpoint(role).feed(to(role, TEXT, b"a") + to(role, PING) + to(role, 0x83))
        assert (first, second) == (Text(b"a"), Ping(b""))
        assert isinstance(last, Closed)


class TestLimits:
    @both_roles
    def test_a_message_as_long_as_allowed(self, role: Role) -> None:
        whole, parts = to(role, BINARY, bytes(1000)), to(role, BINARY_BEGINS, bytes(400)) + to(role, ENDS, bytes(600))
        assert endpoint(role, 1000).feed(whole + parts + parts) == 3 * [Binary(bytes(1000))]

    @both_roles
    @pytest.mark.parametrize("size", [70_000, 1 << 32, 1 << 62, (1 << 63) - 1])
    def test_a_message_too_long_fails_at_its_header(self, role: Role, size: int) -> None:
        assert_fails(endpoint(role, 69_999), declared(role, TEXT, size), 1009)

    @both_roles
    def test_fragments_too_long_together_fail_at_the_header(self, role: Role) -> None:
        data = to(role, TEXT_BEGINS, bytes(600)) + to(role, GOES_ON, bytes(401))[: 8 if role is Role.SERVER else 4]
        assert_fails(endpoint(role, 1000), data, 1009)

    @both_roles
    def test_a_control_frame_needs_no_room(self, role: Role) -> None:
        data = to(role, TEXT_BEGINS, bytes(10)) + to(role, PING, bytes(100)) + to(role, ENDS)
        assert endpoint(role, 10).feed(data) == [Ping(bytes(100)), Text(bytes(10))]

    @both_roles
    def test_too_many_fragments(self, role: Role) -> None:
        ours = endpoint(role, max_fragments=3)
        message = to(role, TEXT_BEGINS) + to(role, GOES_ON, b"a") + to(role, ENDS, b"b")
        assert ours.feed(message + message) == [Text(b"ab"), Text(b"ab")]
        assert_fails(ours, to(role, TEXT_BEGINS) + 3 * to(role, GOES_ON), 1008)

    @both_roles
    def test_a_ping_flood_leaves_few_pongs_and_the_latest(self, role: Role) -> None:
        ours = endpoint(role)
        for n in range(2000):
            ours.feed(to(role, PING, b"%05d" % n * 20))
        output = ours.take_output()
        assert len(output) < 5000
        assert written(output)[-1] == (PONG, b"01999" * 20)
        assert ours.take_output() == b""


class TestClosing:
    @both_roles
    @pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4000, 4999])
    def test_the_peer_closes_and_gets_its_code_back(self, role: Role, code: int) -> None:
        ours = endpoint(role)
        assert ours.feed(to(role, CLOSE, closing(code, b"why"))) == [Closed(code, "why", by_us=False)]
        assert ours.closed
        assert written(ours.take_output()) == [(CLOSE, closing(code))]

    @both_roles
    def test_the_peer_closes_without_a_code(self, role: Role) -> None:
        ours = endpoint(role)
        assert ours.feed(to(role, CLOSE)) == [Closed(1005, "", by_us=False)]
        assert written(ours.take_output()) == [(CLOSE, b"")]

    @both_roles
    @pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
    def test_codes_nobody_may_send(self, role: Role, code: int) -> None:
        assert_fails(endpoint(role), to(role, CLOSE, closing(code)), 1002)
        with pytest.raises(LocalError):
            endpoint(role).close(code)

    @both_roles
    def test_half_a_code_and_a_reason_that_is_not_utf8(self, role: Role) -> None:
        assert_fails(endpoint(role), to(role, CLOSE, b"\x03"), 1002)
        assert_fails(endpoint(role), to(role, CLOSE, closing(1000, b"\xff")), 1007)

    @both_roles
    def test_nothing_is_read_after_the_peers_close(self, role: Role) -> None:
        ours = endpoint(role)
        assert len(ours.feed(to(role, CLOSE) + to(role, TEXT, b"late") + b"\xff")) == 1
        assert ours.feed(to(role, TEXT, b"later")) == []

    @both_roles
    def test_we_close(self, role: Role) -> None:
        ours = endpoint(role)
        assert written(ours.close(1001, "restart")) == [(CLOSE, closing(1001, b"restart"))]
        assert (ours.close(), ours.closed) == (b"", False)
        assert ours.feed(to(role, TEXT, b"on its way") + to(role, PING)) == [Text(b"on its way"), Ping(b"")]
        assert ours.feed(to(role, CLOSE, closing(1001))) == [Closed(1001, "", by_us=False)]
        assert ours.closed
        assert ours.take_output() == b""

    @both_roles
    def test_a_failure_after_our_close_writes_nothing_more(self, role: Role) -> None:
        ours = endpoint(role)
        ours.close()
        assert ours.feed(to(role, 0x83)) == [Closed(1002, "opcode 3 is unknown", by_us=True)]
        assert ours.take_output() == b""

    @both_roles
    @pytest.mark.parametrize(
        ("reason", "cut"), [("x" * 200, b"x" * 123), ("." + "€" * 50, b"." + "€".encode() * 40), ("\ud800", b"?")]
    )
    def test_a_reason_is_cut_to_whole_characters(self, role: Role, reason: str, cut: bytes) -> None:
        assert written(endpoint(role).close(1000, reason)) == [(CLOSE, closing(1000, cut))]

    @both_roles
    def test_nothing_can_be_sent_after_a_close(self, role: Role) -> None:
        closers: tuple[Callable[[Endpoint], object], ...] = (
            lambda end: end.close(),
            lambda end: end.feed(to(role, CLOSE)),
            lambda end: end.feed(to(role, 0x83)),
        )
        for close in closers:
            ours = endpoint(role)
            close(ours)
            assert ours.close() == b""
            with pytest.raises(LocalError):
                ours.text(b"late")
            with pytest.raises(LocalError):
                ours.ping()


class TestSending:
    @both_roles
    @pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
    def test_text_is_one_frame_in_its_shortest_form(self, role: Role, size: int) -> None:
        payload = b"a" * size
        sent = endpoint(role).text(payload[:1], b"", payload[1:])
        assert written(sent) == [(TEXT, payload)]
        head = 2 + (size > 125) * 2 + (size > 65535) * 6
        assert len(sent) == size + head + (4 if role is Role.CLIENT else 0)
        assert bool(sent[1] & 0x80) is (role is Role.CLIENT)

    @both_roles
    def test_ping(self, role: Role) -> None:
        assert written(endpoint(role).ping(b"now")) == [(PING, b"now")]
        with pytest.raises(LocalError):
            endpoint(role).ping(b"x" * 126)

    @both_roles
    def test_a_ping_is_answered(self, role: Role) -> None:
        ours = endpoint(role)
        assert ours.feed(to(role, PING, b"1") + to(role, PING, b"2")) == [Ping(b"1"), Ping(b"2")]
        assert written(ours.take_output()) == [(PONG, b"1"), (PONG, b"2")]

    def test_every_frame_has_its_own_mask(self) -> None:
        ours = endpoint(Role.CLIENT)
        keys = {ours.text()[2:6] for _ in range(1000)}
        assert len(keys) > 990
