"""Between a page and its server: whatever the server would say can be said in its place."""

import base64
import json
from typing import Any

import numpy as np
from playwright.sync_api import Page, WebSocketRoute

from tests.wire_check import check_told

NUMBERED = ("turn", "item", "transcript", "audio", "flush", "hold", "tool", "usage")


class Wire:
    """To be made before the page is opened. `held`: what the server says waits for `release`."""

    def __init__(self, page: Page) -> None:
        self.reset()
        page.route_web_socket("**/socket.io/**", self._join)

    def reset(self) -> None:
        """As for a page that nobody has called from."""
        # Of the latest numbered event as the page has it, with what is said here in between; and the server's for each.
        self.n = 0
        self._served = {0: 0}
        self.held = False
        # They pass also while the rest is held: without them a line is taken for lost after a while.
        self.receipts = False
        # What the next `resumed` says otherwise than the server.
        self.resumed: dict[str, Any] = {}
        # Behind which item of those that are said here the server's first stands.
        self.after: str | None = None
        self._waiting: list[str | bytes] = []

    def _join(self, page_end: WebSocketRoute) -> None:
        self.page_end = page_end
        # Of a line that is lost.
        self._waiting.clear()
        server_end = page_end.connect_to_server()
        server_end.on_message(lambda message: self._pass(self._numbered(message)))
        page_end.on_message(lambda message: server_end.send(self._served_as(message)))

    def _numbered(self, message: str | bytes) -> str | bytes:
        """What the server says, in the page's numbers."""
        if not isinstance(message, str) or not message.startswith("42["):
            return message
        event, *args = json.loads(message[2:])
        if event in NUMBERED:
            self._number()
            self._served[self.n], args[0] = args[0], self.n
            if event == "item":
                args[1]["after"] = args[1]["after"] or self.after
        elif event == "resumed":
            self._served[self.n], args[0]["number"] = args[0]["number"], self.n
            args[0] |= self.resumed
        else:
            return message
        return "42" + json.dumps([event, *args])

    def _number(self) -> None:
        self._served[self.n + 1] = self._served[self.n]
        self.n += 1

    def _served_as(self, message: str | bytes) -> str | bytes:
        """What the page says, in the server's numbers."""
        if not isinstance(message, str):
            return message
        if '["start"' in message[:16]:
            self.n, self._served, self.after = 0, {0: 0}, None
        if message.startswith('42["resume",'):
            event, request = json.loads(message[2:])
            got = request["got"]
            return "42" + json.dumps([event, {**request, "got": got if got is None else self._served[got]}])
        if message.startswith('42["got",'):
            return "42" + json.dumps(["got", {"n": max(1, self._served[json.loads(message[2:])[1]["n"]])}])
        return message

    def _pass(self, message: str | bytes) -> None:
        receipt = isinstance(message, str) and message.startswith('42["ack",')
        if self.held and not (receipt and self.receipts):
            self._waiting.append(message)
        else:
            self.page_end.send(message)

    def release(self) -> None:
        self.held = self.receipts = False
        for message in self._waiting:
            self.page_end.send(message)
        self._waiting.clear()

    def say(self, event: str, *args: Any) -> None:
        """What the server might say, and nothing else."""
        check_told([(event, args)])
        self.page_end.send("42" + json.dumps([event, *args]))

    def tell(self, event: str, data: dict[str, Any]) -> None:
        """A numbered event."""
        self._number()
        self.say(event, self.n, data)

    def turn(self, state: str) -> None:
        self.tell("turn", {"state": state})

    def sound(self, item: str, ms: int) -> None:
        """A hum that rises and falls, as speech does."""
        t = np.arange(ms * 24) / 24_000
        hum = 0.3 * np.sin(2 * np.pi * 160 * t) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t))
        for piece in np.array_split((hum * 32_767).astype("<i2"), max(1, ms // 100)):
            self._number()
            self.say("audio", self.n, item, base64.b64encode(piece.tobytes()).decode())

    def complete(self, item: str) -> None:
        """There is no more sound of it."""
        self._number()
        self.say("audio", self.n, item, "")

    def cut(self) -> None:
        """The line is lost."""
        self.page_end.close()
