"""What a page's own thread did for how long, by Chromium's trace."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

# Of the processor's time, which other programs do not lengthen.
LONG_TASK_MS = 50


@contextmanager
def traced(browser: Browser, page: Page) -> Iterator[list[bytes]]:
    """What the browser did meanwhile, once it is over; a test that fails leaves no trace running."""
    found: list[bytes] = []
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
    try:
        yield found
    finally:
        found.append(browser.stop_tracing())


def long_tasks(trace: bytes) -> list[tuple[float, list[str]]]:
    """Tasks of pages that took the processor for longer than `LONG_TASK_MS`: how long, and what was in them."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    of_pages = [event for event in events if (event["pid"], event["tid"]) in mains and "tdur" in event]
    tasks = [event for event in of_pages if event["name"].endswith("RunTask")]
    assert len(tasks) > 100
    return [
        (task["tdur"] / 1000, [inner["name"] for inner in of_pages if inner["tdur"] > 10_000 and within(inner, task)])
        for task in tasks
        if task["tdur"] > 1000 * LONG_TASK_MS
    ]


def within(event: dict[str, float], task: dict[str, float]) -> bool:
    return event["tid"] == task["tid"] and task["ts"] < event["ts"] < task["ts"] + task["dur"]
