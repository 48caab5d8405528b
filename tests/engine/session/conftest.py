"""Callers of a session."""

import pytest

from ..session_driver import SessionDriver


@pytest.fixture
def caller() -> SessionDriver:
    return SessionDriver()


@pytest.fixture
def talking(caller: SessionDriver) -> SessionDriver:
    """Transcription on, nothing said yet."""
    caller.listen()
    caller.sent.clear()
    return caller
