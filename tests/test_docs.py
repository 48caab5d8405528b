"""The docs name what there is: every setting, every event of the wire, every error code."""

import json
import re
from pathlib import Path

import pytest

from voiceapp import errors
from voiceapp.config.settings import Settings, _Reader
from voiceapp.conversation import faults
from voiceapp.web import pages
from voiceapp.wire import down, up

DOCS = Path(__file__).parents[1] / "docs"


def codes() -> set[str]:
    """Every code a notice can carry, from the modules that define them."""
    found = {
        value.code for module in (faults, errors) for value in vars(module).values() if isinstance(value, faults.Fault)
    }
    return found | {"bad_event", "not_started", "already_started", "bad_setting"}


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
    assert documented == set(up.UP) | {"audio"} | {kind.event for kind in down.EVENTS}


def read_rows() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The two tables of errors.md: a code's cells in each."""
    parts = (DOCS / "errors.md").read_text().split("## Whose it is")
    tables = [re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", part, re.MULTILINE) for part in parts]
    assert [len(table) for table in tables] == [len(dict(table)) for table in tables], "a code stands twice"
    what, whose = ({code: cells.split(" | ") for code, cells in table} for table in tables)
    return what, whose


def notices(language: str) -> dict[str, str]:
    """The titles of the page's notices; `other` stands for a code that it does not know."""
    strings = json.loads((pages.STATIC / "i18n" / f"{language}.json").read_text())
    found = {key: text for key, text in strings.items() if re.fullmatch(r"notice\.[a-z_]+\.title", key)}
    assert all(strings[key.replace(".title", ".next")] for key in found if key != "notice.other.title")
    return {key.split(".")[1]: text for key, text in found.items() if key != "notice.other.title"}


def test_every_notice_has_its_rows_and_no_row_is_without_one() -> None:
    what, whose = read_rows()
    assert set(what) == set(notices("en"))
    assert list(whose) == list(what)
    assert codes() <= set(what)


def test_a_notice_that_the_server_does_not_send_is_the_pages_own() -> None:
    source = "\n".join(path.read_text() for path in (pages.STATIC / "js").rglob("*.js"))
    own = set(notices("en")) - codes()
    assert [code for code in sorted(own) if f'"{code}"' not in source] == []
    said = set(re.findall(r'notices\.add\(\{ code: "([a-z_]+)"', source))
    assert len(said) > 10
    assert said <= set(notices("en"))


def test_each_row_says_what_happened_what_to_do_whose_it_is_and_what_the_log_holds() -> None:
    what, whose = read_rows()
    english, japanese = notices("en"), notices("ja")
    for code, cells in what.items():
        happened, remedy, ends, again = cells
        assert happened.endswith("."), code
        assert remedy.endswith("."), code
        assert ends in ("yes", "no", "–", "at the start", "of `start`"), code
        assert again in ("yes", "no", "–"), code
    owners = {"person", "operator", "service", "server", "network", "network or operator", "browser", "page", "nobody"}
    for code, (says, owner, log) in whose.items():
        assert says == f"{english[code]} · {japanese[code]}", code
        assert owner in owners, code
        assert log, code


@pytest.mark.parametrize("language", sorted(pages.read_languages()))
def test_the_page_has_words_for_every_code(language: str) -> None:
    strings = json.loads((pages.STATIC / "i18n" / f"{language}.json").read_text())
    assert [code for code in sorted(codes()) if not any(code in key for key in strings)] == []
