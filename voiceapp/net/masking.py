"""What a client's frames are masked with, and how (RFC 6455, section 5.3)."""

import os
from collections.abc import Iterator

try:
    from websockets.speedups import apply_mask as apply_mask
except ImportError:  # Where there is no wheel and no compiler.
    from websockets.utils import apply_mask as apply_mask


def masking_keys() -> Iterator[bytes]:
    """Unpredictable keys, each for one frame; the kernel is asked seldom."""
    while True:
        pool = os.urandom(1024)
        for at in range(0, len(pool), 4):
            yield pool[at : at + 4]
