"""A worker's calls on a loop whose time stands still: the test plays the pages and the servers."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.clock import AtOnce, StandingLoop
from tests.upstream.far_end import FarEnd
from voiceapp.admission.access import Visitor
from voiceapp.admission.budgets import Budgets
from voiceapp.admission.capacity import Capacity
from voiceapp.admission.quota_store import QuotaStore
from voiceapp.call.call import Call
from voiceapp.call.limits import Limits
from voiceapp.call.registry import Registry
from voiceapp.call.resume_token import ResumeTokens
from voiceapp.call.shared import Shared
from voiceapp.config.settings import Settings
from voiceapp.net.bridge import Bridge
from voiceapp.net.link import Link, Reader
from voiceapp.store.call_store import CallStore
from voiceapp.store.memory_backend import Memory, MemoryBackend
from voiceapp.upstream.connect import Profile
from voiceapp.upstream.connector import Connector, Loading
from voiceapp.upstream.session_options import SessionOptions
from voiceapp.wire import down, rendering

T = TypeVar("T")
VISITOR = Visitor("somebody", "192.0.2.1")
READY_S = 120.0


class Page:
    """`told`: every event it was told, as name and arguments. `number`: of the last that has one, each one more."""

    def __init__(self) -> None:
        self.told: list[tuple[str, list[Any]]] = []
        self.number = 0
        self.token: str | None = None

    def emit(self, event: down.Event) -> None:
        self.send(rendering.packet(event))

    def read_by(self, reader: Reader | None) -> None:
        """It has no socket."""

    def cork(self) -> None: ...

    def uncork(self) -> None: ...

    def send(self, packet: rendering.Packet) -> None:
        name, args = rendering.read(packet)
        self.told.append((name, args))
        if name in ("ready", "resumed"):
            self.token, self.number = args[0]["token"], args[0].get("number", self.number)
        elif isinstance(args[0], int) and name != "ack":
            assert args[0] == self.number + 1
            self.number = args[0]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.told]

    def last(self, name: str) -> Any:
        """What the latest event of this name carried."""
        return next(args[-1] for each, args in reversed(self.told) if each == name)


@dataclass(frozen=True, slots=True)
class Upstreams(Connector):
    """Each link comes, or fails, when the test says so; `asked`: for each, by number."""

    asked: "list[asyncio.Future[Link]]" = field(default_factory=list)

    async def link(self, profile: Profile, loading: Loading) -> Link:
        asked: asyncio.Future[Link] = self.bridge.loop.create_future()
        self.asked.append(asked)
        return await asked


class Worker:
    """`far_ends`: whoever is at the other end of each link that came, by the number it was asked for under."""

    def __init__(self, loop: StandingLoop, memory: Memory | None = None, name: str = "worker", **env: str) -> None:
        """`memory`: of all workers that may go on with each other's calls; each has a name of its own."""
        settings = Settings.from_env({"VOICEAPP_UPSTREAM_KEY": "sk-x", "VOICEAPP_INSTRUCTIONS": "Be brief.", **env})
        bridge = Bridge()
        bridge.loop = self.loop = loop
        self._upstreams = Upstreams(bridge, settings.upstream_key, None, settings.rules.upstream_message_bytes)
        self.capacity = Capacity(settings.rules)
        limits = Limits(bridge, settings.rules, self.capacity, Budgets(settings.rules, QuotaStore()))
        limits.executor = AtOnce(1)
        self.options = SessionOptions(settings)
        self.backend = MemoryBackend(name, memory)
        store = CallStore(bridge, self.backend) if memory is not None else None
        self.registry = Registry(
            Shared(
                self._upstreams,
                40,
                "version",
                READY_S,
                ResumeTokens(settings.secret_key, name),
                settings.resume.grace_s if settings.resume.on else 0,
                share=settings.resume.share_transcripts,
            ),
            limits,
            store,
        )
        if store is not None:
            store.executor = AtOnce(1)
            store.keep()
        self.far_ends: dict[int, FarEnd] = {}
        self.calls: list[Call] = []

    def act(self, action: Callable[..., T], *args: Any) -> T:
        """What the action gives, or raises, on the running loop."""

        async def acting() -> T:
            return action(*args)

        try:
            return self.loop.run_until_complete(acting())
        finally:
            self.loop.spin()

    def begin(self, page: Page, holder: str = "", **fields: Any) -> Call:
        call = self.act(self.registry.begin, self.options.plan(fields), page, VISITOR, "request", fields, holder)
        self.calls.append(call)
        return call

    def renew(self, call: Call, **fields: Any) -> None:
        self.act(call.renew, self.options.plan(fields))

    @property
    def asked(self) -> "list[asyncio.Future[Link]]":
        return self._upstreams.asked

    def refuse(self, error: Exception) -> None:
        """The link that was asked for last cannot be had."""
        self.asked[-1].set_exception(error)
        self.loop.spin()

    def reach(self, number: int = -1) -> FarEnd:
        """The link that was asked for comes."""
        far_end = FarEnd(self.loop)
        self.far_ends[number % len(self.asked)] = far_end
        self.asked[number].set_result(far_end.link)
        self.loop.spin()
        return far_end

    def open(self, model: str = "gpt-realtime-2.1", **more: Any) -> FarEnd:
        """The link that was asked for last comes, and its session is as it was asked to be."""
        far_end = self.reach()
        session: Mapping[str, Any] = {"model": model, **more}
        far_end.say("session.created", session=session)
        far_end.say("session.updated", session=session)
        return far_end

    def close(self) -> None:
        """Give the sockets back."""
        for far_end in self.far_ends.values():
            far_end.close()
