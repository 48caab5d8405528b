"""What many tests need."""

import faulthandler
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import HealthCheck, settings

from tests import templates
from tests.clock import StandingLoop
from tests.servers import Gunicorn, bridged, gunicorn, werkzeug
from tests.upstream.far_end import FarEnd
from tests.worlds import USUAL
from voiceapp.engine.scripted.server import ScriptedServer

# The machine may be slow; what is made up must still be right.
settings.register_profile("patient", deadline=None, max_examples=USUAL, suppress_health_check=[HealthCheck.too_slow])
# Before a commit (`make test-quick`): fewer random worlds. `make fuzz` looks for what so few do not show.
settings.register_profile("quick", settings.get_profile("patient"), max_examples=25)
settings.load_profile("patient")

templates.share()

pytest_plugins = ["tests.again"]

SCENARIOS = Path(__file__).parent / "scenarios"

# Folders whose tests all talk in real time, and what such a test is a parameter of.
REAL_TIME_FOLDERS = ("tests/browser/", "tests/hostile/")
SERVERS = ("gunicorn", "gthread", "bridge")

# The embedded engine, with the person speaking first.
EMBEDDED = {"VOICEAPP_PROFILE": "embedded", "VOICEAPP_INSTRUCTIONS": "Be brief."}


def upstream_settings(server: ScriptedServer, **more: str) -> dict[str, str]:
    """Settings of an app whose upstream is a scripted server."""
    return {
        "VOICEAPP_UPSTREAM_URL": server.url,
        "VOICEAPP_UPSTREAM_KEY": "sk-test-marked-key",
        "VOICEAPP_PROFILE": "openai",
        # So that the person speaks first.
        "VOICEAPP_INSTRUCTIONS": "Be brief.",
        **more,
    }


@pytest.hookimpl(tryfirst=True)  # before the markers are chosen from
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _is_real_time(item):
            item.add_marker(pytest.mark.real_time)


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(node: pytest.Item | pytest.Collector) -> None:
    """
    Whatever hangs although `timeout` has interrupted it ends the run, with the stack of each thread.

    pytest itself stops counting as soon as a test has failed: what tidies up after it would have no bound.
    """
    if isinstance(node, pytest.Item):
        seconds = float(node.config.getini("faulthandler_timeout"))
        file = node.config.stash[fault_handler_stderr_fd_key]
        faulthandler.dump_traceback_later(seconds, file=file, exit=node.config.getini("faulthandler_exit_on_timeout"))


def _is_real_time(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    given = parameters.params.values() if parameters is not None else ()
    # Started by a fixture, or by the test itself.
    names = item.function.__code__.co_names  # type: ignore[attr-defined]
    served = any(value in SERVERS for value in given) or "gunicorn" in names or "bridged" in names
    return served or item.nodeid.startswith(REAL_TIME_FOLDERS) or item.get_closest_marker("models") is not None


@pytest.fixture
def loop() -> Iterator[StandingLoop]:
    """A loop whose time stands still until the test lets it pass."""
    loop = StandingLoop()
    yield loop
    assert loop.raised == []
    loop.close()


@pytest.fixture
def far_end(loop: StandingLoop) -> Iterator[FarEnd]:
    """A link on that loop, and whoever is at its other end."""
    far_end = FarEnd(loop)
    yield far_end
    far_end.close()


@pytest.fixture
def resources() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def upstream(resources: ExitStack) -> Callable[[str], ScriptedServer]:
    """Start a scripted upstream from one of `tests/scenarios`."""
    return lambda scenario="hello": resources.enter_context(ScriptedServer(SCENARIOS / f"{scenario}.toml"))


def start_app(driver: str, settings: Mapping[str, str], stack: ExitStack, log: Path) -> str:
    """The app over the bridge's driver (`gunicorn`; `bridge`: in this process; `gthread`: on gunicorn's stock worker).

    Or over the stock one (`werkzeug`).
    """
    if driver == "bridge":
        return stack.enter_context(bridged(settings)).url
    if driver == "werkzeug":
        return stack.enter_context(werkzeug(settings))
    if driver == "gthread":
        options = ("--worker-class", "gthread", "--threads", "40")
        return stack.enter_context(gunicorn(settings, log, *options)).url
    return stack.enter_context(gunicorn(settings, log)).url


@pytest.fixture(params=["bridge", "werkzeug"])
def serve(request: pytest.FixtureRequest, resources: ExitStack, tmp_path: Path) -> Callable[..., str]:
    """Start an app of one's own, over either driver in turn: its address."""

    def start(server: ScriptedServer, **more: str) -> str:
        return start_app(request.param, upstream_settings(server, **more), resources, tmp_path / "gunicorn.log")

    return start


@pytest.fixture(scope="module")
def says_hello() -> Iterator[ScriptedServer]:
    """The upstream of the two below."""
    with ScriptedServer(SCENARIOS / "hello.toml") as server:
        yield server


@pytest.fixture(scope="module")
def app(says_hello: ScriptedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """An app under gunicorn that the module's tests share."""
    with gunicorn(upstream_settings(says_hello), tmp_path_factory.mktemp("app") / "gunicorn.log") as server:
        yield server


@pytest.fixture(scope="module", params=["gunicorn", "gthread", "werkzeug"])
def app_url(
    request: pytest.FixtureRequest, says_hello: ScriptedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An app that the module's tests share, over each driver in turn."""
    with ExitStack() as stack:
        if request.param == "gunicorn":
            yield request.getfixturevalue("app").url
        else:
            log = tmp_path_factory.mktemp("app") / "gunicorn.log"
            yield start_app(request.param, upstream_settings(says_hello), stack, log)
