"""The docs name what there is: every setting, every event of the wire, every error code."""

import json
import re
from pathlib import Path

import pytest

from voiceapp import errors, pages, schema
from voiceapp.conversation import faults
from voiceapp.settings import Settings, _Reader

DOCS = Path(__file__).parents[1] / "docs"


def codes() -> set[str]:
    """Every code a notice can carry, from the modules that define them."""
    found = {
        value.code for module in (faults, errors) for value in vars(module).values() if isinstance(value, faults.Fault)
    }
    return found | {"bad_event", "not_started", "already_started"}


def read_settings(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names `Settings.from_env` asks for."""
    asked: set[str] = set()
    text = _Reader.text
    monkeypatch.setattr(
        _Reader, "text", lambda self, name, *rest, **more: (asked.add(name), text(self, name, *rest, **more))[1]
    )
    Settings.from_env({})
    return asked


def test_every_setting_is_documented_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (DOCS / "settings.md").read_text(), re.MULTILINE))
    asked = read_settings(monkeypatch)
    engines_own = {name for name in documented - asked if name.startswith(("VOICEAPP_ENGINE_", "VOICEAPP_BRAIN_"))}
    assert documented - engines_own == asked


def test_every_event_of_the_wire_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", (DOCS / "wire.md").read_text(), re.MULTILINE))
    assert documented == set(schema.UP) | {"audio"} | schema.DOWN


def test_every_error_code_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", (DOCS / "errors.md").read_text(), re.MULTILINE))
    assert codes() <= documented


@pytest.mark.parametrize("language", sorted(pages.read_languages()))
def test_the_page_has_words_for_every_code(language: str) -> None:
    strings = json.loads((pages.STATIC / "i18n" / f"{language}.json").read_text())
    assert [code for code in sorted(codes()) if not any(code in key for key in strings)] == []
