"""The log: one line a record on standard error, redacted and held to a pace. Never sound, words or secrets."""

import logging
import re
import sys
from collections.abc import Iterable
from contextlib import suppress

from ..secret import Secret
from .log_rate import LogRate

MAX_LINE = 20_000

_PATTERNS = (
    re.compile(r"\b(sk|ek|sess|pk)[-_][A-Za-z0-9_-]{6,}"),
    re.compile(r"(?i)\b(bearer|basic)\s+[^\s'\",]+"),
    re.compile(r"(?i)\b(authorization|api-key|cookie|set-cookie|x-api-key)\b(['\"]?\s*[:=]\s*)[^\r\n]+"),
    re.compile(r"://[^/\s:@]*:[^/\s@]+@"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class RedactingFormatter(logging.Formatter):
    """One line a record, with every known secret and all that looks like one masked, tracebacks included."""

    def __init__(self, known: Iterable[Secret]) -> None:
        super().__init__(_FORMAT)
        self._known = [secret.reveal() for secret in known if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for value in self._known:
            text = text.replace(value, "***")
        for pattern in _PATTERNS:
            text = pattern.sub("***", text)
        if len(text) > MAX_LINE:
            text = f"{text[:MAX_LINE]}… ({len(text) - MAX_LINE} more characters)"
        # A line break in what is logged must not forge a line, nor an escape sequence move the terminal's cursor.
        return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


class _Handler(logging.Handler):
    """Writes to the current standard error; if that fails (a full disk, say), nobody is held up."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception:
            text = f"ERROR {record.name} {record.pathname}:{record.lineno} logs what cannot be written"
        with suppress(OSError, ValueError):
            sys.stderr.write(text + "\n")
            sys.stderr.flush()


def write_log(known: Iterable[Secret]) -> None:
    """Have all that is logged in this process written to standard error, redacted and held to a pace (`LogRate`)."""
    formatter = RedactingFormatter(known)
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _Handler)]:
        root.removeHandler(old)
    ours = _Handler()
    root.addHandler(ours)
    logging.getLogger("voiceapp").setLevel(logging.INFO)
    # With a level of their own they make no handlers of their own, which would know of no secrets.
    for name in ("engineio.server", "socketio.server"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for handler in (ours, *logging.getLogger("gunicorn.error").handlers):
        handler.setFormatter(formatter)
        for earlier in [each for each in handler.filters if isinstance(each, LogRate)]:
            handler.removeFilter(earlier)
        handler.addFilter(LogRate(handler.handle))


def printable(text: str, longest: int = 120) -> str:
    """What a stranger wrote, as it may stand in a line of the log or in an answer: no blanks, no control characters."""
    text, more = text[:longest].replace(" ", "_"), len(text) > longest
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\<>' else "?" for c in text) + "…" * more
