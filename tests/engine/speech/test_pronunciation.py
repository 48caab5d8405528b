"""What is pronounced of a text, and by which voice."""

import pytest

from voiceapp.engine.speech.pronunciation import spoken_text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Very** `good`.", "Very good."),
        ("See [the page](https://example.com) now.", "See the page now."),
        ("Look at https://example.com/x?y=1 there.", "Look at there."),
        ("It costs €5 🙂.", "It costs €5 ."),
        ("—", ""),
        ("Café naïve", "Café naïve"),
    ],
)
def test_marks_are_not_pronounced(text: str, said: str) -> None:
    assert spoken_text(text) == said
