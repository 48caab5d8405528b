"""Python reads this by itself where `--watch-gc` puts its folder on the path: tells longer pauses of the collector."""

import gc
import os
import sys
import time

SLOW_S = 0.002
began = 0.0


def watch(phase: str, info: dict[str, int]) -> None:
    global began
    now = time.monotonic()
    if phase == "start":
        began = now
    elif now - began > SLOW_S:
        ms = (now - began) * 1000
        sys.stderr.write(f"gc {os.getpid()} generation {info['generation']} took {ms:.2f} ms until {now:.4f}\n")


gc.callbacks.append(watch)
