"""Coming back to a call, as it is set; what is wrong names its variable."""

import sys

import pytest
from cryptography.fernet import Fernet

from voiceapp.config import resume
from voiceapp.config.settings import Settings
from voiceapp.errors import SettingError

KEY = Fernet.generate_key().decode()
REDIS = {"REDIS_URL": "redis://localhost:6379/0"}


def test_by_default_a_page_may_come_back_and_no_word_is_shared() -> None:
    usual = Settings.from_env(REDIS).resume
    assert (usual.on, usual.grace_s, usual.share_transcripts, bool(usual.transcripts_key)) == (True, 30, False, False)


def test_coming_back_may_be_turned_off() -> None:
    assert not Settings.from_env({"VOICEAPP_RESUME": "no"}).resume.on


def test_what_was_said_is_shared_where_it_is_asked_for() -> None:
    shared = Settings.from_env({**REDIS, "VOICEAPP_SHARE_TRANSCRIPTS": "yes", "VOICEAPP_TRANSCRIPTS_KEY": KEY}).resume
    assert shared.share_transcripts
    assert Fernet(shared.transcripts_key.reveal())


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"VOICEAPP_RESUME": "on"}, "VOICEAPP_RESUME"),
        ({"VOICEAPP_GRACE_SECONDS": "4"}, "VOICEAPP_GRACE_SECONDS"),
        ({"VOICEAPP_GRACE_SECONDS": "601"}, "VOICEAPP_GRACE_SECONDS"),
        ({"VOICEAPP_SHARE_TRANSCRIPTS": "1"}, "VOICEAPP_SHARE_TRANSCRIPTS"),
        ({"VOICEAPP_SHARE_TRANSCRIPTS": "yes"}, "VOICEAPP_SHARE_TRANSCRIPTS"),
        ({**REDIS, "VOICEAPP_SHARE_TRANSCRIPTS": "yes", "VOICEAPP_RESUME": "no"}, "VOICEAPP_SHARE_TRANSCRIPTS"),
        ({"VOICEAPP_TRANSCRIPTS_KEY": KEY[:-4]}, "VOICEAPP_TRANSCRIPTS_KEY"),
        ({"VOICEAPP_TRANSCRIPTS_KEY": KEY[:-1]}, "VOICEAPP_TRANSCRIPTS_KEY"),
        ({"VOICEAPP_TRANSCRIPTS_KEY": "a passphrase"}, "VOICEAPP_TRANSCRIPTS_KEY"),
    ],
)
def test_what_is_wrong_stops_the_start_and_names_its_variable(env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError, match=rf"^{named}\b") as refused:
        Settings.from_env(env)
    assert KEY[:8] not in str(refused.value)


def test_a_key_without_the_package_for_it_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume, "find_spec", lambda name: None if name == "cryptography" else sys)
    with pytest.raises(SettingError, match=r"^VOICEAPP_TRANSCRIPTS_KEY\b.*requirements-redis\.txt"):
        Settings.from_env({"VOICEAPP_TRANSCRIPTS_KEY": KEY})


def test_the_key_is_among_what_no_log_may_hold() -> None:
    settings = Settings.from_env({"VOICEAPP_TRANSCRIPTS_KEY": KEY})
    assert KEY not in repr(settings)
    assert KEY in [secret.reveal() for secret in settings.secrets]
