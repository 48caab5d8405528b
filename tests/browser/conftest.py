"""Chromium at the real app, as a worker of gunicorn serves it; upstreams scripted or embedded."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.visitor import OF_A_CONTEXT, OF_A_PAGE, Profiles, Visitor, chromium
from tests.conftest import SCENARIOS, upstream_settings
from tests.servers import bridged
from voiceapp.engine.scripted.server import ScriptedServer

Visit = Callable[..., Visitor]
Serve = Callable[[str], tuple[str, ScriptedServer]]

OWN_SCENARIOS = Path(__file__).parent / "scenarios"
OUTPUT = Path(__file__).parents[1] / "output"


@pytest.fixture(scope="package")
def output() -> Path:
    OUTPUT.mkdir(exist_ok=True)
    return OUTPUT


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with chromium(playwright) as started:
        yield started


@pytest.fixture(scope="package")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """For a module whose tests need what only belongs to a window; its own `browser` returns this one."""
    with chromium(playwright, whole=True) as started:
        yield started


@pytest.fixture(scope="package")
def profiles() -> Profiles:
    return Profiles()


@pytest.fixture(autouse=True)
def _nobody_stays(request: pytest.FixtureRequest, profiles: Profiles) -> Iterator[None]:
    """A visitor whom a test that failed did not let go would stay in their call, at a fifth of a processor."""
    browser: Browser | None = request.getfixturevalue("browser") if "browser" in request.fixturenames else None
    yield
    for context in browser.contexts if browser is not None else ():
        if not profiles.have(context):
            context.close()


@pytest.fixture
def visit(browser: Browser, profiles: Profiles) -> Iterator[Visit]:
    """
    Open the page as one more visitor; none may cause an error in the console or break the page's own rules.

    `wired`: with a `wire` between page and server. `fresh`: to whom the page's files are new. `moving`: with what
    moves, which takes a quarter of a call's work; else as who prefers reduced motion has it.
    """
    visitors: list[tuple[Visitor, Callable[[Visitor], None]]] = []

    def enter(url: str, wired: bool, fresh: bool, options: dict[str, Any]) -> Visitor:
        close = Visitor.close
        # A room may stand before the page's sockets: a wire goes before it, and one from an earlier visit would not.
        alone = fresh or (wired and "room" in options)
        if not alone and options.keys() <= {"choices", "room", "records", *OF_A_PAGE, *OF_A_CONTEXT}:
            device = frozenset((name, options.pop(name)) for name in OF_A_CONTEXT & options.keys())
            look = {name: options.pop(name) for name in OF_A_PAGE & options.keys()}
            profile = browser, url, wired, device
            options["page"] = profiles.take(profile, **look)
            close = partial(profiles.give_back, profile)
        visitors.append((Visitor(browser, **options), close))
        return visitors[-1][0]

    def arrive(
        url: str,
        language: str = "en",
        wired: bool = False,
        fresh: bool = False,
        moving: bool = False,
        **options: Any,
    ) -> Visitor:
        motion = {"reduced_motion": "no-preference" if moving else "reduce"}
        visitor = enter(url, wired, fresh, {**motion, **options})
        if wired:
            visitor.wire = profiles.wire(visitor.page)
        visitor.open(url, language)
        return visitor

    yield arrive
    assert [error for visitor, close in visitors for error in visitor.leave(close)] == []


@pytest.fixture
def in_a_call(visit: Visit, serve: Serve) -> Visit:
    """The same, in a call with the upstream of a scenario."""

    def arrive(scenario: str = "hello", **options: Any) -> Visitor:
        visitor = visit(serve(scenario)[0], **options)
        visitor.call_until_live()
        return visitor

    return arrive


@pytest.fixture(scope="package")
def serve() -> Iterator[Serve]:
    """The app with a scripted upstream, which plays a scenario: its address, and the upstream.

    It is one app for all of them, so that a browser has its files compiled after the first visit.
    """
    with ScriptedServer() as upstream, bridged(upstream_settings(upstream)) as app:

        def play(scenario: str) -> tuple[str, ScriptedServer]:
            own = OWN_SCENARIOS / f"{scenario}.toml"
            upstream.play(own if own.exists() else SCENARIOS / own.name)
            return app.url, upstream

        yield play
