"""What is missing is named with the command that brings it."""

from voiceapp.engine.speech.missing import INSTALL_JAPANESE, MissingError


def test_it_names_what_is_missing_and_what_to_do() -> None:
    assert "the package numpy" in str(MissingError("the package numpy"))
    assert "pip install -r requirements-engine.txt" in str(MissingError("the package numpy"))
    assert "requirements-japanese.txt" in str(MissingError("the package x", INSTALL_JAPANESE))
