"""An end of the process that waits for nobody: Python waits for each thread that a tool's file has started."""

import logging
import os
import threading
import time

log = logging.getLogger(__name__)

# Longer than the last things take: the calls are over, and what was started for MCP servers has 7 s to end.
EXIT_S = 9.0


def end_within(seconds: float = EXIT_S) -> None:
    """The process has nothing left to do."""
    threading.Thread(target=_end, args=(seconds,), name="exit", daemon=True).start()


def _end(seconds: float) -> None:
    time.sleep(seconds)
    others = [each.name for each in threading.enumerate() if not each.daemon and each is not threading.main_thread()]
    log.warning("the process is ended although it does not end by itself; threads that go on: %s", ", ".join(others))
    os._exit(0)
