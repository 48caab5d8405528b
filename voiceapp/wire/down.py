"""The wire from server to page: every event, its fields and their bounds (docs/wire.md).

Whatever the page is told is one of these values.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ..conversation.faults import Fault
from .event import Event as Event
from .event import ItemId
from .kinds import MAX_ITEM
from .talk import Audio as Audio
from .talk import Cost as Cost
from .talk import EntryRemoved as EntryRemoved
from .talk import Flush as Flush
from .talk import Hold as Hold
from .talk import ItemPlaced as ItemPlaced
from .talk import Link as Link
from .talk import Sentence as Sentence
from .talk import TextAdded as TextAdded
from .talk import TextFinished as TextFinished
from .talk import TextHeard as TextHeard
from .talk import TextIncomplete as TextIncomplete
from .talk import ToolChanged as ToolChanged
from .talk import TurnChanged as TurnChanged
from .talk import Used as Used

Direction = Literal["up", "down"]
# Why another session takes over.
Why = Literal["asked", "expiring", "lost"]

# About the connection


class Ready(Event, frozen=True):
    """The call is live."""

    event = "ready"
    conversation: Annotated[str, Meta(description="a short id, also in the server's log")]
    sample_rate: Annotated[int, Meta(description="of all sound, in Hz", extra_json_schema={"const": 24000})]
    chunk_ms: Annotated[int, Meta(ge=1, le=1000, description="how long the page's chunks of sound should be")]
    version: Annotated[str, Meta(description="of the page's files, as the server has them now")]
    persona: str
    profile: str
    model: str
    voice: str
    expires_at: Annotated[int | None, Meta(description="when the session expires, in unix seconds; null: never")]
    expires_in_s: Annotated[
        int | None, Meta(description="the same in seconds from now, because a browser's clock may be wrong")
    ]
    token: Annotated[str | None, Meta(description="with it a page comes back to this call; null: it cannot")]
    grace_s: Annotated[int, Meta(ge=0, description="how long the call waits for a page whose line was lost")]


class Sounding(Struct, frozen=True, forbid_unknown_fields=True):
    """An item whose sound follows from a point on: the page counts on from there."""

    item: ItemId
    heard_ms: Annotated[int, Meta(ge=0)]


class Resumed(Event, frozen=True):
    """The page is back in its call. Fields as in `ready`."""

    event = "resumed"
    conversation: str
    sample_rate: Annotated[int, Meta(extra_json_schema={"const": 24000})]
    chunk_ms: int
    version: str
    persona: str
    profile: str
    model: str
    voice: str
    expires_at: int | None
    expires_in_s: int | None
    token: Annotated[str, Meta(description="in place of the one before")]
    grace_s: int
    why: Annotated[Literal["back", "moved"], Meta(description="`moved`: to another process; seconds may be missing")]
    taken: Annotated[int, Meta(ge=0, description="number of the last event that was taken from the page")]
    number: Annotated[int, Meta(ge=0, description="the events that follow begin with the one after it")]
    again: Annotated[
        bool,
        Meta(description="what the page holds of the call is void, and is told anew; otherwise just what it missed"),
    ]
    missed: Annotated[int, Meta(ge=0, description="how many events are gone for good")]
    heard: Annotated[list[Sounding], Meta(description="with `again`: whose sound follows, and from where")]


class NotResumed(Event, frozen=True):
    """The page cannot come back to its call, or not yet."""

    event = "not_resumed"
    code: Annotated[
        str,
        Meta(
            description="`resume_refused` or `call_over`: for good; `call_elsewhere`: ask again; `talk_wanted`: ask "
            "again with `talk`"
        ),
    ]
    message: str
    retry: Annotated[bool, Meta(description="asking again may help")]
    after_s: Annotated[
        float | None,
        Meta(
            description="after so many seconds; null where it may: at once, over another line, since the server closes "
            "this one"
        ),
    ]


class Renewed(Event, frozen=True):
    """Another session has taken over; the call goes on. Fields as in `ready`."""

    event = "renewed"
    why: Annotated[Why, Meta(description="`configure` asked for it, the last one was about to expire, or it was lost")]
    persona: str
    profile: str
    model: str
    voice: str
    expires_at: int | None
    expires_in_s: int | None


class Ack(Event, frozen=True, array_like=True):
    """The number of the last event taken: at least every 500 ms of sound, at once for all else and what came before."""

    event = "ack"
    n: Annotated[int, Meta(ge=1)]


class Log(Event, frozen=True):
    """An event on the upstream connection, sent while `watch` is on. It never holds sound, a key, or what was said.

    The latest 2,000 of a call are kept from its beginning, and told first. Of sound and of deltas all that passed
    between two other events, or within a second, is one.
    """

    event = "log"
    n: Annotated[int, Meta(ge=1, description="its number in the call; a gap: those are no longer kept")]
    direction: Direction
    type: Annotated[str, Meta(description="the provider's name for it")]
    at: Annotated[int, Meta(ge=0, description="milliseconds since the call began")]
    bytes: Annotated[int, Meta(ge=0, description="its size")]
    summary: Annotated[str, Meta(max_length=120, description="its ids and states in a line")]
    body: Annotated[str, Meta(max_length=8001, description="its JSON, with long texts cut; empty where it is not kept")]
    times: Annotated[int | UnsetType, Meta(description="it stands for so many; `bytes` is of all")] = UNSET
    until: Annotated[int | UnsetType, Meta(description="likewise: when the last passed, at the latest")] = UNSET
    late: Annotated[int | UnsetType, Meta(description="so many milliseconds later it was told")] = UNSET


class Progress(Struct, frozen=True, forbid_unknown_fields=True):
    """How much of the engine is loaded: `part` is being loaded, `done` of `of` parts are ready."""

    part: str
    done: int
    of: int


class Notice(Event, frozen=True):
    """Something the person should know."""

    event = "notice"
    code: Annotated[str, Meta(pattern="^[a-z_]+$", description="what it is (errors.md)")]
    message: Annotated[str, Meta(description="in plain English; the page prefers its own words for `code`")]
    retry: Annotated[bool, Meta(description="trying again may help")]
    fatal: Annotated[bool, Meta(description="the call is over, and `ended` follows")]
    progress: Annotated[Progress | UnsetType, Meta(description="with `engine_starting` only")] = UNSET
    param: Annotated[
        str | UnsetType, Meta(description="with `settings_refused` and `change_refused`: the field that is refused")
    ] = UNSET


class Latency(Event, frozen=True):
    """How long an answer took; sent once for each answered turn, when the answer is done.

    All but `wait_ms` count from the moment the turn was taken: the server said that speech had ended, or the text or
    the key's release came.
    """

    event = "latency"
    item: Annotated[str, Meta(min_length=1, max_length=MAX_ITEM, description="the answer's first item")]
    wait_ms: Annotated[
        int | None, Meta(description="from the end of the speech until then; 0: text, push to talk; null: unknown")
    ]
    created_ms: Annotated[int, Meta(description="until the response began")]
    first_byte_ms: Annotated[int, Meta(description="until the first sound of `item` came")]
    done_ms: Annotated[int, Meta(description="until the response was done")]


class Limits(Event, frozen=True):
    """How long the call and a silence may be, and what is left of them and of the day's budgets.

    In seconds, or as money in `currency`; null where there is no limit. Sent after `start`; where money is limited,
    once the session's model is known; before each warning (`call_ending`, `idle_soon`, `budget_low`); when a silence
    that was warned of is over; and every 10 s where there is a budget.
    """

    event = "limits"
    call_s: int | None
    call_left_s: int | None
    idle_s: int | None
    idle_left_s: Annotated[
        int | None, Meta(description="known from the warning `idle_soon` until somebody speaks; otherwise null")
    ]
    left_s: int | None
    budget_s: int | None
    used_s: Annotated[int, Meta(description="what this call was charged")]
    left_money: float | None
    budget_money: float | None
    used_money: Annotated[float, Meta(description="what this call was charged")]
    presumed: Annotated[
        bool, Meta(description="part of that is charged at the highest known prices, as the model's own are unknown")
    ]
    currency: str


class Pause(Event, frozen=True):
    """The person is silent in mid-turn, or speaks on (`paused` false). Only the embedded engine tells."""

    event = "pause"
    paused: bool
    sure: Annotated[float | None, Meta(description="that the turn is over, 0 to 1; null: the server cannot tell")]
    ends_in_ms: Annotated[int | None, Meta(description="after so much more silence the turn ends; null: unknown")]


class GoingAway(Event, frozen=True):
    """The server is being restarted; the socket closes with 1001 now."""

    event = "going_away"
    reconnect_in_ms: Annotated[int, Meta(ge=0, description="connect again after so long, to whoever answers then")]


class Ended(Event, frozen=True):
    """The call is over. The socket stays open for another `start`; our page closes it."""

    event = "ended"
    reason: Annotated[str, Meta(description="`stopped`, `server_stopping`, or the code of the fatal notice")]


class Refusal(Struct, frozen=True, forbid_unknown_fields=True):
    """Why it was refused, as in a `notice`."""

    code: str
    message: str
    retry: bool


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """The acknowledgement of `start` and `configure`."""

    ok: bool
    error: Refusal | UnsetType = UNSET


# Several may have one name.
EVENTS: tuple[type[Event], ...] = (
    Ready, Resumed, NotResumed, Renewed, Ack, TurnChanged, ItemPlaced, TextAdded, TextFinished, TextHeard,
    TextIncomplete, EntryRemoved, Audio, Flush, Hold, ToolChanged, Used, Log, Notice, Latency, Limits, Pause,
    GoingAway, Ended,
)  # fmt: skip


def notice(fault: Fault, *, fatal: bool, progress: Progress | None = None) -> Notice:
    return Notice(fault.code, fault.message, fault.retry, fatal, progress or UNSET, fault.param or UNSET)


def not_resumed(fault: Fault, after_s: float | None) -> NotResumed:
    return NotResumed(fault.code, fault.message, fault.retry, after_s)


def answer(fault: Fault | None) -> dict[str, Any]:
    """Accepted, or refused: an `Answer` in Python's own types, which python-socketio writes."""
    error = UNSET if fault is None else Refusal(fault.code, fault.message, fault.retry)
    told: dict[str, Any] = msgspec.to_builtins(Answer(fault is None, error))
    return told
