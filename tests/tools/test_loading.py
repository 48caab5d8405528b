"""Tools are found by name, file or module; what is wrong with one is said with its place."""

import logging
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.tools import shop
from tests.waiting import eventually
from voiceapp.errors import SettingError
from voiceapp.tools import import_watch
from voiceapp.tools.loading import load
from voiceapp.tools.start import tool_runner

SHOP = [
    "find_article", "place_order", "decorated", "forgetful", "blocking", "near_shop", "broken", "leave", "leave_too",
    "big", "odd", "slow", "hung", "forever", "search", "wait_a_moment",
]  # fmt: skip


@pytest.mark.parametrize("name", [shop.__file__, "tests.tools.shop"])
def test_of_a_file_or_a_module_the_marked_functions_are_taken(name: str) -> None:
    assert list(load([name, name])) == SHOP


def write(folder: Path, text: str) -> str:
    file = folder / "mine.py"
    file.write_text(f"from voiceapp.tools import tool, ToolContext\n{text}", encoding="utf-8")
    return str(file)


def test_a_file_may_import_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "prices_of_the_shop.py").write_text("HAT = 3\n", encoding="utf-8")
    file = write(tmp_path, 'import prices_of_the_shop\n@tool\ndef price() -> int:\n    """Tell."""\n    return 1\n')
    assert list(load([file])) == ["price"]


def test_one_function_under_two_names_is_one_tool(tmp_path: Path) -> None:
    file = write(tmp_path, '@tool\ndef price() -> int:\n    """Tell."""\n    return 1\nother = price\n')
    assert list(load([file])) == ["price"]


def test_one_module_imported_under_two_names_has_each_tool_once(tmp_path: Path) -> None:
    file = Path(write(tmp_path, '@tool\ndef price() -> int:\n    """Tell."""\n    return 1\n'))
    prices, user = file.rename(tmp_path / "own_prices.py"), tmp_path / "own_shop.py"
    user.write_text("from own_prices import price\n", encoding="utf-8")
    assert list(load([str(prices), str(user)])) == ["price"]


def test_a_file_may_lie_in_ones_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, '@tool\ndef price() -> int:\n    """Tell."""\n    return 1\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    assert list(load(["~/mine.py"])) == ["price"]


def test_one_that_takes_its_time_is_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(import_watch, "SLOW_S", 0.05)
    slow = "import time\ndef fetch():\n    time.sleep(0.3)\nfetch()\n"
    file = write(tmp_path, f'{slow}@tool\ndef price() -> int:\n    """Tell."""\n    return 1\n')
    with caplog.at_level(logging.WARNING):
        load([file])
    assert f"VOICEAPP_TOOLS names {file}, which takes long to import; it is at {file}, line 4" in caplog.text


def test_one_that_is_imported_soon_is_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    threads = threading.active_count()
    load([write(tmp_path, '@tool\ndef price() -> int:\n    """Tell."""\n    return 1\n')])
    assert caplog.messages == []
    assert eventually(lambda: threading.active_count() <= threads, 5)


def test_what_signals_do_one_does_not_change(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = signal.getsignal(signal.SIGTERM)
    text = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    load([write(tmp_path, f'{text}@tool\ndef price() -> int:\n    """Tell."""\n    return 1\n')])
    assert signal.getsignal(signal.SIGTERM) == before
    assert "SIGTERM" in caplog.text
    with pytest.raises(SettingError):
        load([write(tmp_path, f"{text}1 / 0\n")])
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("name", ["./mine", ".", "..mine", "folder/"])
def test_a_file_without_its_ending_is_said_to_be_none(name: str) -> None:
    with pytest.raises(SettingError, match="nor a file ending in"):
        load([name])


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("x = 1\ny = 1 / 0\n", "mine.py, line 3", "ZeroDivisionError: division by zero"),
        ("def broken(\n", "mine.py, line 2", "SyntaxError"),
        ("import no_such_module\n", "mine.py, line 2", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit\n", "mine.py, line 2", "SystemExit"),
        ("@tool(timeout=0)\ndef f() -> None: ...\n", "mine.py, line 2", "timeout is 0"),
        ("\n@tool\ndef f(a: int) -> None: ...\n", "mine.py, line 3: the tool f", "has no docstring"),
        ('\n@tool\ndef f(a) -> None:\n    """F."""\n', "mine.py, line 3: the tool f", "without a type: a"),
        ("def f() -> None: ...\n", "mine.py", "no function is marked with @tool"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_function(tmp_path: Path, text: str, place: str, why: str) -> None:
    with pytest.raises(SettingError) as error:
        load([write(tmp_path, text)])
    assert place in str(error.value)
    assert why in str(error.value)


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path, '@tool\ndef big() -> int:\n    """Tell."""\n    return 1\n')
    with pytest.raises(SettingError, match=r"mine\.py, line 2: the tool big has the name of another"):
        load([shop.__file__, file])


@pytest.mark.parametrize(
    ("name", "why"), [("no_such.module", "which is neither a shipped tool"), ("/no/such.py", "which is no file")]
)
def test_what_is_nowhere_is_named(name: str, why: str) -> None:
    with pytest.raises(SettingError, match=f"VOICEAPP_TOOLS names {name}, {why}"):
        load([name])


def test_a_server_takes_so_many(tmp_path: Path) -> None:
    text = "\n".join(f'@tool\ndef f{n}() -> None:\n    """F."""\n' for n in range(129))
    with pytest.raises(SettingError, match="129 tools"):
        load([write(tmp_path, text)])


def test_without_tools_nothing_of_theirs_is_loaded() -> None:
    assert tool_runner(()) is None
    heavy = "{'pydantic', 'docstring_parser', 'simpleeval', 'mcp'}"
    look = f"import sys, voiceapp; voiceapp.create_app(); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
