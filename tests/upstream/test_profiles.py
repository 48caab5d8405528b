"""Known servers with what the operator chose: where they are, and how they are asked."""

import pytest

from voiceapp.config.settings import Settings
from voiceapp.secret import Secret
from voiceapp.upstream import profiles


def test_the_operators_choices_win_over_the_profiles() -> None:
    settings = Settings.from_env({"OPENAI_API_KEY": "sk-x", "VOICEAPP_MODEL": "other", "VOICEAPP_VOICE": "cedar"})
    profile = profiles.offered_profiles(settings)["openai"]
    assert (profile.url, profile.model, profile.voice) == ("wss://api.openai.com/v1/realtime", "other", "cedar")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("wss://a.example/v1/realtime", "wss://a.example/v1/realtime?model=gpt-realtime-2.1"),
        ("wss://a.example/v1/realtime?model=mine", "wss://a.example/v1/realtime?model=mine"),
        ("wss://a.example/r?api-version=2&deployment=d", "wss://a.example/r?api-version=2&deployment=d"),
        ("ws://a.example:8080/r?x=1", "ws://a.example:8080/r?x=1&model=gpt-realtime-2.1"),
    ],
)
def test_the_model_goes_into_the_address_unless_one_is_there(url: str, address: str) -> None:
    settings = Settings.from_env({"VOICEAPP_UPSTREAM_URL": url})
    assert profiles.address(profiles.offered_profiles(settings)["openai"]) == address


@pytest.mark.parametrize(("profile", "header"), [("openai", "Authorization: Bearer sk-x"), ("azure", "api-key: sk-x")])
def test_each_server_has_its_own_header_for_the_key(profile: str, header: str) -> None:
    assert profiles.headers(profiles.PROFILES[profile], Secret("sk-x")) == [header]
    assert profiles.headers(profiles.PROFILES[profile], Secret("")) == []


@pytest.mark.parametrize(
    ("environment", "name", "sees"),
    [
        ({"OPENAI_API_KEY": "sk-x"}, "openai", True),
        ({"VOICEAPP_UPSTREAM_URL": "ws://localhost:8000/v1/realtime"}, "openai", False),
        ({"VOICEAPP_UPSTREAM_URL": "ws://localhost:8000/v1", "VOICEAPP_UPSTREAM_PICTURES": "yes"}, "openai", True),
        ({"OPENAI_API_KEY": "sk-x", "VOICEAPP_UPSTREAM_PICTURES": "no"}, "openai", False),
        ({}, "embedded", False),
        ({"VOICEAPP_UPSTREAM_PICTURES": "yes"}, "embedded", True),
    ],
)
def test_only_the_providers_own_models_see_pictures_unless_it_is_said(
    environment: dict[str, str], name: str, sees: bool
) -> None:
    assert profiles.offered_profiles(Settings.from_env(environment))[name].capabilities.sees is sees


@pytest.mark.parametrize(
    ("environment", "yields"),
    [
        ({"OPENAI_API_KEY": "sk-x"}, True),
        ({"VOICEAPP_UPSTREAM_URL": "wss://eu.api.openai.com/v1/realtime", "OPENAI_API_KEY": "sk-x"}, True),
        ({"VOICEAPP_UPSTREAM_URL": "wss://openai.com.example/v1/realtime"}, False),
        ({"VOICEAPP_UPSTREAM_URL": "ws://localhost:8000/v1/realtime"}, False),
        ({"VOICEAPP_UPSTREAM_URL": "wss://proxy.example/v1", "VOICEAPP_UPSTREAM_YIELDS": "yes"}, True),
        ({"OPENAI_API_KEY": "sk-x", "VOICEAPP_UPSTREAM_YIELDS": "no"}, False),
    ],
)
def test_only_the_providers_own_servers_leave_responses_to_us_unless_it_is_said(
    environment: dict[str, str], yields: bool
) -> None:
    assert profiles.offered_profiles(Settings.from_env(environment))["openai"].capabilities.yields is yields
