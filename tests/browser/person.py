"""A person at the page in a browser that Playwright does not drive: what they do and see, whatever drives it."""

import abc
import time
from collections.abc import Callable
from typing import Any

from tests.browser.visitor import ENTRIES

# As WebDriver writes them.
ESCAPE, ENTER = "\ue00c", "\ue007"


class Person(abc.ABC):
    """One page, and what a person does there and sees."""

    @abc.abstractmethod
    def open(self, url: str) -> None:
        """Go there, until the page is complete."""

    @abc.abstractmethod
    def evaluate(self, script: str, *arguments: Any) -> Any:
        """What this function makes of the arguments, as JSON carries it."""

    @abc.abstractmethod
    def click(self, selector: str) -> None: ...

    @abc.abstractmethod
    def press(self, *keys: str) -> None: ...

    @property
    @abc.abstractmethod
    def errors(self) -> list[str]:
        """What the console showed, warnings and broken rules of the page included."""

    def visit(self, url: str) -> None:
        self.open(f"{url}/?lang=en")
        self.wait_for("body[data-ready]")

    def type(self, selector: str, text: str) -> None:
        self.evaluate("selector => document.querySelector(selector).focus()", selector)
        self.press(*text, ENTER)

    def sees(self, selector: str) -> bool:
        return bool(self.evaluate("selector => document.querySelector(selector) !== null", selector))

    def text(self, selector: str) -> str:
        return str(self.evaluate("selector => document.querySelector(selector).innerText", selector))

    def wait_for(self, selector: str, seconds: float = 10) -> None:
        self.wait_until(lambda: self.sees(selector), seconds)

    def wait_until(self, condition: Callable[[], Any], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (self.stats, self.errors)
            time.sleep(0.05)

    @property
    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.evaluate("() => window.voiceapp?.stats()")
        return stats

    @property
    def entries(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.evaluate(f"() => ({ENTRIES})([...document.querySelectorAll('.entry')])")
        return entries


def typing(keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """These keys one after the other, as actions of WebDriver and of WebDriver BiDi."""
    strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
    return [{"type": "key", "id": "keyboard", "actions": strokes}]
