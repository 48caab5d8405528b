"""A page without a browser that comes back to its call by itself, wherever it is by then (docs/wire.md, `resume`)."""

import itertools
import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

import websocket

from tests.page_client import PageClient
from tests.wire_check import check_told

# As the page's own: how soon it tries again, and for how long.
FIRST_S, MAX_S, GIVE_UP_S, SILENCE_S = 0.2, 1.0, 30.0, 20.0
# How often it looks at what came: twenty of them at once are to leave the servers the processor.
LOOK_S = 0.01


class MovingPage:
    """`told`: every event of the call in the order it came, with the time; `lines`: how many it has had.

    `forgets`: it holds nothing when it comes back, as after a reload.
    """

    def __init__(self, url: str, *, forgets: bool = False) -> None:
        self.url = url
        self.id = secrets.token_hex(16)
        self.forgets = forgets
        self.told: list[tuple[float, str, list[Any]]] = []
        self.texts: dict[str, str] = {}
        self.roles: dict[str, str] = {}
        self.order: list[str] = []
        self.token = ""
        self.got: int | None = 0
        self.sent = 0
        self.lines = 0
        self.over = threading.Event()
        self.client = self._connect()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self, **fields: Any) -> dict[str, Any]:
        ready = self.client.start(page=self.id, **fields)
        self.token = ready["token"]
        self._keeper.start()
        return ready

    def close(self) -> None:
        self.over.set()
        self.client.close()
        if self._keeper.ident is not None:
            self._keeper.join(10)
        check_told((name, args) for _, name, args in self.told)

    def hang_up(self) -> None:
        self.client.emit("stop", {})
        self.wait(lambda: self.named("ended"), what="end")
        self.close()

    # What it says

    def type(self, text: str) -> None:
        """And wait for the whole answer."""
        before = len(self.finished("assistant"))
        self.sent += 1
        self.client.emit("text", {"n": self.sent, "text": text})
        self.wait(lambda: len(self.finished("assistant")) > before, what=f"answer to {text!r}")

    # What it was told

    def finished(self, role: str) -> list[str]:
        whole = {args[1]["item"] for _, name, args in list(self.told) if name == "transcript" and "final" in args[1]}
        return [self.texts[item] for item in list(self.order) if item in whole and self.roles[item] == role]

    @property
    def talk(self) -> list[dict[str, str]]:
        """What was said so far, as the server may want to be told."""
        return [{"role": self.roles[item], "text": self.texts[item]} for item in self.order if self.texts.get(item)]

    def named(self, event: str) -> list[list[Any]]:
        return [args for _, name, args in list(self.told) if name == event]

    def at(self, event: str, number: int = -1) -> float:
        """When it was told it last."""
        return [at for at, name, _ in list(self.told) if name == event][number]

    def wait(self, holds: Callable[[], object], within: float = 20, what: str = "") -> None:
        deadline = time.monotonic() + within
        while not holds():
            assert time.monotonic() < deadline, f"no {what or 'such event'}; came: {[n for _, n, _ in self.told]}"
            time.sleep(LOOK_S)

    # Its line

    def _connect(self) -> PageClient:
        client = PageClient(self.url)
        # As a browser's: so long a server may be silent that pings every 10 s.
        client.socket.settimeout(SILENCE_S)
        self.lines += 1
        return client

    def _keep(self) -> None:
        taken = 0
        while not self.over.is_set():
            events = self.client.events[taken:]
            taken += len(events)
            for name, args in events:
                self._take(name, args)
            if any(name == "going_away" for name, _ in events) or self.client.closed.is_set():
                if self.over.is_set():
                    return
                self._come_back(next((args[0]["reconnect_in_ms"] for name, args in events if name == "going_away"), 0))
                taken = 0
            time.sleep(LOOK_S)

    def _come_back(self, after_ms: int) -> None:
        self.client.close()
        time.sleep(after_ms / 1000)
        deadline = time.monotonic() + GIVE_UP_S
        for n in itertools.count():
            if self.over.is_set() or time.monotonic() > deadline or self._try():
                return
            time.sleep(min(FIRST_S * (n + 1), MAX_S))

    def _try(self) -> bool:
        """Whether it is back, or for good not."""
        try:
            self.client = client = self._connect()
        except (OSError, websocket.WebSocketException):
            return False
        if self.forgets:
            self.got, self.texts, self.roles, self.order = None, {}, {}, []
        return self._ask(client)

    def _ask(self, client: PageClient, talk: list[dict[str, str]] | None = None) -> bool:
        told = {"talk": talk} if talk is not None else {}
        seen = len(client.events)
        client.emit("resume", {"token": self.token, "got": self.got, "page": self.id, **told})
        try:
            client.wait(lambda: any(name in ("resumed", "not_resumed") for name, _ in client.events[seen:]), 8)
        except AssertionError:
            return False
        name, (answer,) = next(each for each in client.events[seen:] if each[0] in ("resumed", "not_resumed"))
        if name == "resumed":
            self.token, self.sent = answer["token"], answer["taken"]
            if answer["again"]:
                self.got, self.texts, self.roles, self.order = answer["number"], {}, {}, []
            return True
        if answer["code"] == "talk_wanted" and talk is None:
            return self._ask(client, self.talk)
        if not answer["retry"]:
            self.over.set()
            self._take(name, [answer])
            return True
        self._take(name, [answer])
        client.close()
        time.sleep(answer["after_s"] or 0)
        return False

    def _take(self, name: str, args: list[Any]) -> None:
        self.told.append((time.monotonic(), name, args))
        if name == "item":
            self._place(args[1])
        elif name == "transcript":
            self._word(args[1])
        if name in ("item", "transcript", "audio", "turn", "flush", "hold", "tool", "usage"):
            self.got = args[0]

    def _place(self, place: dict[str, Any]) -> None:
        item, after = place["id"], place["after"]
        self.roles[item] = place["role"]
        if item in self.order:
            self.order.remove(item)
        at = 0 if after is None else self.order.index(after) + 1 if after in self.order else len(self.order)
        self.order.insert(at, item)

    def _word(self, wording: dict[str, Any]) -> None:
        item = wording["item"]
        if "text" in wording:
            self.texts[item] = wording["text"]
        elif "delta" in wording:
            self.texts[item] = self.texts.get(item, "") + wording["delta"]
