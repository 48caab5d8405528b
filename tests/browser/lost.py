"""A call that loses its line and has it again, and the story that is told in it meanwhile."""

from typing import Any

from tests.browser.visitor import Visitor
from tests.browser.way import Kind, Way
from voiceapp.engine.scripted.server import ScriptedServer

TRACKS = "testTracks.map(track => track.readyState)"
KINDS: tuple[Kind, ...] = ("reset", "torn", "silent", "closed")
STORY = (
    "Long ago there lived an old miller who had one clever cat, three lazy sons, seven black hens and nothing else."
    " Every morning before sunrise that cat walked down towards our river, sat under a willow and counted passing boats"
    " until evening came."
)
STORY_MS = 9000


def tell_story(upstream: ScriptedServer) -> None:
    """Item `a1`, which comes twice as fast as it is spoken."""
    told: dict[str, Any] = {"item": "a1", "text": STORY, "ms": STORY_MS, "tone_hz": 300, "chunk_ms": 100, "pace_ms": 50}
    upstream.do({"hear": {"item": "u1", "ms": 400, "transcript": "Tell me a story."}}, {"say": told})


def cut_until_back(visitor: Visitor, line: Way, kind: Kind) -> None:
    resumes = visitor.stats["resumes"]
    line.cut(kind)
    visitor.wait_until(lambda stats: stats["resumes"] == resumes + 1 and stats["phase"] == "live", 15)


def forgive_the_line(visitor: Visitor) -> None:
    """The browser itself reports a socket that it could not open, or that broke; and a sound that needs a touch."""
    if visitor.stats["phase"] in ("live", "reconnecting"):
        visitor.page.click("#call")
        visitor.wait_for_phase("ended")
    visitor.forgive("404 (NOT FOUND)")
