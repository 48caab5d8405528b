"""The way past all layers does just what the ordinary way does, whatever comes in whatever pieces."""

import base64
import json
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from websockets.utils import apply_mask as plain_apply_mask

from tests.call.town import SHARED, Town, begin_answer, close, die, say
from tests.call.worker import Page, Worker
from tests.clock import StandingLoop
from voiceapp.call import fast_path
from voiceapp.call.call import Call
from voiceapp.call.fast_path import MAX_REPORTS, FastPath
from voiceapp.call.relay import Relay
from voiceapp.errors import BrowserError
from voiceapp.net import websocket
from voiceapp.net.link import Ending, Link, Reader
from voiceapp.wire import rendering, up

ROOM = 1 << 20


class SocketPage(Page):
    """A page at the far end of a real socket pair. `short`: the bridge may cut its way short."""

    def __init__(self, loop: StandingLoop, *, short: bool) -> None:
        super().__init__()
        near, self.far = socket.socketpair()
        self.loop, self.short = loop, short
        self.call: Call | None = None
        self.complaints: list[str] = []
        self.client = websocket.Endpoint(websocket.Role.CLIENT, max_message=ROOM)
        server = websocket.Endpoint(websocket.Role.SERVER, max_message=ROOM)
        self.link = Link(loop, near, server, bytearray(1 << 16), max_out=ROOM, forget=lambda _: None)
        self.link.open(self)

    def read_by(self, reader: Reader | None) -> None:
        if self.short:
            self.link.read_by(reader)

    def cork(self) -> None:
        self.link.cork()

    def uncork(self) -> None:
        self.link.uncork()

    def send(self, packet: rendering.Packet) -> None:
        super().send(packet)
        self.link.send(b"4", *packet)

    def link_text(self, payload: bytes) -> None:
        assert self.call is not None
        event, *args = json.loads(payload[2:])
        try:
            if event == "audio":
                self.call.take_chunk(*up.chunk_from_args(tuple(args)))
            elif event == "got":
                self.call.received(args[0]["n"])
            else:
                self.call.take_event(up.browser_event(event, up.check_fields(event, tuple(args))))
        except BrowserError as error:
            self.complaints.append(str(error))

    def link_binary(self, _: bytes) -> None:
        self.complaints.append("binary")

    def link_closed(self, end: Ending) -> None:
        self.complaints.append(str(end))

    def frame(self, packet: str) -> bytes:
        return self.client.text(b"4" + packet.encode())


class World:
    """A call that is live, and everything that can be seen of it."""

    def __init__(self, *, short: bool) -> None:
        self.loop = StandingLoop()
        self.worker = Worker(self.loop)
        self.page = SocketPage(self.loop, short=short)
        self.call = self.page.call = self.worker.begin(self.page)
        self.patched = ExitStack()
        if not short:
            self.patched.enter_context(patch.object(FastPath, "install", lambda *_: None))
        self.server = self.worker.open()

    def from_page(self, data: bytes) -> None:
        # Whoever was closed reads no more.
        with suppress(OSError):
            self.page.far.send(data)
        self.loop.spin()

    def from_server(self, data: bytes) -> None:
        with suppress(OSError):
            self.server._sock.send(data)
        self.loop.spin()

    def seen(self) -> dict[str, Any]:
        relay, talk = self.call._relay, self.call._conversation
        relay.fast.settle()
        outbox, recent = relay.line._outbox, relay.fast._recent
        return {
            "told": [event for event in self.page.told if event[0] not in ("ready", "latency")],
            "complaints": self.page.complaints,
            "sent": [{**event, "event_id": ""} for event in self.server.heard],
            "closed": self.server.closed,
            "over": self.call.over,
            "inbox": (relay.inbox.number, relay.inbox.unconfirmed, relay.sent_bytes),
            "outbox": (
                outbox._received,
                outbox.number,
                outbox._size,
                [packet for packet, *_ in outbox._kept],
                outbox._ends,
            ),
            "recent": (list(recent._chunks), recent._size),
            "input": (talk.input.sent_bytes, talk.input.held_bytes),
            "output": (talk.sounding, talk._output.sent_bytes, talk._output._items, talk._meter.sound_bytes),
            "text": talk.talk,
            "meter": [each.text_bytes for each in talk._meter._open.values()],
            "turn": (talk._turn, talk.silent_since, talk.deadline, talk.thinking),
            "waits": (repr(talk._deadlines._running), talk._deadlines.signed),
            "bill": self.call.cost.counted,
            "passed": (relay.inspector.passed.number, list(relay.inspector.passed.runs.items())),
            "raised": self.loop.raised,
        }

    def close(self) -> None:
        self.patched.close()
        self.worker.act(self.call.finish, None)
        self.page.link.abort()
        self.page.far.close()
        self.worker.close()
        self.loop.spin()
        self.loop.close()


def event(kind: str, **fields: Any) -> str:
    return json.dumps(
        {"type": kind, "event_id": f"event_{len(kind)}", **fields}, separators=(",", ":"), ensure_ascii=False
    )


def sound(ms: float) -> str:
    return base64.b64encode(bytes(int(48 * ms))).decode()


def delta(kind: str, item: str, value: str, spell: Callable[[str], str] = str) -> str:
    place = {"response_id": "r1", "item_id": item, "output_index": 0, "content_index": 0}
    return spell(event(f"response.{kind}.delta", **place, delta=value))


SPELLED: list[Callable[[str], str]] = [
    str,
    lambda text: text.replace(":", ": "),
    lambda text: text.replace('"event_id":"', '"event_id":"another_'),
    lambda text: text.replace('"event_id":', '"even":'),
    lambda text: text[:-1] + ',"obfuscation":"x"}',
    lambda text: text.replace("response_id", "respons"),
    lambda text: "{" + text[1:-1].partition(',"response_id"')[2].join(['"response_id"', ',"type":"x"}']),
    lambda text: text[:-1],
]
SOUNDS = ["", sound(20), sound(20.01), sound(0.03), sound(100), "AAA", "AA==", "AAAA", "A-_A", "AA\nA", "é"]
WORDS = [
    "Hello",
    " there",
    "こんにちは",
    'a "quote"',
    "a\\slash",
    "\n",
    "\x7f",
    "",
    "\ud83d",
    "\ude00",
    "　",
    "🙂",
    "x" * 200,
]
ITEMS = st.sampled_from(["a", "b"])
SAYINGS = st.one_of(
    st.builds(delta, st.just("output_audio"), ITEMS, st.sampled_from(SOUNDS), st.sampled_from(SPELLED)),
    st.builds(delta, st.just("output_audio"), ITEMS, st.just(sound(20))),
    st.builds(delta, st.just("output_audio"), ITEMS, st.just(sound(20))),
    st.builds(delta, st.just("output_audio_transcript"), ITEMS, st.sampled_from(WORDS), st.sampled_from(SPELLED)),
    st.builds(delta, st.just("output_audio_transcript"), ITEMS, st.just("word")),
    st.builds(delta, st.just("output_text"), ITEMS, st.just("word")),
    st.sampled_from(
        [
            event("response.created", response={"id": "r1"}),
            event("response.created", response={"id": "r2"}),
            event("response.output_audio.done", response_id="r1", item_id="a"),
            event("response.output_audio_transcript.done", response_id="r1", item_id="a", transcript="All."),
            event("response.done", response={"id": "r1", "status": "completed", "usage": {"total_tokens": 5}}),
            event("input_audio_buffer.speech_started", item_id="u1"),
            event("input_audio_buffer.speech_stopped", item_id="u1"),
            event("conversation.item.added", item={"id": "b", "type": "message", "role": "assistant", "content": []}),
            event("rate_limits.updated", rate_limits=[]),
            event("error", error={"code": "odd", "message": "Odd."}),
            event("error", error={"code": "session_expired", "message": "Over."}),
            "[]",
        ]
    ),
)
STEPS = st.one_of(
    st.tuples(
        st.just("server"), st.lists(SAYINGS, min_size=1, max_size=5), st.sampled_from(["", "ping", "cut", "parts"])
    ),
    st.tuples(st.just("chunks"), st.lists(st.sampled_from(SOUNDS), min_size=1, max_size=3), st.sampled_from([1, 0, 2])),
    st.tuples(st.just("chunks"), st.just([sound(40)]), st.just(1)),
    st.tuples(st.just("heard"), ITEMS, st.integers(0, 200)),
    st.tuples(st.just("got"), st.integers(1, 30), st.none()),
    st.tuples(st.just("page"), st.sampled_from(["interrupt", "stop"]), st.just({})),
    st.tuples(st.just("watch"), st.booleans(), st.none()),
    st.tuples(st.just("shorten"), st.none(), st.none()),
    st.tuples(st.just("pass"), st.sampled_from([0.01, 0.1, 1.0, 61.0]), st.none()),
)
LOST = event("error", error={"code": "session_expired", "message": "Over.", "type": "invalid_request_error"})
OPENING = [
    event("response.created", response={"id": "r1"}),
    delta("output_audio_transcript", "a", "Well,"),
    delta("output_audio", "a", sound(20)),
]


class Script:
    """The same bytes for any world."""

    def __init__(self, world: World) -> None:
        self.world, self.number = world, 0

    def take(self, step: tuple[str, Any, Any]) -> None:
        name, what, how = step
        world = self.world
        if name == "server":
            self._say(what, how)
        elif name == "chunks":
            sounds = [json.dumps(each, ensure_ascii=False) for each in what]
            packets = [f'2["audio",{self._next(how + more)},{each}]' for more, each in enumerate(sounds)]
            world.from_page(b"".join(map(world.page.frame, packets)))
        elif name == "heard":
            world.from_page(world.page.frame(f'2["heard",{{"item":"{what}","heard_ms":{how}}}]'))
        elif name == "got":
            world.from_page(world.page.frame(f'2["got",{{"n":{what}}}]'))
        elif name == "page":
            world.from_page(world.page.frame(f'2["{what}",{{}}]'))
        elif name == "shorten":
            world.worker.act(world.call.shorten)
        elif name == "watch":
            world.call.watch(what)
        else:
            world.loop.pass_time(what)

    def _next(self, how: int) -> int:
        self.number = max(1, self.world.call._relay.inbox.number + how)
        return self.number

    def _say(self, messages: list[str], how: str) -> None:
        end = self.world.server._end
        if self.world.server.closed is not None:
            return
        if any("session_expired" in message for message in messages):
            # The ordinary way looks at a whole read first: it closes for what is no text behind an end, too.
            messages = [message.replace("\ud83d", "").replace("\ude00", "") for message in messages]
        frames = b"".join(end.text(message.encode(errors="surrogatepass")) for message in messages)
        if how == "ping":
            frames += end.ping()
        elif how == "parts":
            payload = messages[0].encode(errors="surrogatepass")[:100]
            frames += bytes((0x01, len(payload))) + payload + bytes((0x80, 0))
        cut = len(frames) // 2 if how == "cut" else len(frames)
        self.world.from_server(frames[:cut])
        if frames[cut:]:
            self.world.from_server(frames[cut:])


def both(steps: list[tuple[str, Any, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    found = []
    for short in (True, False):
        world = World(short=short)
        script, states = Script(world), []
        try:
            for step in [("server", OPENING, ""), *steps]:
                script.take(step)
                states.append(json.loads(json.dumps(world.seen(), default=repr)))
        finally:
            world.close()
        found.append(states)
    return found[0], found[1]


@given(st.lists(STEPS, max_size=12))
@example([("chunks", [sound(40)], 1)] * 14)
@example([("server", [delta("output_audio", "a", sound(20), SPELLED[2])], "cut"), ("page", "interrupt", {})])
@example([("server", [delta("output_audio_transcript", "a", "word")] * 3, ""), ("pass", 61.0, None)])
@example([("pass", 1.0, None), ("server", [delta("output_audio_transcript", "a", "word")], "")])
@example([("shorten", None, None), ("server", [delta("output_audio", "a", sound(20))], "")])
@example([("server", ["[]", delta("output_audio_transcript", "a", "word")], "")])
@example([("server", [event("rate_limits.updated", more="x" * 1000), OPENING[1]], "")])
@example([("heard", "a", 10), ("heard", "a", 20), ("server", OPENING[:1], "")])
def test_both_ways_have_the_same_effects(steps: list[tuple[str, Any, Any]]) -> None:
    fast, ordinary = both(steps)
    for a, b in zip(fast, ordinary, strict=True):
        assert a == b


@pytest.mark.parametrize(
    "more",
    [
        event("input_audio_buffer.speech_started", item_id="u9"),
        event("conversation.item.added", item={"id": "b", "type": "message", "role": "assistant", "content": []}),
        event("response.created", response={"id": "r2"}),
        delta("output_audio", "a", sound(20)),
    ],
)
def test_nothing_comes_of_a_session_behind_its_end_in_one_read(more: str) -> None:
    fast, ordinary = both([("server", [LOST, more], ""), ("pass", 0.01, None)])
    for a, b in zip(fast, ordinary, strict=True):
        assert a == b


@pytest.mark.parametrize("short", [False, True])
def test_what_was_heard_of_an_earlier_workers_item_is_not_taken_for_one_of_the_same_name(
    loop: StandingLoop, short: bool
) -> None:
    town = Town(loop, **SHARED)
    _, page, upstream = town.begin()
    say(upstream, 1, "One.", "")
    begin_answer(upstream, 1)
    die(town)
    back = SocketPage(loop, short=short)
    call, _, far_end = town.go_on(page, page.number, back=back)
    back.call = call
    begin_answer(far_end, 1)
    far_end.say("response.output_audio.delta", response_id="r1", item_id="a1", delta=sound(2000))
    back.far.send(back.frame('2["heard",{"item":"a1","heard_ms":900}]'))
    loop.spin()
    heard = [(each.item, each.heard_ms) for each in call._conversation.sounding]
    close(town)
    back.link.abort()
    back.far.close()
    assert heard == [("a1", 0)]


def test_it_needs_no_compiled_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (fast_path, websocket):
        monkeypatch.setattr(module, "apply_mask", plain_apply_mask)
    world = World(short=True)
    script = Script(world)
    script.take(("chunks", [sound(40)], 1))
    script.take(("got", 1, None))
    assert not world.call.over
    assert world.call._relay.inbox.number == 1
    world.close()


@pytest.mark.parametrize(
    "step",
    [
        ("chunks", [sound(40)], 1),
        ("chunks", [sound(40), sound(100), sound(20)], 1),
        ("heard", "a", 10),
        ("got", 1, None),
        ("server", [delta("output_audio", "a", sound(20), SPELLED[2])], ""),
        ("server", [delta("output_audio_transcript", "a", " she said こんにちは")], ""),
    ],
)
def test_what_is_usual_is_taken_by_it(step: tuple[str, Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the comparison would compare nothing."""
    world, ordinary = World(short=True), ordinary_ways(monkeypatch)
    script = Script(world)
    script.take(("server", OPENING, ""))
    before = world.seen()
    ordinary.clear()
    script.take(step)
    assert world.seen() != before
    world.close()
    assert not ordinary


def test_whatever_else_a_server_says_is_told_in_one_write_too(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(short=True)
    script, writes = Script(world), counted_writes(world)
    ordinary = ordinary_ways(monkeypatch)
    script.take(("server", [*OPENING, event("input_audio_buffer.speech_started", item_id="u1")], ""))
    assert len(writes) == 1
    assert "take" not in ordinary
    world.close()


def test_a_flood_of_reports_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    world, ordinary = World(short=True), ordinary_ways(monkeypatch)
    script = Script(world)
    script.take(("server", OPENING, ""))
    ordinary.clear()
    for _ in range(MAX_REPORTS):
        script.take(("got", 1, None))
    assert not ordinary
    script.take(("got", 1, None))
    assert ordinary == ["take"]
    script.take(("chunks", [sound(250)] * 2, 1))
    script.take(("got", 1, None))
    assert ordinary == ["take"]
    world.close()


def ordinary_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that one was taken from now on."""
    took: list[str] = []
    for owner, name in ((Link, "take"), (Relay, "link_text")):
        way = getattr(owner, name)

        def watched(*args: Any, way: Callable[..., Any] = way, name: str = name) -> Any:
            took.append(name)
            return way(*args)

        monkeypatch.setattr(owner, name, watched)
    return took


def counted_writes(world: World) -> list[int]:
    """Bytes of each write to the page from now on."""
    writes: list[int] = []
    send = world.page.link._send_bytes

    def counted(data: bytes) -> int:
        writes.append(len(data))
        return send(data)

    world.page.link._send_bytes = counted  # type: ignore[method-assign]
    return writes


def test_the_deltas_of_one_read_go_to_the_page_in_one_write() -> None:
    world = World(short=True)
    script = Script(world)
    script.take(("server", OPENING, ""))
    word = delta("output_audio_transcript", "a", "word")
    script.take(("server", [word], ""))
    world.page.far.recv(1 << 16)
    writes = counted_writes(world)
    script.take(("server", [word, delta("output_audio", "a", sound(20)), word], ""))
    assert len(writes) == 1
    assert len(world.page.far.recv(1 << 16)) == writes[0]
    world.close()


def test_a_page_that_has_given_its_call_away_reaches_it_no_more() -> None:
    world = World(short=True)
    first, second = world.page, SocketPage(world.loop, short=True)
    second.call = world.call
    world.call._line.page = second
    for page in (first, second):
        page.far.send(page.frame(f'2["audio",1,"{sound(40)}"]'))
        world.loop.spin()
    # The first one's went the ordinary way, to whoever looks after pages; here, to the call all the same.
    assert (first.link._read_otherwise, second.link._read_otherwise) == (False, True)
    second.far.close()
    second.link.abort()
    world.close()


@pytest.mark.parametrize("short", [True, False])
def test_the_list_of_events_has_all_chunks_that_went_up_before_an_event(short: bool) -> None:
    world = World(short=short)
    for n in (1, 2, 3):
        world.from_page(world.page.frame(f'2["audio",{n},"{sound(40)}"]'))
    relay = world.call._relay
    relay.link_text(event("response.created", response={"id": "r1"}).encode())
    passed = relay.inspector.passed
    *_, chunks, created = (passed.get(n) for n in range(1, passed.number + 1))
    assert (chunks.direction, chunks.type, chunks.times) == ("up", "input_audio_buffer.append", 3)
    assert chunks.size == 3 * (len(sound(40)) + len('{"type":"input_audio_buffer.append","audio":""}'))
    assert created.type == "response.created"
    world.close()
