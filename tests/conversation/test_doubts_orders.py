"""Whoever speaks into answers, in any order: nothing stays held, no question is lost, and none is asked twice."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.conversation.call import SECOND, careful, sent
from tests.worlds import worlds
from voiceapp.conversation import events as ev
from voiceapp.conversation.effects import Flush, Hold


class Talk:
    """A person, a page and a server that leaves responses to us: each does its part at any time, and does it well."""

    WORDS: Mapping[str, str] = MappingProxyType({"question": "What time is it?", "hum": "Mm-hmm.", "cough": ""})

    def __init__(self) -> None:
        self.call = careful()
        self.turns: list[tuple[str, str]] = []
        # How far each spoken turn is: its end, its item, its words are still to come.
        self.due: list[tuple[str, str]] = []
        self.asked: list[str] = []
        self.running = self.item = ""
        self.count = self.creates = self.typed = 0
        self.answered: set[str] = set()
        self.heard: dict[str, int] = {}
        self.flushes: list[str] = []
        self.flushed_items: list[str] = []
        self.items: dict[str, str] = {}
        self.held = self.speaking = False
        # How long they have spoken; and what was heard before that.
        self.voice_s = 0.0
        self.sounded: set[str] = set()

    def hear(self, *events: ev.Event) -> None:
        self.take(self.call.hear(*events))

    def take(self, effects: list[Any]) -> None:
        for effect in effects:
            match effect:
                case Hold(on):
                    assert on is not self.held
                    self.held = on
                case Flush(item):
                    self.flushes.append(item)
                    self.flushed_items.append(item)
        for message in sent(effects):
            match message["type"]:
                case "response.create":
                    self.create()
                case "response.cancel":
                    assert message.get("response_id", "") in (self.running, "")
                    response, self.running = self.running, ""
                    # A voice that lasts ends what is heard, whatever its words are.
                    if self.voice_s < 1 or response not in self.sounded:
                        self.answered.discard(response)
                    self.hear(ev.ResponseDone(response, "cancelled", None))
                case "conversation.item.truncate":
                    assert message["audio_end_ms"] == self.heard[message["item_id"]]

    def create(self) -> None:
        assert not (self.running or self.asked), "a second one while one runs"
        self.creates += 1
        self.asked.append("create")

    # The person

    def speak(self, kind: str) -> None:
        if not self.speaking:
            self.count += 1
            self.speaking, self.voice_s = True, 0.0
            self.turns.append((f"u{self.count}", kind))
            self.hear(ev.SpeechStarted(f"u{self.count}"))

    def voice(self) -> None:
        """It lasts: then it is no cough."""
        if self.speaking:
            turn, _ = self.turns.pop()
            self.turns.append((turn, "question"))
            self.hear(ev.Voiced())

    def stop(self) -> None:
        if self.speaking:
            self.speaking = False
            turn, kind = self.turns[-1]
            self.hear(ev.SpeechStopped(turn), ev.Committed(turn, None))
            if kind == "question":
                self.answered.clear()
            self.due.append((turn, kind))

    def type(self) -> None:
        self.answered.clear()
        self.typed += 1
        self.hear(ev.TextTyped("And now?"))

    @property
    def has_asked(self) -> bool:
        return bool(self.typed) or "question" in [kind for _, kind in self.turns]

    # The page

    def play(self) -> None:
        if self.item and not (self.held or self.item in self.flushes):
            self.heard[self.item] += 400
            self.hear(ev.Heard(self.item, self.heard[self.item]))

    def flushed(self) -> None:
        while self.flushes:
            item = self.flushes.pop()
            self.hear(ev.Flushed(item, self.heard[item]))

    # The server

    def words(self) -> None:
        if self.due:
            turn, kind = self.due.pop(0)
            self.hear(ev.UserText(turn, self.WORDS[kind]))

    def begin(self) -> None:
        if self.asked:
            self.asked.clear()
            self.count += 1
            self.running, self.item = f"r{self.count}", f"a{self.count}"
            self.heard[self.item] = 0
            self.items[self.running] = self.item
            self.answered.add(self.running)
            self.hear(ev.ResponseCreated(self.running))
        if self.running:
            if not self.held:
                self.sounded.add(self.running)
            self.hear(*[ev.AudioDelta(self.running, self.item, SECOND)] * 5)

    def done(self) -> None:
        if self.running:
            response, self.running = self.running, ""
            self.hear(ev.AudioDone(response, self.item), ev.ResponseDone(response, "completed", None))

    def wait(self) -> None:
        if self.speaking:
            self.voice_s += 0.7
        self.take(self.call.wait(0.7))

    def end(self) -> None:
        """Whatever is under way comes to its end."""
        self.stop()
        for _ in range(6):
            for step in (self.words, self.flushed, self.begin, self.done):
                step()


KINDS = st.sampled_from(["question", "hum", "cough"])
ALONE = ["voice", "stop", "stop", "type", "play", "flushed", "words", "words", "begin", "begin", "done", "wait"]
STEP = st.one_of(
    st.tuples(st.just("speak"), KINDS),
    st.tuples(st.just("speak"), KINDS),
    st.tuples(st.sampled_from(ALONE)),
)
STEPS = st.lists(STEP, max_size=30)


class OwnTalk(Talk):
    """Its server cannot be told: it ends its response for whatever it hears, and answers that by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.call = careful(yields=False)

    def create(self) -> None:
        if self.running or self.asked:
            self.hear(ev.UpstreamError("conversation_already_has_active_response", "", ""))
        else:
            super().create()

    def speak(self, kind: str) -> None:
        speaking = self.speaking
        super().speak(kind)
        if self.running and not speaking:
            response, self.running = self.running, ""
            self.hear(ev.ResponseDone(response, "cancelled", None))

    def stop(self) -> None:
        speaking = self.speaking
        super().stop()
        if speaking:
            self.asked.append("by itself")

    def begin(self) -> None:
        if self.asked:
            self.done()
        super().begin()


# They begin to cough, type a question all the same, and its answer hangs on a tool when the cough ends.
COUGH_AND_TYPE = [("speak", "cough"), ("type",), ("words",), ("found",), ("look_up",)]
# What is asked for then is asked for the cough's sake; it is found while that is to come, or before.
FOUND_LATER = [*COUGH_AND_TYPE, ("done",)]
FOUND_BEFORE = [*COUGH_AND_TYPE, ("found",), ("stop",), ("done",), ("words",), ("begin",)]
# What a tool found is told to somebody who begins to cough before it, and coughs for long.
COUGH_LONG = [("speak", "cough"), ("words",), ("found",), ("begin",), ("wait",), ("wait",), ("wait",)]


class ToolTalk(Talk):
    """Its server looks things up: until it has found them nothing of an answer comes."""

    def __init__(self) -> None:
        super().__init__()
        self.tool = ""

    def look_up(self) -> None:
        if self.asked and not self.tool:
            self.asked.clear()
            self.count += 1
            self.running, self.item, self.tool = f"r{self.count}", f"a{self.count}", f"t{self.count}"
            self.heard[self.item], self.items[self.running] = 0, self.item
            self.hear(ev.ResponseCreated(self.running), ev.ToolReported(self.tool, "mcp", self.running, name="search"))

    def found(self) -> None:
        if self.tool:
            tool, self.tool = self.tool, ""
            self.hear(ev.ToolReported(tool, "mcp", tool.replace("t", "r"), state="done", result="there"))

    def begin(self) -> None:
        if not (self.running and self.tool):
            super().begin()
            # Or it goes on by itself after the tool.
            self.answered |= {self.running} - {""}

    def done(self) -> None:
        if self.running in self.answered:
            super().done()
        elif self.running:
            response, self.running = self.running, ""
            self.hear(ev.ResponseDone(response, "completed", None))

    def end(self) -> None:
        self.stop()
        for _ in range(8):
            for step in (self.words, self.flushed, self.found, self.done, self.begin):
                step()


@worlds(200)
@given(st.lists(st.one_of(STEP, st.tuples(st.sampled_from(["look_up", "found"]))), max_size=24))
@example(FOUND_LATER)
@example(FOUND_BEFORE)
@example(COUGH_LONG)
def test_in_any_order_a_question_whose_answer_hangs_on_a_tool_is_answered(steps: list[tuple[str, ...]]) -> None:
    talk = ToolTalk()
    for name, *arguments in [("speak", "question"), ("stop",), ("look_up",), *steps]:
        getattr(talk, name)(*arguments)
    talk.end()
    assert not talk.held
    assert talk.answered or not talk.has_asked, "nobody has answered the last question"


@worlds(200)
@given(STEPS)
def test_in_any_order_a_server_that_answers_by_itself_leaves_no_question_unanswered(
    steps: list[tuple[str, ...]],
) -> None:
    talk = OwnTalk()
    for name, *arguments in steps:
        getattr(talk, name)(*arguments)
    talk.end()
    assert not talk.held
    assert not (talk.asked or talk.running)
    if talk.has_asked:
        assert talk.answered, "nobody has answered the last question"
        # Something of an answer to it was played, or is to be.
        assert not {talk.items[response] for response in talk.answered} <= set(talk.flushed_items), "nobody hears it"


@worlds(200)
@given(STEPS)
def test_in_any_order_nothing_stays_held_no_question_is_lost_and_none_is_asked_twice(
    steps: list[tuple[str, ...]],
) -> None:
    talk = Talk()
    for name, *arguments in steps:
        getattr(talk, name)(*arguments)
    talk.end()
    assert not talk.held
    # Where the assistant does not talk, a backchannel is a turn like any other.
    assert talk.creates <= 2 * (len(talk.turns) + talk.typed)
    assert not (talk.asked or talk.running)
    if talk.has_asked:
        assert talk.answered, "nobody has answered the last question"
