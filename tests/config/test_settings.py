"""The environment is read once; what is wrong names its variable."""

import re
from pathlib import Path

import pytest

from voiceapp.config.settings import Settings
from voiceapp.errors import SettingError
from voiceapp.secret import Secret

KEY = "sk-marked-0123456789"


def test_nothing_set_means_the_embedded_engine() -> None:
    settings = Settings.from_env({})
    assert (settings.profile, settings.upstream_url, settings.port, settings.host) == (
        "embedded",
        "",
        8000,
        "127.0.0.1",
    )


def test_a_key_alone_means_openai() -> None:
    settings = Settings.from_env({"OPENAI_API_KEY": KEY})
    assert (settings.profile, settings.upstream_key.reveal()) == ("openai", KEY)


def test_a_platforms_port_opens_it_to_the_outside() -> None:
    assert Settings.from_env({"PORT": "5000"}).host == "0.0.0.0"
    assert Settings.from_env({"PORT": "5000", "VOICEAPP_HOST": "127.0.0.1"}).host == "127.0.0.1"


def test_an_address_of_ones_own_is_not_given_openais_key() -> None:
    settings = Settings.from_env({"OPENAI_API_KEY": KEY, "VOICEAPP_UPSTREAM_URL": "ws://localhost:8080/v1/realtime"})
    assert not settings.upstream_key


def test_lists_offer_several_and_the_first_is_the_usual_one() -> None:
    env = {
        "OPENAI_API_KEY": KEY,
        "VOICEAPP_PROFILE": "embedded, openai",
        "VOICEAPP_MODEL": "a,b",
        "VOICEAPP_VOICE": "x y x",
    }
    settings = Settings.from_env(env)
    assert (settings.profile, settings.profiles) == ("embedded", ("embedded", "openai"))
    assert (settings.models, settings.voices, settings.upstream_key.reveal()) == (("a", "b"), ("x", "y"), KEY)


def test_a_wrong_persona_of_the_operators_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "sam.toml").write_text("name = 'Sam'\ninstructions = 3\n")
    with pytest.raises(SettingError, match=r"sam\.toml, line 2: instructions must be text"):
        Settings.from_env({"VOICEAPP_PERSONAS": str(tmp_path)})


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_env({"OPENAI_API_KEY": "", "VOICEAPP_CHUNK_MS": " "}).chunk_ms == 40


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"PORT": "x"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"VOICEAPP_CHUNK_MS": "19"}, "VOICEAPP_CHUNK_MS"),
        ({"VOICEAPP_CHUNK_MS": "1001"}, "VOICEAPP_CHUNK_MS"),
        ({"VOICEAPP_CHUNK_MS": "4e1"}, "VOICEAPP_CHUNK_MS"),
        ({"VOICEAPP_CHUNK_MS": "٤٠"}, "VOICEAPP_CHUNK_MS"),
        ({"WEB_CONCURRENCY": "-1"}, "WEB_CONCURRENCY"),
        ({"VOICEAPP_THREADS": "1"}, "VOICEAPP_THREADS"),
        ({"VOICEAPP_PROFILE": "openia"}, "VOICEAPP_PROFILE"),
        ({"VOICEAPP_PROFILE": "openai azure"}, "VOICEAPP_PROFILE"),
        ({"VOICEAPP_PERSONA": "nobody"}, "VOICEAPP_PERSONA"),
        ({"VOICEAPP_PERSONA": "own"}, "VOICEAPP_PERSONA"),
        ({"VOICEAPP_PERSONAS": "/no/such/folder"}, "VOICEAPP_PERSONAS"),
        ({"VOICEAPP_EDIT_INSTRUCTIONS": "maybe"}, "VOICEAPP_EDIT_INSTRUCTIONS"),
        ({"VOICEAPP_VOICE": "marin, ced*r"}, "VOICEAPP_VOICE"),
        ({"VOICEAPP_PROFILE": "openai"}, "OPENAI_API_KEY"),
        ({"VOICEAPP_PROFILE": "azure"}, "VOICEAPP_UPSTREAM_URL"),
        ({"VOICEAPP_PROFILE": "beta"}, "VOICEAPP_UPSTREAM_URL"),
        ({"VOICEAPP_PROFILE": "azure", "VOICEAPP_UPSTREAM_URL": "wss://a.example/v1"}, "VOICEAPP_UPSTREAM_KEY"),
        (
            {"VOICEAPP_PROFILE": "azure", "VOICEAPP_UPSTREAM_URL": "wss://a.example/v1", "VOICEAPP_UPSTREAM_KEY": KEY},
            "VOICEAPP_MODEL",
        ),
        ({"VOICEAPP_PROFILE": "embedded", "VOICEAPP_UPSTREAM_URL": "wss://a.example/v1"}, "VOICEAPP_UPSTREAM_URL"),
        ({"VOICEAPP_UPSTREAM_URL": "https://a.example/v1"}, "VOICEAPP_UPSTREAM_URL"),
        ({"VOICEAPP_UPSTREAM_URL": "wss://"}, "VOICEAPP_UPSTREAM_URL"),
        ({"VOICEAPP_UPSTREAM_URL": "wss://me:secret@a.example/v1"}, "VOICEAPP_UPSTREAM_URL"),
        ({"VOICEAPP_UPSTREAM_URL": "wss://a.example:99999/v1"}, "VOICEAPP_UPSTREAM_URL"),
        ({"OPENAI_API_KEY": KEY + "\n" + KEY}, "OPENAI_API_KEY"),
        ({"OPENAI_API_KEY": "ключ"}, "OPENAI_API_KEY"),
        ({"VOICEAPP_MODEL": "gpt realtime?"}, "VOICEAPP_MODEL"),
        ({"VOICEAPP_VOICE": "a&b"}, "VOICEAPP_VOICE"),
        ({"VOICEAPP_INSTRUCTIONS": "x" * 20_001}, "VOICEAPP_INSTRUCTIONS"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"VOICEAPP_CHUNKMS": "40"}, "VOICEAPP_CHUNKMS"),
    ],
)
def test_a_wrong_value_is_refused_by_the_variables_name(env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError, match=rf"^{named}\b"):
        Settings.from_env(env)


@pytest.mark.parametrize(
    "env", [{"OPENAI_API_KEY": KEY + " " + KEY}, {"VOICEAPP_UPSTREAM_URL": f"wss://me:{KEY}@a.example/v1"}]
)
def test_a_refusal_never_repeats_a_key(env: dict[str, str]) -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_env(env)
    assert KEY not in str(refused.value)


def test_a_secret_shows_itself_nowhere() -> None:
    settings = Settings.from_env({"OPENAI_API_KEY": KEY, "SECRET_KEY": KEY})
    assert KEY not in repr(settings)
    assert KEY not in f"{Secret(KEY)} {Secret(KEY)!r}"


def test_the_engines_own_settings_pass() -> None:
    Settings.from_env({"VOICEAPP_BRAIN_URL": "http://127.0.0.1:11434/v1", "VOICEAPP_ENGINE_KEY": "k"})


def test_every_message_is_a_sentence() -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_env({"VOICEAPP_CHUNK_MS": "5"})
    assert re.fullmatch(r"VOICEAPP_CHUNK_MS is '5'; it must be a whole number from 20 to 1000\.", str(refused.value))
