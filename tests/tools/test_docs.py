"""Every example of docs/tools.md does what it says there."""

import json
import queue
import random
import re
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from voiceapp.config import mcp, persona
from voiceapp.conversation.functions import Function as Offer
from voiceapp.engine.brains.companion import Companion
from voiceapp.engine.brains.request import Message, Request, ToolCall
from voiceapp.tools import ToolContext
from voiceapp.tools.interfaces import Outcome
from voiceapp.tools.loading import load
from voiceapp.tools.mcp_servers import with_servers
from voiceapp.tools.runner import ToolRunner

TEXT = (Path(__file__).parents[2] / "docs" / "tools.md").read_text(encoding="utf-8")
FILES = {name: body for _, name, body in re.findall(r"```(python|toml)\n# (\S+)\n(.*?)```", TEXT, re.DOTALL)}
QUESTION = re.findall(r"Ask “(.+?)”", TEXT)
CALLS = {
    "shop.py": ("price_of", {"article": "Hat"}, "12 euros"),
    "sky.py": ("weather", {"city": "Kyoto"}, '{"sky":"sunny","degrees":18,"source":"https://sky.example"}'),
    "orders.py": ("place_order", {"lines": [{"article": "hat", "count": 2}]}, '{"ordered":2,"for":"v1"}'),
}


def test_every_example_has_its_test() -> None:
    assert TEXT.count("```python") + TEXT.count("```toml") == len(FILES)
    assert set(FILES) == {*CALLS, "seller.toml", "mcp.toml", "hats.py", "hats.toml"}


@pytest.mark.parametrize("file", CALLS)
def test_an_example_runs(file: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(FILES[file], encoding="utf-8")
    name, arguments, output = CALLS[file]
    runner, told = ToolRunner(load([str(tmp_path / file)])), queue.Queue[Outcome]()
    runner.start(name, json.dumps(arguments), ToolContext("c1", "v1"), told.put)
    assert told.get(timeout=10) == Outcome(output)
    runner.stop()


def test_the_first_one_works_without_a_key(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(FILES["shop.py"], encoding="utf-8")
    function = load([str(tmp_path / "shop.py")])["price_of"]
    companion = Companion(datetime.now, random.Random(1))
    asked = Message("user", QUESTION[0])
    call = called(companion, asked, function.offer)
    output = Message("output", function.bind(call.arguments, ToolContext())(), call_id="c1")
    assert list(companion.reply(Request("r2", (asked, output)))) == ["The answer is: 12 euros"]


def called(companion: Companion, asked: Message, offer: Offer) -> ToolCall:
    """What the companion calls when it is asked so."""
    (call,) = companion.reply(Request("r1", (asked,), tools=(offer.shown(),)))
    assert isinstance(call, ToolCall)
    return call


@pytest.mark.slow
def test_the_server_to_try_works_without_a_key(tmp_path: Path) -> None:
    for file in ("hats.py", "hats.toml"):
        (tmp_path / file).write_text(FILES[file], encoding="utf-8")
    (server,) = mcp.read(str(tmp_path / "hats.toml"), {})
    program, script = server.command
    assert (program, server.asks_for("price")) == (".venv/bin/python", False)
    runner = with_servers({}, [replace(server, command=(sys.executable, str(tmp_path / script)))])
    told = queue.Queue[Outcome]()
    companion = Companion(datetime.now, random.Random(1))
    call = called(companion, Message("user", QUESTION[1]), runner.functions["hats_price"].offer)
    runner.start(call.name, call.arguments, ToolContext(), told.put)
    assert told.get(timeout=20) == Outcome("All hats are 12 euros.")
    runner.stop()


def test_the_servers_are_read(tmp_path: Path) -> None:
    (tmp_path / "mcp.toml").write_text(FILES["mcp.toml"], encoding="utf-8")
    servers = mcp.read(str(tmp_path / "mcp.toml"), {"SHOP_TOKEN": "a", "FILES_TOKEN": "b"})
    assert [(server.label, server.by) for server in servers] == [("shop", "app"), ("files", "app"), ("sky", "upstream")]
    assert [server.asks_for("order") for server in servers] == [True, False, True]


def test_the_persona_names_its_tools(tmp_path: Path) -> None:
    (tmp_path / "seller.toml").write_text(FILES["seller.toml"], encoding="utf-8")
    assert persona.read(tmp_path / "seller.toml").tools == ("price_of",)
