"""A person at the page in WebKitGTK, which is Safari's engine: its MiniBrowser, over plain WebDriver.

Playwright's WebKit is a download of its own; a distribution's is driven by what comes with it.
"""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.person import Person, typing
from tests.browser.pulse import Pulse
from tests.servers import free_port

PROGRAMS = ("WebKitWebDriver", "Xvfb")
ANSWER_S = 30
SCREEN = "1280x860x24"
SURROUNDINGS = {
    # Containers do not allow one.
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
    # No desktop is asked for anything.
    "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    "NO_AT_BRIDGE": "1",
    "LIBGL_ALWAYS_SOFTWARE": "1",
    # No graphics card is imitated to bring what was drawn onto the display: half of what a call takes.
    "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
}
# Its console goes where no test can look, so it is watched once the page is complete; what goes wrong before leaves it
# incomplete.
WATCH = """() => {
  window.testErrors = []
  const note = error => window.testErrors.push(String(error))
  for (const kind of ["error", "warn"]) console[kind] = (...words) => note(words.join(" "))
  addEventListener("error", event => note(event.message))
  addEventListener("unhandledrejection", event => note(event.reason))
  addEventListener("securitypolicyviolation", event => note(event.violatedDirective))
}"""
# How WebDriver names an element's identifier.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


@contextlib.contextmanager
def display() -> Iterator[str]:
    """The name of a display of one's own, which nobody sees."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with (
        os.fdopen(reading) as told,
        subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as process,
    ):
        os.close(writing)
        try:
            number = told.readline().strip()
            assert number, "Xvfb does not start"
            yield f":{number}"
        finally:
            process.terminate()


@contextlib.contextmanager
def webkit(folder: Path, pulse: Pulse) -> Iterator["WebKit"]:
    """WebKit's driver with a display of its own, and with these devices."""
    folder.mkdir(mode=0o700)
    port, log = free_port(), folder / "log"
    with display() as name, log.open("wb") as output:
        own = {"DISPLAY": name, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        command = [PROGRAMS[0], f"--port={port}"]
        environment = {**pulse.environment, **SURROUNDINGS, **own}
        with subprocess.Popen(command, stdout=output, stderr=output, env=environment) as process:
            try:
                driver = WebKit(port, log)
                driver.wait_until_up()
                yield driver
            finally:
                process.terminate()


class WebKit:
    """Commands and their answers."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + ANSWER_S
        while not self._up():
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")
            time.sleep(0.05)

    def _up(self) -> bool:
        with contextlib.suppress(OSError):
            return bool(self.send("GET", "/status"))
        return False

    def send(self, method: str, path: str, **params: Any) -> Any:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_S)) as connection:
            connection.request(method, path, json.dumps(params) if method == "POST" else None)
            response = connection.getresponse()
            value = json.loads(response.read())["value"]
        assert response.status == 200, (path, value)
        return value


class WebKitVisitor(Person):
    """A browser of its own, which remembers nothing of another."""

    def __init__(self, driver: WebKit) -> None:
        self.driver = driver
        self.earlier: list[str] = []
        self.session = "/session/" + driver.send("POST", "/session", capabilities={})["sessionId"]

    def open(self, url: str) -> None:
        self.earlier = self.errors
        self._do("/url", url=url)
        self.evaluate(WATCH)

    def leave(self) -> list[str]:
        """Close the browser; the errors there were."""
        errors = self.errors
        self.driver.send("DELETE", self.session)
        return errors

    def evaluate(self, script: str, *arguments: Any) -> Any:
        return self._do("/execute/sync", script=f"return ({script})(...arguments)", args=arguments)

    def click(self, selector: str) -> None:
        element = self._do("/element", using="css selector", value=selector)[ELEMENT]
        self._do(f"/element/{element}/click")

    def press(self, *keys: str) -> None:
        self._do("/actions", actions=typing(keys))

    def resize(self, width: int, height: int) -> None:
        """The window; its own frame is part of it."""
        self._do("/window/rect", width=width, height=height)

    @property
    def errors(self) -> list[str]:
        return [*self.earlier, *self.evaluate("() => window.testErrors ?? []")]

    def _do(self, path: str, **params: Any) -> Any:
        return self.driver.send("POST", self.session + path, **params)


def missing() -> str:
    """Which programs are not there."""
    return " ".join(name for name in PROGRAMS if shutil.which(name) is None)
