"""The session object: its defaults, and how an update is laid over it."""

from voiceapp.engine.protocol import session_object


def test_each_session_object_is_its_own() -> None:
    first, second = (session_object.session("sess_1", "m", 1) for _ in range(2))
    first["audio"]["input"]["turn_detection"]["threshold"] = 0.9
    assert second["audio"]["input"]["turn_detection"]["threshold"] == 0.5


def test_only_keys_that_are_named_change_however_deep() -> None:
    old = {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    assert session_object.merged(old, {"a": {"c": {"d": 4}}}) == {"a": {"b": 1, "c": {"d": 4}}, "e": 3}
    assert session_object.merged(old, {"a": None}) == {"a": None, "e": 3}
    assert old == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
