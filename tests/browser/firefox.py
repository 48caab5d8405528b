"""A person at the page in a Firefox: over WebDriver BiDi, which Firefox speaks by itself.

Playwright drives no Firefox that a distribution packages; what is needed of one is this little.
"""

import contextlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

from tests.browser.person import Person, typing
from tests.browser.pulse import Pulse

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
PREFERENCES = {
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "media.autoplay.default": 0,
    # The microphone without a question.
    "media.navigator.permission.disabled": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
ANSWER_S = 30
WATCH = """() => {
  window.testViolations = []
  addEventListener("securitypolicyviolation", event => window.testViolations.push(event.violatedDirective))
}"""


@contextlib.contextmanager
def firefox(profile: Path, pulse: Pulse) -> Iterator["Firefox"]:
    """A headless Firefox with a profile of its own, and with these devices."""
    assert PROGRAM
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [PROGRAM, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", str(profile)]
    log = profile / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output, env=pulse.environment) as process,
    ):
        try:
            with contextlib.closing(Firefox(address(log))) as started:
                yield started
        finally:
            process.terminate()


def address(log: Path) -> str:
    deadline = time.monotonic() + ANSWER_S
    while not (found := LISTENING.search(log.read_text(errors="replace"))):
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.05)
    return found[1]


class Firefox:
    """Commands and their answers; errors that the console showed meanwhile are kept."""

    def __init__(self, url: str) -> None:
        self.socket = websocket.create_connection(f"{url}/session", timeout=ANSWER_S, suppress_origin=True)
        self.count = 0
        self.errors: list[str] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": params}))
        while (message := json.loads(self.socket.recv())).get("id") != self.count:
            self._noticed(message)
        assert message["type"] == "success", message
        return message["result"]

    def close(self) -> None:
        self.socket.close()

    def _noticed(self, message: dict[str, Any]) -> None:
        if message.get("method") == "log.entryAdded" and message["params"]["level"] in ("error", "warn"):
            self.errors.append(message["params"]["text"])


class FirefoxVisitor(Person):
    """A tab of its own. What the console showed before is of no concern to it."""

    def __init__(self, firefox: Firefox) -> None:
        self.firefox = firefox
        self.firefox.errors.clear()
        self.tab = firefox.send("browsingContext.create", type="tab")["context"]
        self.firefox.send("script.addPreloadScript", functionDeclaration=WATCH, contexts=[self.tab])

    def open(self, url: str) -> None:
        self.firefox.send("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    def leave(self) -> list[str]:
        """Close the page; the errors and broken rules there were."""
        violations = self.evaluate("() => window.testViolations")
        self.firefox.send("browsingContext.close", context=self.tab)
        return [*self.errors, *violations]

    @property
    def errors(self) -> list[str]:
        return self.firefox.errors

    def evaluate(self, script: str, *arguments: Any) -> Any:
        return self._evaluate(script, arguments, click=False)

    def click(self, selector: str) -> None:
        self._evaluate("selector => document.querySelector(selector).click()", (selector,), click=True)

    def press(self, *keys: str) -> None:
        self.firefox.send("input.performActions", context=self.tab, actions=typing(keys))

    def _evaluate(self, script: str, arguments: tuple[Any, ...], click: bool) -> Any:
        """With `click`, as if the person had just clicked."""
        result = self.firefox.send(
            "script.evaluate",
            expression=f"JSON.stringify(({script})(...{json.dumps(arguments)}))",
            target={"context": self.tab},
            awaitPromise=False,
            userActivation=click,
        )
        assert result["type"] == "success", result["exceptionDetails"]["text"]
        return json.loads(result["result"].get("value", "null"))
