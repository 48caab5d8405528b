"""Limits and doors from the environment; what is wrong names its variable, and an open door that costs is refused."""

from pathlib import Path

import pytest

from voiceapp.config.settings import Settings
from voiceapp.errors import SettingError

KEY = "sk-marked-0123456789"
OPEN = {"VOICEAPP_HOST": "0.0.0.0"}


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"VOICEAPP_ACCESS_CODE": "short"}, "VOICEAPP_ACCESS_CODE"),
        ({"VOICEAPP_ACCESS_CODE": "long enough", "VOICEAPP_ACCESS_CODE_FILE": "x"}, "VOICEAPP_ACCESS_CODE"),
        ({"VOICEAPP_ACCESS_CODE_FILE": "nowhere"}, "VOICEAPP_ACCESS_CODE_FILE"),
        ({"VOICEAPP_TRUSTED_PROXIES": "10.0.0.1/8"}, "VOICEAPP_TRUSTED_PROXIES"),
        ({"VOICEAPP_USER_HEADER": "X User"}, "VOICEAPP_USER_HEADER"),
        ({"VOICEAPP_HOSTS": "https://voice.example"}, "VOICEAPP_HOSTS"),
        ({"VOICEAPP_HOSTS": f"{'声' * 64}.example"}, "VOICEAPP_HOSTS"),
        ({"VOICEAPP_ORIGINS": f"https://{'声' * 64}.example"}, "VOICEAPP_ORIGINS"),
        ({"VOICEAPP_PROXIES": "11"}, "VOICEAPP_PROXIES"),
        ({"VOICEAPP_MAX_CALLS": "0"}, "VOICEAPP_MAX_CALLS"),
        ({"VOICEAPP_MONEY_PER_DAY": "-1"}, "VOICEAPP_MONEY_PER_DAY"),
        ({"VOICEAPP_MONEY_PER_DAY": "nan"}, "VOICEAPP_MONEY_PER_DAY"),
        ({"VOICEAPP_PRICES": "tea=1"}, "VOICEAPP_PRICES"),
        ({"VOICEAPP_PRICES": "cached"}, "VOICEAPP_PRICES"),
        ({"VOICEAPP_PRICES": "transcription_cached=1"}, "VOICEAPP_PRICES"),
        ({"VOICEAPP_PEOPLE_PER_ADDRESS": "all"}, "VOICEAPP_PEOPLE_PER_ADDRESS"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL"),
        ({"VOICEAPP_PUBLIC": "true"}, "VOICEAPP_PUBLIC"),
        ({**OPEN, "OPENAI_API_KEY": KEY}, "VOICEAPP_ACCESS_CODE"),
        ({"PORT": "5000", "OPENAI_API_KEY": KEY}, "VOICEAPP_ACCESS_CODE"),
    ],
)
def test_a_wrong_rule_is_refused_by_the_variables_name(env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError, match=rf"^{named}\b") as refused:
        Settings.from_env(env)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    "env",
    [
        {"OPENAI_API_KEY": KEY},
        OPEN,
        {**OPEN, "VOICEAPP_UPSTREAM_URL": "ws://localhost:8080/v1/realtime"},
        {**OPEN, "OPENAI_API_KEY": KEY, "VOICEAPP_PUBLIC": "yes"},
        {**OPEN, "OPENAI_API_KEY": KEY, "VOICEAPP_ACCESS_CODE": "long enough"},
        {**OPEN, "OPENAI_API_KEY": KEY, "VOICEAPP_TRUSTED_PROXIES": "10.0.0.0/8"},
    ],
    ids=["loopback", "embedded", "no key", "on purpose", "code", "proxy"],
)
def test_what_costs_nothing_or_is_guarded_may_start(env: dict[str, str]) -> None:
    Settings.from_env(env)


def test_a_worker_has_room_for_sockets_beside_those_of_its_calls() -> None:
    assert Settings.from_env({}).rules.max_calls == 300
    assert Settings.from_env({"VOICEAPP_MAX_CALLS": "2"}).rules.max_sockets > 2


def test_limits_for_one_person_hold_where_strangers_come_from() -> None:
    assert Settings.from_env({}).rules.calls_per_user == 0
    assert Settings.from_env(OPEN).rules.calls_per_user == 4
    assert Settings.from_env({"VOICEAPP_PROXIES": "1"}).rules.calls_per_address == 16
    assert Settings.from_env({**OPEN, "VOICEAPP_CALLS_PER_USER": "0"}).rules.calls_per_user == 0


def test_prices_are_those_that_are_named_and_cached_is_for_all_kinds_of_it() -> None:
    env = {"VOICEAPP_PRICES": "cached_audio=0.3 cached=0.06, output_audio=20, transcription_minute=0.01"}
    assert Settings.from_env(env).rules.prices == {
        "cached_text": 0.06,
        "cached_audio": 0.3,
        "cached_image": 0.06,
        "output_audio": 20,
        "transcription_minute": 0.01,
    }
    assert Settings.from_env({}).rules.prices == {}


def test_a_code_from_a_file_is_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "code"
    file.write_text("open sesame\nrest")
    settings = Settings.from_env({"VOICEAPP_ACCESS_CODE_FILE": str(file)})
    assert settings.rules.access_code.reveal() == "open sesame"
    assert "sesame" not in repr(settings)
