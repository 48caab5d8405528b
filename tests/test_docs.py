"""The docs name what there is: every setting, every event of the wire, every error code, every file."""

import json
import os
import re
from functools import cache
from itertools import accumulate
from pathlib import Path

import pytest

from tests.fault_codes import fault_codes
from voiceapp.config.settings import Settings, _Reader
from voiceapp.web import pages
from voiceapp.wire import down, up

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "benchmarks/README.md", *sorted(DOCS.rglob("*.md"))]
# Installed or made, so no part of the repository.
SKIPPED = {".git", ".venv", "node_modules", "vendor", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
FILE = re.compile(r"[\w./-]+\.(py|js|ts|md|json|toml|txt|html|css|conf)")
FOLDER = re.compile(r"([\w-]+/)+")
# Somebody else's: of a Whisper model, of a language yet to be translated, and a developer's tools.
FOREIGN = {"./shop.py", "mcp.toml", "notes.db", "config.json", "vocabulary.txt", "fr.json", "docs/img/states/"}


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
    titles = {key.split(".")[1]: text for key, text in found.items() if key != "notice.other.title"}
    # A text with a number has its forms.
    assert all(strings.keys() & {f"notice.{code}.next", f"notice.{code}.next_other"} for code in titles)
    return titles


def test_every_notice_has_its_rows_and_no_row_is_without_one() -> None:
    what, whose = read_rows()
    assert set(what) == set(notices("en"))
    assert list(whose) == list(what)
    assert fault_codes() <= set(what)


def test_a_notice_that_the_server_does_not_send_is_the_pages_own() -> None:
    source = "\n".join(path.read_text() for path in (pages.STATIC / "js").rglob("*.js"))
    own = set(notices("en")) - fault_codes()
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
    assert [code for code in sorted(fault_codes()) if not any(code in key for key in strings)] == []


@cache
def read_tree() -> tuple[frozenset[str], frozenset[str]]:
    """All files and folders by every ending of their path: `call/relay.py` and `relay.py` for the relay."""
    files, folders = set(), set()
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [name for name in inner if name not in SKIPPED]
        here = Path(folder).relative_to(ROOT).parts
        folders.update("/".join(here[start:]) + "/" for start in range(len(here)))
        for name in names:
            files.update(accumulate(reversed((*here, name)), lambda path, folder: f"{folder}/{path}"))
    return frozenset(files), frozenset(folders)


def code_words(page: Path) -> set[str]:
    """What stands in backticks, word by word; blocks of code are left out."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    return {word.strip(",;:()\"'") for code in re.findall(r"`([^`\n]+)`", text) for word in code.split()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_folder_that_a_page_names_exists(page: Path) -> None:
    files, folders = read_tree()
    words = code_words(page) - FOREIGN
    missing = [word for word in words if FILE.fullmatch(word) and word not in files]
    missing += [word for word in words if FOLDER.fullmatch(word) and word not in folders]
    assert sorted(missing) == []


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub makes links of them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_that_the_code_names_exists() -> None:
    sources = [path for folder in ("voiceapp", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.*")]
    named = {
        name
        for path in sources
        if path.suffix in (".py", ".js", ".css", ".html") and not SKIPPED & set(path.parts)
        for name in re.findall(r"docs/[\w/]+\.md", path.read_text())
    }
    assert len(named) > 5
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if ":" not in target and not (file.exists() and (not anchor or anchor in anchors(file))):
            broken.append(target)
    assert broken == []
