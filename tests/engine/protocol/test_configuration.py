"""The session's settings: an update is taken whole or refused whole."""

import pytest

from voiceapp.engine.protocol import session_object
from voiceapp.engine.protocol.checks import RefusedError
from voiceapp.engine.protocol.configuration import Configuration


@pytest.fixture
def configuration() -> Configuration:
    return Configuration(session_object.session("sess_1", "m", 1, "heart"))


def test_what_an_update_does_not_name_stays(configuration: Configuration) -> None:
    configuration.update({"audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 0.7}}}}, False)
    assert configuration.turn_detection is not None
    assert configuration.turn_detection["threshold"] == 0.7
    assert configuration.turn_detection["silence_duration_ms"] == 500


def test_another_kind_of_detection_starts_from_its_defaults(configuration: Configuration) -> None:
    configuration.update({"audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}}, False)
    assert configuration.turn_detection == session_object.semantic_vad()
    configuration.update({"audio": {"input": {"turn_detection": None}}}, False)
    assert configuration.turn_detection is None


def test_another_format_brings_its_own_rate(configuration: Configuration) -> None:
    configuration.update({"audio": {"input": {"format": {"type": "audio/pcmu"}}}}, False)
    assert configuration.session["audio"]["input"]["format"] == {"type": "audio/pcmu"}
    assert configuration.input_format.rate == 8000


def test_the_language_is_that_of_the_transcription(configuration: Configuration) -> None:
    assert (configuration.transcribes, configuration.language) == (False, "")
    configuration.update({"audio": {"input": {"transcription": {"model": "w", "language": "ja"}}}}, False)
    assert (configuration.transcribes, configuration.language) == (True, "ja")


@pytest.mark.parametrize(
    ("changes", "param"),
    [({"model": "other"}, "session.model"), ({"audio": {"output": {"voice": "oak"}}}, "session.audio.output.voice")],
)
def test_what_cannot_be_changed_refuses_all(
    configuration: Configuration, changes: dict[str, object], param: str
) -> None:
    before = configuration.session
    with pytest.raises(RefusedError) as refused:
        configuration.update({"instructions": "New."} | changes, voice_is_fixed=True)
    assert refused.value.param == param
    assert configuration.session is before
    assert before["instructions"] == ""
