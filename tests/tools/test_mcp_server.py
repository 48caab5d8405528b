"""A real MCP server, over its own input and output and over HTTP: its tools are functions like others."""

import asyncio
import io
import json
import logging
import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.servers import free_port
from tests.tools import mcp_example, mcp_odd
from tests.waiting import eventually
from voiceapp.config.mcp import McpServer
from voiceapp.errors import SettingError
from voiceapp.secret import Secret
from voiceapp.tools import ToolContext, mcp_server, mcp_servers
from voiceapp.tools.interfaces import FAILED, Outcome
from voiceapp.tools.mcp_server import Connection
from voiceapp.tools.mcp_servers import ServedRunner, with_servers
from voiceapp.tools.results import MAX_BYTES
from voiceapp.tools.start import tool_runner

pytestmark = pytest.mark.slow

STDIO = McpServer(
    "example",
    command=(sys.executable, mcp_example.__file__),
    env={"EXAMPLE_TOKEN": Secret("sk-example")},
    asks=("leave",),
)


class Running:
    """A runner with the tools of one server, and what they tell."""

    def __init__(self, server: McpServer) -> None:
        self.runner = with_servers({}, [server])
        self.told: queue.Queue[Outcome] = queue.Queue()

    def run(self, name: str, arguments: str = "{}") -> Outcome:
        self.runner.start(f"example_{name}", arguments, ToolContext(), self.told.put)
        return self.told.get(timeout=20)


@pytest.fixture(scope="module")
def http() -> Iterator[McpServer]:
    port = free_port()
    process = subprocess.Popen([sys.executable, mcp_example.__file__, str(port)], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/mcp"
    yield McpServer("example", url=url, headers={"X-Token": Secret("sk-example")}, asks=("leave",))
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module", params=["stdio", "http"])
def running(request: pytest.FixtureRequest, http: McpServer) -> Iterator[Running]:
    server = STDIO if request.param == "stdio" else http
    made: list[Running] = []

    def served() -> bool:
        made.append(Running(server))
        return bool(made[-1].runner.functions) or made[-1].runner.stop() is not None

    assert eventually(served)
    yield made[-1]
    made[-1].runner.stop()


def test_its_tools_are_offered_under_its_label(running: Running) -> None:
    offers = {offer.name: offer for offer in running.runner.offers}
    names = ("add", "fail", "refuse", "wait", "token", "header", "leave", "big")
    assert list(offers) == [f"example_{name}" for name in names]
    add = offers["example_add"]
    assert (add.description, add.confirm, offers["example_leave"].confirm) == ("Add two numbers.", False, True)
    assert add.parameters["properties"] == {"a": {"type": "integer"}, "b": {"type": "integer"}}
    assert add.parameters["required"] == ["a", "b"]


def test_they_are_called_and_their_result_told(running: Running) -> None:
    assert running.run("add", '{"a": 1, "b": 2}') == Outcome("1 and 2 are 3")


def test_what_is_wrong_with_a_call_the_server_says(running: Running) -> None:
    outcome = running.run("add", '{"a": "x"}')
    assert outcome.failed
    assert "b" in outcome.output
    assert json.loads(running.run("add", "[1]").output)["error"].startswith("Wrong arguments.")
    assert json.loads(running.run("add", '{"a"').output)["error"].startswith("Wrong arguments.")


def test_one_that_fails_says_so(running: Running) -> None:
    assert running.run("fail").failed


def test_an_error_of_the_protocol_is_told_to_the_model_and_ends_nobody_elses_call(running: Running) -> None:
    other: queue.Queue[Outcome] = queue.Queue()
    running.runner.start("example_wait", "{}", ToolContext(), other.put)
    outcome = running.run("refuse")
    assert outcome.failed
    assert json.loads(outcome.output) == {"error": "the field city is missing"}
    assert other.get(timeout=20) == Outcome("waited")


@pytest.mark.parametrize(
    ("texts", "structured", "told"),
    [
        (['{"size": 1}', '{"size": 2}'], {"result": [{"size": 1}, {"size": 2}]}, '[{"size": 1}, {"size": 2}]'),
        (["Sunny."], {"result": "Sunny."}, "Sunny."),
        (["One.", "Two."], None, "One.\nTwo."),
        ([], {"sky": "晴れ"}, '{"sky": "晴れ"}'),
        ([], None, "null"),
    ],
)
def test_several_parts_are_told_as_what_they_mean(texts: list[str], structured: Any, told: str) -> None:
    content = [SimpleNamespace(type="text", text=text) for text in texts]
    assert mcp_server._text(SimpleNamespace(content=content, structured_content=structured)) == told


def test_a_long_result_is_cut(running: Running) -> None:
    assert len(running.run("big").output.encode()) <= MAX_BYTES


def test_the_secrets_reach_it(running: Running) -> None:
    name = "header" if running.runner.connections[0].server.url else "token"
    assert running.run(name) == Outcome("yes")


# It takes a tenth of the time to start.
ODD = McpServer("example", command=(sys.executable, mcp_odd.__file__), asks=(), timeout=1)


@pytest.fixture
def odd() -> Iterator[Running]:
    running = Running(ODD)
    yield running
    running.runner.stop()


def pid_of(running: Running) -> int:
    return int(running.run("pid").output)


def test_one_that_dies_is_started_anew_for_the_next_call(odd: Running) -> None:
    before = pid_of(odd)
    assert odd.run("leave") == FAILED
    assert pid_of(odd) != before


def test_one_that_hangs_in_a_call_is_started_anew(odd: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_server, "ANSWER_S", 0.2)
    before = pid_of(odd)
    cancel = odd.runner.start("example_hang", "{}", ToolContext(), odd.told.put)
    # Taken by then: what it does not have yet, it does not hang in.
    assert not eventually(lambda: not odd.told.empty(), 0.3)
    cancel()
    assert odd.told.get(timeout=20) == FAILED
    assert eventually(lambda: odd.runner.connections[0]._over.is_set(), 20)
    assert pid_of(odd) != before


def test_one_that_only_takes_its_time_is_not(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_server, "ANSWER_S", 0.2)
    connection = running.runner.connections[0]
    assert running.run("add", '{"a": 1, "b": 2}') == Outcome("1 and 2 are 3")
    before = connection._over
    cancel = running.runner.start("example_wait", "{}", ToolContext(), running.told.put)
    assert not eventually(lambda: not running.told.empty(), 0.1)
    cancel()
    assert running.told.get(timeout=20) == FAILED
    assert eventually(lambda: connection._doubt is not None and connection._doubt.done(), 35)
    assert not before.is_set()


@pytest.mark.parametrize("name", ["mutter", "twice"])
def test_what_one_says_that_is_no_answer_is_in_no_log(odd: Running, name: str) -> None:
    written = io.StringIO()
    log, handler = logging.getLogger(), logging.StreamHandler(written)
    log.addHandler(handler)
    odd.run(name)
    pid_of(odd)
    log.removeHandler(handler)
    assert "marmalade" not in written.getvalue()
    assert ("ValidationError in mcp.client.stdio" in written.getvalue()) == (name == "mutter")


def test_one_that_floods_its_standard_error_holds_up_nothing(odd: Running) -> None:
    assert odd.run("shout") == odd.run("pid")


def test_only_those_that_are_allowed_are_offered() -> None:
    runner = with_servers({}, [McpServer("example", command=ODD.command, tools=("pid",))])
    assert [offer.name for offer in runner.offers] == ["example_pid"]
    # Of what is not said the person is asked.
    assert runner.offers[0].confirm
    with pytest.raises(SettingError, match="two tools have the name example_pid"):
        with_servers(runner.functions, [ODD])
    runner.stop()


def test_there_are_no_more_than_a_model_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_servers, "MAX_TOOLS", 3)
    with pytest.raises(SettingError, match="models take at most 3"):
        with_servers({}, [ODD])


def test_one_that_hangs_where_it_is_started_anew_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def reach() -> None:
        connection = Connection(McpServer("example", command=(sys.executable, "-c", "import time; time.sleep(60)")))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.call("add", {}), 20)
        await connection.close()
        assert connection._task is not None
        assert connection._task.done()

    monkeypatch.setattr(mcp_server, "START_S", 0.2)
    asyncio.run(reach())


# Of a process of its own, which says what that of its server is.
STARTED = f"""
import os, queue, time
from voiceapp.config.mcp import McpServer
from voiceapp.tools import ToolContext
from voiceapp.tools.mcp_servers import with_servers
server = McpServer("example", command=({sys.executable!r}, {mcp_odd.__file__!r}))
runner, told = with_servers({{}}, [server]), queue.Queue()
"""
ASKED = """
runner.start("example_pid", "{}", ToolContext(), told.put)
print(told.get(timeout=10).output, flush=True)
"""
HANGING = 'runner.start("example_hang", "{}", ToolContext(), lambda outcome: None); time.sleep(0.3)\n'
STOPPED = "runner.stop()\n"
FORKED = "child = os.fork()\n"
ENDED = "os._exit(0) if not child else os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"


def pids_of(app: str) -> list[int]:
    done = subprocess.run([sys.executable, "-c", app], stdout=subprocess.PIPE, text=True, timeout=30, check=True)
    return [int(line) for line in done.stdout.split()]


def test_a_worker_that_is_forked_after_the_start_has_connections_of_its_own() -> None:
    one, other = pids_of(STARTED + FORKED + ASKED + STOPPED + ENDED)
    assert one != other


def test_one_that_hangs_does_not_outlive_the_app() -> None:
    """Not even where it takes no notice of its input's end."""
    (pid,) = pids_of(STARTED + ASKED + HANGING + STOPPED)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    "server",
    [
        McpServer("example", url=f"http://127.0.0.1:{free_port()}/mcp"),
        McpServer("example", command=("/no/such/program",)),
        McpServer("example", command=(sys.executable, "-c", "")),
    ],
)
def test_one_that_cannot_be_reached_has_none_and_the_log_says_so(
    server: McpServer, caplog: pytest.LogCaptureFixture
) -> None:
    runner = tool_runner(("clock",), servers=(server,))
    assert isinstance(runner, ServedRunner)
    assert [offer.name for offer in runner.offers] == ["clock"]
    assert "the MCP server example cannot be reached" in caplog.text
    runner.stop()


def test_one_that_the_models_server_reaches_is_no_matter_of_ours() -> None:
    assert tool_runner((), servers=(McpServer("sky", by="upstream", url="https://sky.example/mcp"),)) is None


def test_without_the_package_the_start_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "voiceapp.tools.mcp_servers", None)
    with pytest.raises(SettingError, match=r"VOICEAPP_MCP .*: \.venv/bin/pip install -r requirements-mcp\.txt$"):
        tool_runner((), servers=(STDIO,))
