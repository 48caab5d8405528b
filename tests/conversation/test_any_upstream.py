"""Against any upstream, whatever it sends, leaves out or repeats: nobody waits for ever, and nothing is asked twice.

A random world, step by step: the person (types, stops, talks, changes settings), the page (plays, reports, or not),
the server (whole answers with pieces lost, doubled or late, and any single event at any time) and the clock. Then
everything but the clock falls silent.
"""

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.conversation.call import SECOND
from tests.worlds import worlds
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.conversation.conversation import Capabilities, Conversation
from voiceapp.conversation.deadlines import SECONDS, Wait
from voiceapp.conversation.dialects import SessionConfig
from voiceapp.conversation.effects import (
    AskPerson,
    CancelTool,
    Effect,
    End,
    Flush,
    Hold,
    Notify,
    Play,
    RunTool,
    Send,
    ToolEffect,
    TurnChanged,
)
from voiceapp.conversation.functions import Function
from voiceapp.conversation.response_gate import State
from voiceapp.conversation.turn_detection import PushToTalk, SemanticVad, ServerVad
from voiceapp.conversation.turns import Turn

PATIENCE = SECONDS[Wait.RESPONSE]
# Behind an answer that hangs one may be asked for, that is refused, and one more, which hangs.
MAX_S = 4 * PATIENCE + SECONDS[Wait.SPEECH] + SECONDS[Wait.TOOL]
# These are no word of an answer that does not come.
NO_TELLING = (faults.CHANGE_REFUSED, faults.TOOL_LOOP)
FUNCTIONS = (Function("search", "", {}), Function("buy", "", {}, confirm=True))
Interruption = ev.Interrupted | ev.TextTyped | ev.Talked


class World:
    def __init__(
        self, *, opening: bool, interrupts: bool, confirms: bool = False, yields: bool = False, late: bool = True
    ) -> None:
        config = SessionConfig(
            "marin",
            "Be kind.",
            opening="Say hello." if opening else "",
            confirms=confirms,
            yields=yields,
            functions=FUNCTIONS,
        )
        self.capabilities = Capabilities(interrupts=interrupts, late_outputs=late, sees=late)
        self.conversation = Conversation(config, self.capabilities)
        # What runs, or the person is asked about; all that ever ran; to what the session has an answer.
        self.runs: list[str] = []
        self.asked: list[str] = []
        self.ran: set[str] = set()
        self.answered: set[str] = set()
        self.now, self.over, self.lost = 0.0, False, False
        # Event_ids of ours by what they went with; the create that is open, and since when.
        self.ids: dict[str, str] = {}
        self.open: tuple[str, float] | None = None
        self.waiting: list[str] = []
        self.turns: set[str] = set()
        self.turn: Turn = "listening"
        self.held = False
        # Whether a question came behind the latest interruption.
        self.later = True
        # Whether what the person said may have been taken for a backchannel: the setting may have changed since.
        self.doubted = confirms
        self.flushes: list[str] = []
        self.responses, self.items = [""], ["a0"]
        self.count = self.session = 0
        self.hear(ev.SessionUpdated("gpt", "marin", None))

    def hear(self, event: ev.Event) -> None:
        if self.over or (self.lost and isinstance(event, ev.UpstreamEvent)):
            return
        self.expect(event)
        for effect in self.conversation.handle(event, self.now):
            self.take(event, effect)
        assert self.conversation.deadline is None or self.conversation.deadline > self.now

    def expect(self, event: ev.Event) -> None:
        """What is known before it is handled."""
        self.doubted |= self.conversation.config.confirms
        match event:
            case ev.ResponseCreated():
                self.open = None
            case ev.UpstreamError(code, _, cause) if code not in faults.BENIGN or code == faults.ACTIVE:
                if not cause.startswith("voiceapp_") or (self.open and cause == self.open[0]):
                    self.open = None
            case ev.TextTyped(text):
                self.waiting.append(text)
        if isinstance(event, Interruption) or self.replaces(event):
            self.later = False
            if isinstance(event, ev.Interrupted | ev.Talked):
                self.waiting.clear()
        elif not self.conversation.input.by_key:
            self.later |= self.asks(event)

    def replaces(self, event: ev.Event) -> bool:
        """Whether the person begins to say something else; of some servers that is told late."""
        by_voice = isinstance(event, ev.SpeechStarted) and not self.conversation.input.by_key
        return by_voice and (not event.item or event.item not in self.turns)

    def asks(self, event: ev.Event) -> bool:
        """Whether the person has asked something new: what begins before the server has it is no answer to it.

        Where the server leaves it to us, what begins before we ask is none either.
        """
        if self.conversation.input.decides:
            return False
        if isinstance(event, ev.SpeechStopped | ev.Committed) and event.item not in self.turns:
            self.turns.add(event.item)
            return True
        return False

    def take(self, event: ev.Event, effect: Effect) -> None:
        match effect:
            case Send(message):
                self.sent(event, message)
            case TurnChanged(state):
                self.turn = state
            case Flush(item):
                self.flushes.append(item)
            case Play():
                self.plays()
            case Hold(on):
                assert on is not self.held, "said twice"
                self.held = on
            case Notify(fault):
                if fault not in NO_TELLING:
                    self.waiting.clear()
                    # Who was told that nothing comes of a question wants no answer to it in another session.
                    self.later &= self.conversation.thinking
            case RunTool() | AskPerson() | CancelTool():
                self.perform(effect)
            case End():
                self.over = True

    def perform(self, effect: ToolEffect) -> None:
        match effect:
            case RunTool(item):
                assert item not in self.ran, "it ran twice"
                self.ran.add(item)
                self.runs.append(item)
            case AskPerson(item):
                self.asked.append(item)
            case CancelTool(item):
                # Whoever was asked may answer all the same, and what runs may end.
                assert item in self.runs + self.asked

    def sent(self, event: ev.Event, message: dict[str, Any]) -> None:
        assert not self.lost, "something is sent to a session that is gone"
        kind = message["type"]
        self.ids[kind] = message["event_id"]
        item = message.get("item", {})
        if item.get("type") == "function_call_output":
            assert item["call_id"] not in self.answered, "it is answered twice"
            self.answered.add(item["call_id"])
        if kind == "response.create":
            assert self.open is None or self.now >= self.open[1] + PATIENCE, "two are open"
            self.open = (message["event_id"], self.now)
            self.later = True
        elif kind == "response.cancel" and isinstance(event, ev.ResponseCreated):
            # What a server answers to a backchannel is no answer to a question.
            assert not self.later or self.doubted, "the answer to a later question was cancelled"

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while not self.over and (due := self.conversation.deadline) is not None and due <= end:
            self.now = due
            self.hear(ev.DeadlinePassed())
        self.now = end

    def sound(self, response: str, item: str) -> None:
        """By the hot path where it can go there."""
        if self.lost:
            return
        if not self.conversation.knows(item):
            self.hear(ev.AudioDelta(response, item, SECOND))
        elif self.conversation.take_audio(response, item, 48_000):
            self.plays()

    def plays(self) -> None:
        """Of a response that began without a word: where the person has begun to say something else meanwhile, that was
        the answer to what they had asked, as it is of one that is told."""
        if not self.later:
            self.waiting.clear()

    # Steps

    def answer(self, pieces: list[tuple[int, int]], status: str) -> None:
        """A response, each piece so many times; what is late comes at the end."""
        self.count += 1
        response, item = f"r{self.count}", f"a{self.count}"
        self.responses.append(response)
        self.items.append(item)
        whole: list[Callable[[], None]] = [
            lambda: self.begin(response),
            lambda: self.hear(ev.OutputItemAdded(response, item, "assistant", "audio")),
            lambda: self.hear(ev.AssistantTextDelta(response, item, "One two three.")),
            lambda: self.sound(response, item),
            lambda: self.sound(response, item),
            lambda: self.hear(ev.AssistantText(response, item, "One two three.")),
            lambda: self.hear(ev.AudioDone(response, item)),
            lambda: self.hear(ev.ResponseDone(response, status, None, "server_error" * (status == "failed"))),
        ]
        for piece in self.fated(whole, pieces):
            piece()

    def begin(self, response: str) -> None:
        if not self.over:
            self.hear(ev.ResponseCreated(response))
            if not self.conversation._output.is_cut(response):
                self.waiting.clear()

    def turn_taken(self, pieces: list[tuple[int, int]], words: str) -> None:
        self.count += 1
        item = f"u{self.count}"
        events = [ev.SpeechStarted(item), ev.SpeechStopped(item), ev.Committed(item, None), ev.UserText(item, words)]
        for event in self.fated(events, pieces):
            self.hear(event)

    @staticmethod
    def fated(things: list[Any], pieces: list[tuple[int, int]]) -> Iterator[Any]:
        fates = [*zip(things, pieces, strict=False)]
        yield from (thing for thing, (times, late) in fates if not late for _ in range(times))
        yield from (thing for thing, (times, late) in fates if late for _ in range(times))

    def tool(self, which: int, state: ev.ToolState, kind: ev.ToolKind) -> None:
        name, call, session = ("buy", "search", "travel")[which % 3], f"c{which}_{self.session}", self.session
        item = f"{kind}{which}_{session}"
        self.hear(ev.ToolReported(item, kind, self.responses[-1], name=name, call=call, state=state))

    def run_told(self, end: bool) -> None:
        """A function of ours says something, or ends."""
        if self.runs and end:
            self.hear(ev.ToolFinished(self.runs.pop(0), "{}"))
        elif self.runs:
            self.hear(ev.ToolTold(self.runs[0], "Half of it is done."))

    def approve(self, yes: bool) -> None:
        if self.asked:
            self.hear(ev.Approved(self.asked.pop(0), yes))

    def error(self, code: str, cause: str) -> None:
        self.hear(ev.UpstreamError(code, "…", self.ids.get(cause, cause)))

    def heard(self, ms: int) -> None:
        self.hear(ev.Heard(self.items[-1], ms))

    def flushed(self, ms: int) -> None:
        while self.flushes and not self.over:
            self.hear(ev.Flushed(self.flushes.pop(), ms))

    def renew(self) -> None:
        """Another session takes over where it may, or has to."""
        if not self.over and (self.conversation.quiet or self.lost):
            self.lost, self.open = False, None
            self.answered.clear()
            self.session += 1
            assert self.conversation.input.needed_from <= self.conversation.input.sent_bytes
            for effect in self.conversation.renew(self.conversation.config, self.capabilities):
                self.take(ev.Stopped(), effect)
            self.hear(ev.SessionRenewed())

    def lose(self) -> None:
        """The session ends; what of it is late never comes."""
        if not self.over:
            # A turn that was answered is said again to another session, which need not answer it again.
            self.later &= self.conversation.thinking
            self.hear(ev.SessionLost(faults.CLOSED))
            self.lost, self.open = True, None

    def talk(self, ms: int) -> None:
        """The microphone's sound."""
        self.conversation.sound_sent(48 * ms)


def once(events: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just("hear"), events)


RESPONSES = st.sampled_from(["", "r1", "r2", "r3", "r9"])
ITEMS = st.sampled_from(["a1", "a2", "a9"])
TURNS = st.sampled_from(["u1", "u2", "u9", ""])
STATUS = st.sampled_from(["completed", "completed", "failed", "cancelled", "incomplete", ""])
CODES = st.sampled_from([
    "server_error", "server_error", faults.ACTIVE, faults.ACTIVE, "response_cancel_not_active", "rate_limit_exceeded",
    "input_audio_buffer_commit_empty", "",
])  # fmt: skip
CAUSES = st.sampled_from([
    "", "", "response.create", "response.create", "session.update", "response.cancel", "conversation.item.create",
    "voiceapp_0", "event_of_theirs",
])  # fmt: skip
CHANGES = st.sampled_from([
    ev.Configured(PushToTalk()), ev.Configured(ServerVad()), ev.Configured(SemanticVad()), ev.Configured(None, "ja"),
    ev.Configured(confirms=True), ev.Configured(confirms=False),
])  # fmt: skip
# How often a piece comes, and whether late.
FATES = st.lists(
    st.tuples(st.sampled_from([1, 1, 1, 1, 0, 2]), st.sampled_from([0, 0, 0, 0, 1])), min_size=8, max_size=8
)
PERSON = st.one_of(
    once(st.just(ev.TextTyped("Hello"))),
    once(st.just(ev.TextTyped("Hello"))),
    once(st.just(ev.PictureShown("picture_00000001", "/9j/"))),
    once(st.just(ev.Interrupted())),
    once(st.just(ev.Voiced())),
    once(st.builds(ev.Talked, down=st.booleans())),
    once(CHANGES),
)
PAGE = st.one_of(
    st.tuples(st.just("heard"), st.sampled_from([100, 1000, 5000])),
    st.tuples(st.just("flushed"), st.sampled_from([0, 700])),
    st.tuples(st.just("renew")),
    st.tuples(st.just("lose")),
    st.tuples(st.just("talk"), st.sampled_from([40, 200, 2000])),
    st.tuples(st.just("approve"), st.booleans()),
    st.tuples(st.just("run_told"), st.booleans()),
    st.tuples(st.just("run_told"), st.just(True)),
)
SERVER = st.one_of(
    st.tuples(st.just("answer"), FATES, STATUS),
    st.tuples(st.just("answer"), FATES, STATUS),
    st.tuples(st.just("turn_taken"), FATES, st.sampled_from(["Hello.", "Mm-hmm.", ""])),
    st.tuples(st.just("error"), CODES, CAUSES),
    st.tuples(st.just("begin"), RESPONSES),
    st.tuples(st.just("sound"), RESPONSES, ITEMS),
    st.tuples(
        st.just("tool"),
        st.integers(1, 3),
        st.sampled_from(["running", "done", "failed"]),
        st.sampled_from(["mcp", "function", "approval"]),
    ),
    once(st.just(ev.SessionUpdated("", "", None))),
    once(st.builds(ev.SpeechStarted, TURNS)),
    once(st.builds(ev.SpeechStopped, TURNS)),
    once(st.builds(ev.Committed, TURNS, st.none())),
    once(st.builds(ev.UserText, TURNS, st.sampled_from(["", "Hello.", "Yeah."]))),
    once(st.builds(ev.ItemDeleted, TURNS)),
    once(st.builds(ev.AudioDone, RESPONSES, ITEMS)),
    once(st.builds(ev.ResponseDone, RESPONSES, STATUS, st.none())),
)
CLOCK = st.tuples(st.just("wait"), st.sampled_from([0.1, 1.0, 9.0, 20.0, 55.0, 61.0]))
ONCE = [(1, 0)] * 7
NONE = [False] * 5
CONFIRMS = [False, False, True, False, False]
STEPS = st.lists(st.one_of(PERSON, SERVER, SERVER, PAGE, CLOCK), max_size=25)


@example(
    [
        ("hear", ev.TextTyped("Hello")),
        ("error", faults.ACTIVE, ""),
        ("hear", ev.SpeechStarted("u1")),
        ("answer", [(0, 0), *ONCE], "completed"),
    ],
    *NONE,
)
@example(
    [("hear", ev.TextTyped("Hello")), ("hear", ev.SpeechStarted("u1")), ("answer", [*ONCE, (2, 0)], "completed")],
    *NONE,
)
@example(
    [
        ("hear", ev.TextTyped("Hello")),
        ("hear", ev.SpeechStarted("u1")),
        ("hear", ev.ResponseDone("", "completed", None)),
    ],
    *NONE,
)
@example(
    [
        ("hear", ev.SpeechStopped("u1")),
        ("error", "server_error", ""),
        ("renew",),
        ("answer", [*ONCE, (1, 0)], "completed"),
    ],
    *NONE,
)
@example(
    [
        ("hear", ev.TextTyped("Hello")),
        ("hear", ev.SpeechStarted("u2")),
        ("hear", ev.SpeechStarted("u1")),
        ("hear", ev.Voiced()),
        ("hear", ev.ItemDeleted("u2")),
    ],
    *CONFIRMS,
)
@example(
    [
        ("begin", ""),
        ("turn_taken", [(1, 0), (1, 1), (0, 0), (1, 0)], "Mm-hmm."),
        ("hear", ev.Configured(confirms=False)),
        ("answer", [*ONCE, (1, 0)], "completed"),
    ],
    *CONFIRMS,
)
@example(
    [
        ("hear", ev.TextTyped("Hello")),
        ("hear", ev.SpeechStarted("u1")),
        ("sound", "", "a1"),
        ("hear", ev.SpeechStarted("u2")),
    ],
    *NONE,
)
@example(
    [
        ("hear", ev.SpeechStopped("u1")),
        ("answer", [*ONCE, (1, 0)], "cancelled"),
        ("lose",),
        ("renew",),
        ("begin", ""),
    ],
    *NONE,
)
@worlds(500)
@given(STEPS, *[st.booleans()] * 5)
def test_nobody_waits_for_ever(
    steps: list[tuple[Any, ...]], opening: bool, interrupts: bool, confirms: bool, yields: bool, late: bool
) -> None:
    world = World(opening=opening, interrupts=interrupts, confirms=confirms, yields=yields, late=late)
    for name, *given_values in steps:
        getattr(world, name)(*given_values)
    if world.lost:
        world.renew()
    # Whoever runs them has deadlines of its own.
    while world.asked or world.runs:
        world.approve(False)
        world.run_told(True)
    world.wait(MAX_S)
    if world.over:
        return
    assert world.waiting == []
    assert world.turn == "listening"
    assert not world.held
    assert world.conversation.deadline is None
    # Of a key that is held something may still come.
    assert world.conversation.quiet or world.conversation.input.key
    assert world.conversation.silent_since is not None
    assert world.conversation._gate.state is State.IDLE


@worlds(25)
@given(STEPS, st.sampled_from([("invalid_api_key", ""), ("insufficient_quota", "voiceapp_1")]))
def test_where_it_cannot_go_on_it_ends(steps: list[tuple[Any, ...]], last: tuple[str, str]) -> None:
    world = World(opening=False, interrupts=True)
    for name, *given_values in [*steps, ("renew",), ("error", *last)]:
        getattr(world, name)(*given_values)
    assert world.over
