"""Whether a response may be asked for: a server refuses one while another runs, or is about to begin by itself."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

# A server may say once more that one is over.
MAX_ENDED = 20


class State(Enum):
    IDLE = "idle"
    # Our `response.create` is out.
    ASKED = "asked"
    # The person's turn was taken, and the server answers that by itself.
    EXPECTED = "expected"
    RUNNING = "running"

    # As of `deadlines.Wait`.
    __hash__ = object.__hash__


class Step(Enum):
    ASK = "we ask for one"
    OWE = "the server owes one"
    BEGIN = "one began"
    END = "the one that ran is over"
    # What we asked for is refused: since another one runs, or for any other reason.
    TAKEN = "another one runs"
    REFUSE = "it was refused"
    # It heard noise, or forgot what it had heard.
    SPARE = "the server owes none after all"
    GIVE_UP = "nothing came in time"

    __hash__ = object.__hash__


# What is not named changes nothing: a peer may send anything at any time.
_TRANSITIONS: Mapping[State, Mapping[Step, State]] = MappingProxyType(
    {
        State.IDLE: MappingProxyType(
            {
                Step.ASK: State.ASKED,
                Step.OWE: State.EXPECTED,
                Step.BEGIN: State.RUNNING,
            }
        ),
        # A turn that is taken now gets this response too, or one after it: there is nothing more to wait for.
        State.ASKED: MappingProxyType(
            {
                Step.BEGIN: State.RUNNING,
                Step.TAKEN: State.RUNNING,
                Step.REFUSE: State.IDLE,
                Step.GIVE_UP: State.IDLE,
            }
        ),
        State.EXPECTED: MappingProxyType(
            {
                Step.BEGIN: State.RUNNING,
                Step.REFUSE: State.IDLE,
                Step.SPARE: State.IDLE,
                Step.GIVE_UP: State.IDLE,
            }
        ),
        # It was interrupted, and its end is still to come.
        State.RUNNING: MappingProxyType(
            {
                Step.OWE: State.EXPECTED,
                Step.END: State.IDLE,
                Step.GIVE_UP: State.IDLE,
            }
        ),
    }
)


class ResponseGate:
    """Knows which response runs, which the server owes, and whether we want one."""

    __slots__ = (
        "_again", "_asked_for", "_create", "_disowned", "_earlier", "_ended", "_promised", "_turn", "_unwelcome",
        "_wanted_for", "doubted", "response", "state", "wanted",
    )  # fmt: skip

    def __init__(self) -> None:
        self.state = State.IDLE
        # The latest one that began and of whose end nothing was heard; empty where there is none, or it has no id.
        self.response = ""
        # One has to be asked for as soon as that can be.
        self.wanted = False
        # An error came that may have been the end of the one that runs, and nothing has come of it since.
        self.doubted = False
        # Whether what is wanted was refused before; and whether the person does not want what is to come.
        self._again = self._unwelcome = False
        # Nor what comes to their latest turn although none is owed.
        self._disowned = False
        self._create = ""
        # What runs was there before what we asked for, and its beginning was not told.
        self._earlier = False
        self._ended: list[str] = []
        self._turn: str | None = None
        # It is ours to ask for an answer to that turn, once the server has it.
        self._promised = False
        # To which turn alone an answer is wanted, and was asked for last; empty: to more than one, or to none.
        self._wanted_for = self._asked_for = ""

    @property
    def open(self) -> bool:
        """Whether one may be asked for now."""
        return self.state is State.IDLE

    @property
    def awaited(self) -> bool:
        """Whether one is to come, and the person wants it."""
        due = self.state in (State.ASKED, State.EXPECTED) and not self._unwelcome
        return self.wanted or self._promised or due

    @property
    def asked(self) -> bool:
        """Whether one is to come that we ask for, and the person wants it."""
        return self.wanted or (self.state is State.ASKED and not self._unwelcome)

    @property
    def settled(self) -> bool:
        return self.open and not (self.wanted or self._promised)

    @property
    def waits(self) -> bool:
        """Whether something has to come from the server first."""
        return self._promised or self.state is not State.IDLE

    def want(self, turn: str = "") -> None:
        """The person, or a tool, needs an answer; `turn`: to that alone."""
        self._wanted_for = "" if self.wanted else turn
        self.wanted, self._again = True, False

    def want_none(self) -> None:
        """The person does not, after all."""
        self.wanted = False

    def ask(self, create: str) -> None:
        """Our `response.create` with this event_id goes out; only while `open`."""
        self._step(Step.ASK)
        self._create, self.wanted, self._disowned = create, False, False
        self._asked_for = self._wanted_for

    def expect_response(self, turn: str) -> bool:
        """The server took the person's turn, an item's id, and answers it by itself; False where it said so before."""
        if turn and turn == self._turn:
            return False
        self._turn, self._unwelcome, self._disowned = turn, False, False
        self._step(Step.OWE)
        return True

    def promise(self, turn: str) -> None:
        """The person has ended a turn, an item's id, whose answer is ours to ask for; said twice it counts once."""
        if not turn or turn != self._turn:
            self._turn, self._promised = turn, True

    def keep_promise(self, turn: str) -> None:
        """The server has that turn."""
        if self._promised and turn == self._turn:
            self._promised = False
            # Of a session that has just begun, and was to hear it again.
            self._step(Step.SPARE)
            self.want(turn)

    def cancel_expected(self, turn: str) -> None:
        """Nothing was said in that turn: no answer need come."""
        if turn == self._turn:
            self._promised = False
            self._step(Step.SPARE)
        if turn and turn == self._wanted_for:
            self.wanted, self._wanted_for = False, ""
        if self.state is State.ASKED and turn and turn == self._asked_for:
            self._unwelcome = True

    def runs(self, response: str) -> bool:
        return self.state is State.RUNNING and self.response == response

    def ended(self, response: str) -> bool:
        """Whether the server has said before that it is over."""
        return bool(response) and response in self._ended

    def closes(self, response: str) -> bool:
        """Whether the end of that response is the end of one that the person wants, as far as that is known here."""
        if self.state is State.RUNNING:
            return not self._earlier and self._is_running_one(response)
        return not (self.open or self._unwelcome or self.ended(response))

    def answers(self, turn: str) -> bool:
        """Whether a response runs that was asked for that turn alone."""
        return self.state is State.RUNNING and bool(turn) and turn == self._asked_for

    def disown(self, turn: str) -> None:
        """What the server owes to that turn, or gives although it owes none, is not wanted."""
        if turn == self._turn:
            self._unwelcome |= self.state is State.EXPECTED
            self._disowned = self.state is State.IDLE

    def suppress_next(self) -> None:
        """The person does not want to hear what is to come; it has no id yet to cancel by.

        Until the server takes their next turn: what begins after that answers that one, too.
        """
        self._unwelcome = self.state in (State.ASKED, State.EXPECTED)
        self._promised = False

    def replace(self) -> None:
        """The person says something else."""
        self._unwelcome = self.state in (State.ASKED, State.EXPECTED)
        self.wanted = False

    def begin_session(self, *, wanted: bool, expected: bool = False, welcome: bool = True) -> None:
        """Another session has none. `wanted`: one has to be asked for; `expected`: it owes one, `welcome` or not."""
        self.state, self.response, self._create, self._ended, self._turn = State.IDLE, "", "", [], None
        self.wanted, self.doubted, self._again, self._unwelcome = wanted, False, False, False
        self._promised, self._disowned, self._wanted_for, self._asked_for = False, False, "", ""
        self._earlier = False
        if expected:
            self.expect_response("")
            if not welcome:
                self.suppress_next()

    def begin(self, response: str) -> bool:
        """It began; whether the person wants to hear it."""
        if self.ended(response):
            return True
        welcome = not (self._unwelcome or (self._disowned and self.state is State.IDLE))
        self._disowned = False
        self._step(Step.BEGIN)
        self.response, self._again, self._earlier = response, False, False
        return welcome

    def end(self, response: str) -> None:
        """It is over. One without an id is the one that runs; of another nothing is known."""
        if not self._is_running_one(response):
            return
        self.response, self._ended = "", [*self._ended, response][-MAX_ENDED:]
        self._step(Step.END)

    def _is_running_one(self, response: str) -> bool:
        """Whether that is the id of the one that runs, as far as there are ids."""
        return not (response and self.response) or response == self.response

    def on_conflict(self, create: str) -> bool:
        """Another one runs, so what we asked for was refused: it is asked for once more, behind that one.

        `create` is the event_id of ours that the server names, or empty. False where it was refused so before, and is
        asked for no more.
        """
        asked = create == self._create if create else self.state is State.ASKED
        if not asked:
            return True
        self._earlier |= self.state is State.ASKED
        self._step(Step.TAKEN)
        again, self._again, self._create = self._again, True, ""
        self.wanted |= not again
        return not again

    def refuse(self, create: str) -> None:
        """An error that names what we asked for, or nothing at all."""
        if create in ("", self._create):
            self._step(Step.REFUSE)
        # It may have ended the response that runs, or have nothing to do with it.
        self.doubted |= not create and self.state is State.RUNNING

    def give_up(self) -> None:
        """Nothing came in time. What runs may still go on, or end."""
        self._promised = False
        self._step(Step.GIVE_UP)

    def _step(self, step: Step) -> None:
        state = _TRANSITIONS[self.state].get(step, self.state)
        if state in (State.IDLE, State.RUNNING):
            self._unwelcome = False
        self.doubted &= state is State.RUNNING
        self._earlier &= state is State.RUNNING
        self.state = state
