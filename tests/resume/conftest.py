"""Two servers with one Redis, behind a balancer."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.balancer import Balancer, balancer
from tests.conftest import SCENARIOS, upstream_settings
from tests.page_client import PageClient
from tests.redis_server import RedisServer, redis_server
from tests.resume.moving_page import MovingPage
from tests.servers import Gunicorn, gunicorn
from voiceapp.engine.scripted.server import ScriptedServer


@dataclass
class Site:
    """`servers`: by what they were told to be; the pages of `visit` are closed with it."""

    upstream: ScriptedServer
    redis: RedisServer
    servers: list[Gunicorn]
    balancer: Balancer
    stack: ExitStack
    pages: list[MovingPage] = field(default_factory=list)

    def visit(self, server: Gunicorn | None = None, *, forgets: bool = False, **fields: object) -> MovingPage:
        """A page in a live call; on that server, where one is given."""
        self.balancer.only = server.port if server is not None else None
        page = MovingPage(self.balancer.url, forgets=forgets)
        self.stack.callback(page.close)
        page.start(**fields)
        self.balancer.only = None
        self.pages.append(page)
        return page

    def visit_once(self) -> dict[str, Any]:
        """What `ready` carries."""
        with PageClient(self.balancer.url) as page:
            return page.start()


def settle(stack: ExitStack, folder: Path, servers: int = 2, scenario: str = "hello", **more: str) -> Site:
    """A site of so many servers, with these settings beside the usual ones."""
    upstream = stack.enter_context(ScriptedServer(SCENARIOS / f"{scenario}.toml"))
    redis = stack.enter_context(redis_server())
    shared = {"SECRET_KEY": secrets.token_hex(16), "REDIS_URL": redis.url, "VOICEAPP_SHARE_TRANSCRIPTS": "yes"}
    settings = upstream_settings(upstream, **{**shared, **more})
    logs = [folder / f"{redis.port}-{n}.log" for n in range(servers)]
    running = [stack.enter_context(gunicorn(settings, log)) for log in logs]
    front = stack.enter_context(balancer(*(each.port for each in running)))
    return Site(upstream, redis, running, front, stack)


@pytest.fixture
def site(resources: ExitStack, tmp_path: Path) -> Callable[..., Site]:
    """Start one; see `settle`."""
    return lambda *servers, **more: settle(resources, tmp_path, *servers, **more)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as stack:
        yield settle(stack, tmp_path_factory.mktemp("site"))


@pytest.fixture
def town(standing: Site) -> Iterator[Site]:
    """One that the module's tests share, for those that leave its servers alive; after each it is without a call."""
    yield standing
    standing.balancer.only = None
    for page in standing.pages:
        page.hang_up()
    standing.pages.clear()
