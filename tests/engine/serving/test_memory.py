"""The C library's memory, where there is such a library and where not."""

import ctypes

import pytest

from voiceapp.engine.serving import memory


def test_it_can_be_held_together_and_given_back() -> None:
    memory.hold_together()
    memory.give_back()


def test_another_c_library_needs_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    memory.hold_together()
    memory.give_back()
