"""What a page makes of what reaches it, without a browser."""

import base64
from typing import Any


class Screen:
    """`texts`: of each item; `heard`: what of it was heard, where it was cut; `sounds`: from which byte on, and PCM16.

    `number`: of the last event; each has the next one.
    """

    def __init__(self) -> None:
        self.number = 0
        self.order: list[str] = []
        self.texts: dict[str, str] = {}
        self.heard: dict[str, str] = {}
        self.sounds: dict[str, tuple[int, bytes]] = {}
        self.complete: set[str] = set()
        self.removed: set[str] = set()
        self.flushed: set[str] = set()
        self.missed = 0
        self.turn = ""

    def take(self, name: str, args: list[Any]) -> None:
        match name, args:
            case "resumed", [resumed]:
                self._resumed(resumed)
            case (("turn" | "item" | "transcript" | "audio" | "flush" | "hold" | "tool" | "usage"), [n, *rest]):
                assert n == self.number + 1
                self.number = n
                self._numbered(name, rest)

    def _resumed(self, resumed: dict[str, Any]) -> None:
        self.missed += resumed["missed"]
        if resumed["again"]:
            self.order, self.texts, self.heard = [], {}, {}
            self.complete, self.removed, self.flushed = set(), set(), set()
            self.sounds = {each["item"]: (each["heard_ms"] * 48, b"") for each in resumed["heard"]}
        else:
            assert resumed["number"] == self.number
        self.number = resumed["number"]

    def _numbered(self, name: str, rest: list[Any]) -> None:
        match name, rest:
            case "turn", [{"state": state}]:
                self.turn = state
            case "item", [{"id": item, "after": after}]:
                # Said again where it moves, since what it follows came later.
                self.order = [each for each in self.order if each != item]
                self.order.insert(self.order.index(after) + 1 if after else 0, item)
            case "transcript", [words]:
                self._words(words)
            case "audio", [item, ""]:
                self.complete.add(item)
            case "audio", [item, sound]:
                start, pcm = self.sounds.get(item, (0, b""))
                self.sounds[item] = (start, pcm + base64.b64decode(sound))
            case "flush", [{"item": item}]:
                self.flushed.add(item)

    def _words(self, words: dict[str, Any]) -> None:
        match words:
            case {"item": item, "delta": delta}:
                self.texts[item] = self.texts.get(item, "") + delta
            case {"item": item, "text": text}:
                self.texts[item] = text
            case {"item": item, "heard": heard}:
                self.heard[item] = heard
            case {"item": item, "removed": True}:
                self.removed.add(item)
