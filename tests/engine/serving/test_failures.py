"""A failure in the log: its kind and its place, none of its words."""

from voiceapp.engine.serving.failures import describe_failure


def test_it_tells_the_kind_and_the_place_and_not_the_message() -> None:
    try:
        int("secret words")
    except ValueError as failure:
        told = describe_failure(failure)
    assert told.startswith("ValueError at test_failures.py:")
    assert "secret" not in told


def test_one_that_came_through_nothing() -> None:
    assert describe_failure(KeyError("secret")) == "KeyError at "
