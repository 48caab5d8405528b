"""The server of a call goes, politely or not: the page goes on with the same talk on another one."""

import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.balancer import Balancer, balancer
from tests.browser.visitor import Visitor
from tests.conftest import upstream_settings
from tests.redis_server import redis_server
from tests.servers import Gunicorn, gunicorn
from tests.waiting import eventually
from voiceapp.engine.scripted.server import ScriptedServer

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
Pair = tuple[Balancer, list[Gunicorn], ScriptedServer]
# Only what is typed is answered.
SAY = {"item": "t{n}", "text": "You wrote to me.", "ms": 600, "tone_hz": 440}
TYPED = {"title": "Typed text is answered.", "on": [{"when": "response.create", "do": [{"say": SAY}]}]}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Two servers with one Redis, behind a balancer; words stay with the page."""
    with ExitStack() as stack:
        upstream = stack.enter_context(ScriptedServer(TYPED))
        redis = stack.enter_context(redis_server())
        settings = upstream_settings(upstream, SECRET_KEY=secrets.token_hex(16), REDIS_URL=redis.url)
        servers = [stack.enter_context(gunicorn(settings, tmp_path / f"{n}.log")) for n in range(2)]
        yield stack.enter_context(balancer(*(each.port for each in servers))), servers, upstream


def stop(server: Gunicorn) -> None:
    server.process.send_signal(signal.SIGTERM)


def kill(server: Gunicorn) -> None:
    for pid in (server.process.pid, *server.worker_pids()):
        os.kill(pid, signal.SIGKILL)
    # Else it may yet take a connection that it does not answer.
    eventually(lambda: not _listens(server.port))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("end", [stop, kill])
def test_the_talk_goes_on_where_its_server_does_not(visit: Visit, pair: Pair, end: Callable[[Gunicorn], None]) -> None:
    front, servers, upstream = pair
    front.only = servers[0].port
    visitor = visit(front.url)
    visitor.forgive()
    visitor.call_until_live()
    visitor.type("My name is Ada.")
    visitor.wait_until(lambda _: [each["final"] for each in visitor.entries] == [True] * 2)
    front.only = None
    end(servers[0])
    visitor.wait_until(lambda stats: stats["resumes"] == 1 and stats["phase"] == "live", 15)
    visitor.wait_for_notice("moved")
    visitor.type("Still here?")
    visitor.wait_until(lambda _: [each["final"] for each in visitor.entries] == [True] * 4)
    said = [(each["role"], each["text"]) for each in visitor.entries]
    assert said == [
        ("user", "My name is Ada."),
        ("assistant", "You wrote to me."),
        ("user", "Still here?"),
        ("assistant", "You wrote to me."),
    ]
    created = [each for each in upstream.connections[1].events if each["type"] == "conversation.item.create"]
    told = [part["text"] for each in created for part in each["item"]["content"]]
    assert told == ["My name is Ada.", "You wrote to me.", "Still here?"]


def test_a_talk_of_before_that_goes_on_is_there_once_after_a_reload_and_a_move(visit: Visit, pair: Pair) -> None:
    front, servers, upstream = pair
    front.only = servers[0].port
    visitor = visit(front.url, choices={"keep": "text"})
    visitor.forgive()
    visitor.call_until_live()
    visitor.type("My name is Ada.")
    visitor.wait_until(lambda _: [each["final"] for each in visitor.entries] == [True] * 2)
    visitor.press("Hang up")
    visitor.wait_for_phase("ended")
    visitor.press("Open this talk")
    visitor.press("Go on with this talk")
    visitor.wait_for_phase("live")
    visitor.type("Still here?")
    visitor.wait_until(lambda _: [each["final"] for each in visitor.entries] == [True] * 4)
    # Until it is stored.
    visitor.page.wait_for_timeout(3500)
    front.only = None
    kill(servers[0])
    visitor.reload()
    visitor.wait_until(lambda stats: stats["resumes"] == 1 and stats["phase"] == "live", 20)
    visitor.wait_for_notice("moved")
    said = ["My name is Ada.", "You wrote to me.", "Still here?", "You wrote to me."]
    visitor.wait_until(lambda _: [each["text"] for each in visitor.entries] == said)
    created = [each for each in upstream.connections[-1].events if each["type"] == "conversation.item.create"]
    assert [part["text"] for each in created for part in each["item"]["content"]] == said
