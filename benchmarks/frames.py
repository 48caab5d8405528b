"""WebSocket frames made by hand (RFC 6455, section 5), and sound that needs no masking any more when it is sent."""

import random
import struct
from base64 import b64encode

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
MASKED, SIZE_16, SIZE_64 = 0x80, 126, 127
HEAD, HEAD_16, HEAD_64 = struct.Struct("!BB"), struct.Struct("!BBH"), struct.Struct("!BBQ")

NOISE = memoryview(b64encode(random.Random(1).randbytes(96_000)))


class Key:
    """A masking key of four equal bytes: what is masked with it may be cut anywhere. It is one of a few in turn."""

    def __init__(self, byte: int) -> None:
        self.bytes = bytes([byte]) * 4
        self.table = bytes(each ^ byte for each in range(256))
        self.noise = memoryview(bytes(NOISE).translate(self.table))


KEYS = [Key(byte) for byte in (0x2B, 0x6D, 0x96, 0xD1)]


def head(size: int, kind: int = TEXT, masked: int = 0) -> bytes:
    if size < SIZE_16:
        return HEAD.pack(kind, masked | size)
    if size < 1 << 16:
        return HEAD_16.pack(kind, masked | SIZE_16, size)
    return HEAD_64.pack(kind, masked | SIZE_64, size)


def of_server(payload: bytes, kind: int = TEXT) -> bytes:
    return head(len(payload), kind) + payload


def of_client(payload: bytes, kind: int = TEXT) -> bytes:
    return head(len(payload), kind, MASKED) + KEYS[0].bytes + payload.translate(KEYS[0].table)


def sound_of_server(before: bytes, noise_at: int, noise_to: int, after: bytes) -> bytes:
    size = len(before) + noise_to - noise_at + len(after)
    return b"".join((head(size), before, NOISE[noise_at:noise_to], after))


def sound_of_client(key: Key, before: bytes, noise_at: int, noise_to: int, after: bytes) -> bytes:
    size, table = len(before) + noise_to - noise_at + len(after), key.table
    start = head(size, TEXT, MASKED) + key.bytes + before.translate(table)
    return b"".join((start, key.noise[noise_at:noise_to], after.translate(table)))
