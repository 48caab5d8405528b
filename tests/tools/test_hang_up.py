"""The call ends when the model says so."""

from voiceapp.tools import ToolContext
from voiceapp.tools.hang_up import hang_up


def test_it_ends_the_call_and_has_the_model_say_goodbye() -> None:
    ended: list[bool] = []
    assert "goodbye" in hang_up(ToolContext(end=lambda: ended.append(True)))
    assert ended == [True]
