"""MCP servers from a file: what is wrong is named by line and key."""

from pathlib import Path
from typing import Any

import pytest

from voiceapp.config.mcp import MAX_SERVERS, McpServer, read
from voiceapp.errors import SettingError

ENV = {"SKY_TOKEN": " sk-sky ", "FILES_TOKEN": "sk-files"}


def written(folder: Path, text: str) -> str:
    (folder / "mcp.toml").write_text(text, encoding="utf-8")
    return str(folder / "mcp.toml")


def test_all_that_can_be_said_of_one(tmp_path: Path) -> None:
    text = """
[sky]
url = "https://sky.example/mcp"
by = "upstream"
headers = { Authorization = "SKY_TOKEN" }
tools = ["forecast", "pay"]
ask = ["pay"]

[files]
command = ["files-server", "--all"]
env = { TOKEN = "FILES_TOKEN" }
ask = "never"
timeout = 5
"""
    sky, files = read(written(tmp_path, text), ENV)
    assert (sky.label, sky.by, sky.tools, sky.asks) == ("sky", "upstream", ("forecast", "pay"), ("pay",))
    assert sky.headers["Authorization"].reveal() == "sk-sky"
    assert (files.by, files.command, files.timeout) == ("app", ("files-server", "--all"), 5.0)
    assert files.env["TOKEN"].reveal() == "sk-files"
    assert [files.asks_for("x"), sky.asks_for("pay"), sky.asks_for("forecast")] == [False, True, False]
    assert "sk-" not in repr((sky, files))


def test_unless_it_says_otherwise_the_person_is_asked(tmp_path: Path) -> None:
    (server,) = read(written(tmp_path, '[sky]\nurl = "http://127.0.0.1:8000/mcp"'), {})
    assert server.asks_for("anything")
    assert (server.by, server.timeout) == ("app", 30.0)


@pytest.mark.parametrize(
    ("server", "approval"),
    [
        (McpServer("sky"), "always"),
        (McpServer("sky", asks=()), "never"),
        (McpServer("sky", asks=("pay",)), {"always": {"tool_names": ["pay"]}}),
        (
            McpServer("sky", asks=("pay",), tools=("pay", "look")),
            {"always": {"tool_names": ["pay"]}, "never": {"tool_names": ["look"]}},
        ),
    ],
)
def test_the_protocol_says_when_to_ask(server: McpServer, approval: Any) -> None:
    assert server.shown()["require_approval"] == approval


def test_the_protocol_is_told_no_more_than_there_is(tmp_path: Path) -> None:
    (sky,) = read(written(tmp_path, '[sky]\nurl = "https://sky.example/mcp"\nby = "upstream"'), {})
    assert sky.shown() == {
        "type": "mcp",
        "server_label": "sky",
        "server_url": "https://sky.example/mcp",
        "require_approval": "always",
    }


URL = '[sky]\nurl = "https://sky.example/mcp"\n'


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sky = 3", "line 1", "sky must be a table"),
        ("[1sky]\nurl = 'https://a.example'", "mcp.toml", "1sky must be a table, with a name"),
        ("[sky]\n", "mcp.toml", "sky.url or command must be there"),
        (f"{URL}command = ['a']", "line 2", "sky.url or command must be there, and not both"),
        ("[sky]\nurl = 'ftp://sky.example'", "line 2", "sky.url must be an address"),
        ("[sky]\nurl = 'https://a:b@sky.example'", "line 2", "sky.url must be an address"),
        ("[sky]\nurl = 'http://sky.example'\nby = 'upstream'", "line 2", "sky.url must begin with https"),
        ("[sky]\ncommand = ['a']\nby = 'upstream'", "mcp.toml", "sky.url must begin with https"),
        (f"{URL}by = 'me'", "line 3", "sky.by must be app or upstream"),
        (f"{URL}colour = 'red'", "line 3", "sky.colour is not known"),
        (f"{URL}ask = 'sometimes'", "line 3", "sky.ask must be always, never, or a list of tools"),
        (f"{URL}tools = 'all'", "line 3", "sky.tools must be a list of names"),
        (f"{URL}timeout = 0", "line 3", "sky.timeout must be a number of seconds"),
        (f"{URL}headers = {{ A = 'NO_TOKEN' }}", "line 3", "needs the variable NO_TOKEN, which is not set"),
        (f"{URL}env = {{ A = 'SKY_TOKEN' }}", "mcp.toml", "go with a url, and env with a command"),
        ("[sky]\ncommand = []", "line 2", "sky.command must be a list of a program"),
        ("[sky", "mcp.toml", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_key(tmp_path: Path, text: str, place: str, words: str) -> None:
    with pytest.raises(SettingError) as error:
        read(written(tmp_path, text), ENV)
    assert place in str(error.value)
    assert words in str(error.value)


def test_a_file_that_is_not_there_or_too_much_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read: No such file"):
        read(str(tmp_path / "none.toml"), {})
    many = "".join(f"[s{n}]\nurl = 'https://a.example'\n" for n in range(MAX_SERVERS + 1))
    with pytest.raises(SettingError, match="more than 20 servers"):
        read(written(tmp_path, many), {})
    with pytest.raises(SettingError, match="longer than"):
        read(written(tmp_path, "#" * 70_000), {})
