"""An answer that is preceded by a notice."""

from collections.abc import Iterator

from voiceapp.engine.brains.brain import WithNotice
from voiceapp.engine.brains.request import Request, ToolCall


class Says:
    """A brain that says what it is given."""

    def __init__(self, *parts: str | ToolCall) -> None:
        self.parts = parts

    def reply(self, request: Request) -> Iterator[str | ToolCall]:
        yield from self.parts


def test_the_notice_comes_first_and_the_answer_follows() -> None:
    brain = WithNotice("Japanese is not installed here.", Says("Hello.", ToolCall("look", "{}")))
    assert list(brain.reply(Request("r", ()))) == ["Japanese is not installed here. ", "Hello.", ToolCall("look", "{}")]
