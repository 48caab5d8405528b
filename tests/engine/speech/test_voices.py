"""The voices by name."""

from voiceapp.engine.speech.voices import DEFAULT_VOICE, HEART, OAK, VOICES


def test_the_providers_names_are_voices_too() -> None:
    assert VOICES[DEFAULT_VOICE] is VOICES["alloy"] is VOICES["marin"] is HEART
    assert VOICES["echo"] is VOICES["cedar"] is OAK
    assert OAK.pitch < HEART.pitch
