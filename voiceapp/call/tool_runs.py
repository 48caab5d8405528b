"""Runs what the model calls, within its time; and waits for the person's answer, where they are asked first."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ..conversation import effects
from ..conversation import events as ev
from ..conversation.conversation import Conversation
from ..net.bridge import Bridge
from ..tools.context import ToolContext
from ..tools.interfaces import FAILED, TIMED_OUT, Outcome, Runner
from .tool_words import ToolWords

log = logging.getLogger(__name__)

# No answer in this time is a no.
ANSWER_S = 60.0


class ToolRuns:
    """Of one call. Every method runs on the bridge's thread; what comes of each is told to `handle`.

    `visitor`: an opaque name of the person.
    """

    __slots__ = ("_bridge", "_call", "_cancels", "_conversation", "_handle", "_runner", "_timers", "_visitor", "_words")

    def __init__(
        self,
        bridge: Bridge,
        runner: Runner | None,
        call: str,
        visitor: str,
        conversation: Conversation,
        handle: Callable[[ev.Event], None],
    ) -> None:
        self._bridge, self._runner, self._handle = bridge, runner, handle
        self._call, self._visitor, self._conversation = call, visitor, conversation
        # By its item's id: the deadline of each that goes on, and what cancels it.
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._cancels: dict[str, Callable[[], None]] = {}
        self._words: dict[str, ToolWords] = {}

    def perform(self, effect: effects.ToolEffect) -> None:
        match effect:
            case effects.RunTool(item, name, arguments):
                self._run(item, name, arguments)
            case effects.AskPerson(item):
                self._wait(item, ANSWER_S, partial(self._handle, ev.Approved(item, yes=False)))
            case effects.CancelTool(item):
                self._end(item)

    def stop(self) -> None:
        """The call is over: nothing of it goes on."""
        for item in list(self._timers):
            self._end(item)

    def _run(self, item: str, name: str, arguments: str) -> None:
        self._end(item)
        runner = self._runner
        if runner is None:
            self._finish(item, FAILED)
            return
        self._wait(item, runner.timeout(name), partial(self._time_out, item, name))
        try:
            self._cancels[item] = runner.start(
                name, arguments, self._context(item), partial(self._post, self._done, item)
            )
        except Exception:
            log.exception("call %s: the tool %s could not be started", self._call, name)
            self._finish(item, FAILED)

    def _context(self, item: str) -> ToolContext:
        words = self._words[item] = ToolWords(item, self._bridge.loop, self._post, self._handle)
        language = self._conversation.config.language or ""
        return ToolContext(self._call, self._visitor, language, words.progress, words.link, words.end)

    def _post(self, function: Callable[..., None], *args: Any) -> None:
        """From any thread, and in order also where it is ours: what a tool says comes before its end."""
        # A loop that has ended takes nothing more.
        with suppress(RuntimeError):
            self._bridge.loop.call_soon_threadsafe(function, *args)

    def _done(self, item: str, outcome: Outcome) -> None:
        if item in self._timers:
            # What it said comes before its end, and that may be the end of the call.
            if item in self._words:
                self._words[item].tell()
            self._finish(item, outcome)

    def _time_out(self, item: str, name: str) -> None:
        log.warning("call %s: the tool %s took too long", self._call, name)
        self._finish(item, TIMED_OUT)

    def _finish(self, item: str, outcome: Outcome) -> None:
        self._end(item)
        # Not at once: it may be in the midst of what the conversation asked for.
        self._bridge.loop.call_soon(self._handle, ev.ToolFinished(item, *outcome))

    def _wait(self, item: str, seconds: float, then: Callable[[], None]) -> None:
        self._timers[item] = self._bridge.loop.call_later(seconds, then)

    def _end(self, item: str) -> None:
        words, timer, cancel = self._words.pop(item, None), self._timers.pop(item, None), self._cancels.pop(item, None)
        if words is not None:
            # In its thread it may run on.
            words.stop()
        if timer is not None:
            timer.cancel()
        if cancel is not None:
            cancel()
