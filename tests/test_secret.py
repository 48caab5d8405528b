"""A secret shows itself only to whoever asks for it by name."""

from voiceapp.secret import Secret

KEY = "sk-test-marked-key"


def test_it_shows_itself_nowhere_but_where_it_is_asked_for() -> None:
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {secret!s} {[secret]} {{'key': {secret}}}"
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == KEY


def test_one_that_is_not_set_says_so() -> None:
    assert not Secret("")
    assert str(Secret("")) == "Secret(empty)"
    assert Secret(KEY)
