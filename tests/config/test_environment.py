"""Reading environment variables: typed, bounded, and by name where one is wrong."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from voiceapp.config.environment import Reader, is_service_link
from voiceapp.errors import SettingError


def read(value: str, how: Callable[[Reader], Any]) -> Any:
    return how(Reader({"NAME": value}))


@pytest.mark.parametrize(
    ("value", "how", "found"),
    [
        (" 40 ", lambda each: each.number("NAME", 7, 1, 100), 40),
        ("", lambda each: each.number("NAME", 7, 1, 100), 7),
        ("0.50", lambda each: each.money("NAME"), 0.5),
        ("", lambda each: each.money("NAME"), 0.0),
        ("yes", lambda each: each.flag("NAME"), True),
        ("", lambda each: each.flag("NAME"), False),
        ("marin, cedar marin", lambda each: each.names("NAME"), ("marin", "cedar")),
        ("a,b  c", lambda each: each.words("NAME"), ("a", "b", "c")),
        ("10.0.0.0/8 ::1", lambda each: each.networks("NAME"), (ip_network("10.0.0.0/8"), ip_network("::1"))),
        ("::ffff:10.0.0.0/104", lambda each: each.networks("NAME"), (ip_network("10.0.0.0/8"),)),
    ],
)
def test_what_is_set_is_read(value: str, how: Callable[[Reader], Any], found: Any) -> None:
    assert read(value, how) == found


@pytest.mark.parametrize(
    ("value", "how"),
    [
        ("101", lambda each: each.number("NAME", 7, 1, 100)),
        ("-1", lambda each: each.number("NAME", 7, 1, 100)),
        ("1e3", lambda each: each.number("NAME", 7, 1, 100)),
        ("٣", lambda each: each.number("NAME", 7, 1, 100)),
        ("1.2.3", lambda each: each.money("NAME")),
        ("-5", lambda each: each.money("NAME")),
        ("true", lambda each: each.flag("NAME")),
        ("a b", lambda each: each.word("NAME")),
        ("marin, ce$dar", lambda each: each.names("NAME")),
        ("10.0.0.1/8", lambda each: each.networks("NAME")),
        ("sk-a sk-b", lambda each: each.secret("NAME")),
        ("schlüssel", lambda each: each.secret("NAME")),
        ("x" * 2001, lambda each: each.text("NAME")),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(value: str, how: Callable[[Reader], Any]) -> None:
    with pytest.raises(SettingError, match=r"^NAME "):
        read(value, how)


def test_a_phrase_is_in_the_variable_or_in_a_file_and_never_in_both(tmp_path: Path) -> None:
    file = tmp_path / "code"
    file.write_text("\n open sesame \nsecond line\n", encoding="utf-8")
    assert Reader({"NAME": "open sesame"}).phrase("NAME").reveal() == "open sesame"
    assert Reader({"NAME_FILE": str(file)}).phrase("NAME").reveal() == "open sesame"
    with pytest.raises(SettingError, match="both set"):
        Reader({"NAME": "open sesame", "NAME_FILE": str(file)}).phrase("NAME")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingError, match=r"^NAME_FILE .*UTF-8"):
        Reader({"NAME_FILE": str(file)}).phrase("NAME")
    file.write_text(" \n")
    with pytest.raises(SettingError, match=r"^NAME_FILE .*empty"):
        Reader({"NAME_FILE": str(file)}).phrase("NAME")
    with pytest.raises(SettingError, match=r"^NAME_FILE "):
        Reader({"NAME_FILE": str(tmp_path / "none")}).phrase("NAME")


def test_a_name_that_nobody_asked_for_is_refused_unless_it_is_the_engines_or_a_services() -> None:
    reader = Reader({"VOICEAPP_POTR": "1"})
    with pytest.raises(SettingError, match=r"^VOICEAPP_POTR is not a setting"):
        reader.refuse_unknown()
    links = {"VOICEAPP_PORT": "tcp://10.0.0.1:80", "VOICEAPP_SERVICE_HOST": "10.0.0.1"}
    other = Reader({"VOICEAPP_ENGINE_KEY": "k", "PATH": "/bin", **links, "VOICEAPP_MODEL": "m"})
    assert other.text("VOICEAPP_MODEL") == "m"
    assert not other.has("VOICEAPP_PORT")
    other.refuse_unknown()


def test_a_links_copies_come_with_the_links_own_name() -> None:
    name, copy = {"VOICEAPP_NAME": "/proxy/voiceapp"}, "VOICEAPP_ENV_PATH"
    assert is_service_link(copy, "/bin", name)
    assert not is_service_link(copy, "/bin", {})
    assert not is_service_link("PATH", "/bin", name)
