"""Runs the engine: `python -m voiceapp.engine`. Imports it late, so that it can say which package is missing."""

import contextlib
import json
import os
import sys
from typing import Any

from .speech.missing import MissingError


def tell(event: str, **fields: Any) -> None:
    """Writes one line of state for the process that started this one; that process may be gone by now."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
        sys.stdout.flush()


def run() -> int:
    try:
        from .service import main

        main(tell)
    except ModuleNotFoundError as absent:
        tell("failed", code="engine_missing", message=str(MissingError(f"the package {absent.name}")))
        return 1
    except (MissingError, ValueError, OSError) as failure:
        code = "engine_missing" if isinstance(failure, MissingError) else "engine_failed"
        tell("failed", code=code, message=str(failure))
        return 1
    return 0


if __name__ == "__main__":
    code = run()
    sys.stderr.flush()
    # Not sys.exit: it waits for threads, and one that waits for a language model's next word may do so for a minute.
    os._exit(code)
