"""Looks after the import of an operator's module: one that takes long is named, and one that changes signals does not.

What signals do is the server's: by them it is told to end, and to reload.
"""

import logging
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)

# Then, and as often again, the log is told where it is.
SLOW_S = 10.0
_OURS = Path(__file__).parent


@contextmanager
def watched(name: str) -> Iterator[None]:
    """Around the import of what `VOICEAPP_TOOLS` calls so."""
    over, thread = threading.Event(), threading.get_ident()
    threading.Thread(target=_tell_of, args=(name, thread, over), name="tools import", daemon=True).start()
    signals = {number: signal.getsignal(number) for number in signal.valid_signals()}
    try:
        yield
    finally:
        over.set()
        for number, handler in signals.items():
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)
                log.warning("VOICEAPP_TOOLS names %s, which changes what %s does; that was undone", name, _name(number))


def place_in(frames: traceback.StackSummary, otherwise: str) -> str:
    """The file and line of the innermost that is the operator's own."""
    own = [each for each in frames if "importlib" not in each.filename and _OURS not in Path(each.filename).parents]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else otherwise


def _tell_of(name: str, thread: int, over: threading.Event) -> None:
    while not over.wait(SLOW_S):
        frame = sys._current_frames().get(thread)
        place = place_in(traceback.extract_stack(frame), name) if frame else name
        log.warning("VOICEAPP_TOOLS names %s, which takes long to import; it is at %s", name, place)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
