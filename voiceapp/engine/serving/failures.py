"""Describes a failure for the log without its message, which may hold what somebody said."""

import traceback
from pathlib import Path


def describe_failure(failure: BaseException) -> str:
    """The failure's type and the last places it passed through."""
    places = [f"{Path(each.filename).name}:{each.lineno}" for each in traceback.extract_tb(failure.__traceback__)]
    return f"{type(failure).__name__} at {' > '.join(places[-4:])}"
