"""The wire from server to page: every event, its fields and their bounds (docs/wire.md).

Whatever the page is told is one of these values.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ..conversation.events import Incomplete, ToolState, Transcribing, Usage
from ..conversation.faults import Fault
from ..conversation.turns import Turn
from .kinds import MAX_ITEM

Direction = Literal["up", "down"]
# Why another session takes over.
Why = Literal["asked", "expiring", "lost"]

ItemId = Annotated[str, Meta(min_length=1, max_length=MAX_ITEM)]
# Of a field that is there only to say so.
Yes = Annotated[bool, Meta(extra_json_schema={"const": True})]


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """Something the page is told. `event`: its name. `numbered`: it is part of the talk, and has a running number."""

    event: ClassVar[str]
    numbered: ClassVar[bool] = False


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
    """An event on the upstream connection, sent while `watch` is on. It never holds sound, a key, or what was said."""

    event = "log"
    direction: Direction
    type: Annotated[str, Meta(description="the provider's name for it")]
    at: Annotated[int, Meta(ge=0, description="milliseconds since the call began")]
    bytes: Annotated[int, Meta(ge=0, description="its size")]
    summary: Annotated[str, Meta(max_length=120, description="its ids and states in a line")]
    body: Annotated[str, Meta(max_length=8001, description="its JSON, with long texts cut")]


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


# Of the talk


class TurnChanged(Event, frozen=True):
    """Whose turn it is; `tool`: the person is waiting for a tool."""

    event, numbered = "turn", True
    state: Turn


class ItemPlaced(Event, frozen=True):
    """An entry of the transcript; it comes before any text, to keep the order."""

    event, numbered = "item", True
    id: ItemId
    role: Annotated[str, Meta(extra_json_schema={"enum": ["user", "assistant", "tool"]})]
    after: Annotated[
        str | None, Meta(description="the id it follows; null for the first; behind all others where it is not known")
    ]
    kind: Annotated[str, Meta(extra_json_schema={"enum": ["audio", "text"]})]


class TextAdded(Event, frozen=True):
    """Text to append."""

    event, numbered = "transcript", True
    item: ItemId
    delta: str


class TextFinished(Event, frozen=True):
    """The whole text. Nothing is added to it, but a server may send it whole again."""

    event, numbered = "transcript", True
    item: ItemId
    text: str
    final: Yes
    failed: Annotated[
        Yes | UnsetType, Meta(description="the person's words could not be transcribed; `text` is what was, if any")
    ] = UNSET


class TextHeard(Event, frozen=True):
    """The item was cut, and this part of its text was heard; always a prefix of it."""

    event, numbered = "transcript", True
    item: ItemId
    heard: str


class TextIncomplete(Event, frozen=True):
    """The service ended the answer early: it was too long or filtered, a noise interrupted it, or something else."""

    event, numbered = "transcript", True
    item: ItemId
    incomplete: Incomplete


class EntryRemoved(Event, frozen=True):
    """The item is gone."""

    event, numbered = "transcript", True
    item: ItemId
    removed: Yes


class Audio(Event, frozen=True, array_like=True):
    """Sound to append to the playback queue, in base64; empty once the item's sound is complete."""

    event, numbered = "audio", True
    item: ItemId
    sound: Annotated[str, Meta(extra_json_schema={"contentEncoding": "base64"})]


class Flush(Event, frozen=True):
    """Stop playing this item now; drop what is queued of it and what still arrives."""

    event, numbered = "flush", True
    item: ItemId


class Hold(Event, frozen=True):
    """Play nothing more for now and drop nothing; `on` false: go on where it was held, a little before that."""

    event, numbered = "hold", True
    on: bool
    voice_ms: Annotated[
        int | UnsetType, Meta(description="with `on`: a voice that lasts so long is to be told with `voice`")
    ] = UNSET


class ToolChanged(Event, frozen=True):
    """A tool was called. Sent again, whole, whenever something about it changes."""

    event, numbered = "tool", True
    call: Annotated[str, Meta(min_length=1, max_length=MAX_ITEM, description="the id of its `item`, which came before")]
    name: Annotated[str, Meta(max_length=200, description="empty until it is known")]
    arguments: Annotated[
        str,
        Meta(max_length=4000, description="JSON, as the model wrote it; its 4,000th character is `…` where it is cut"),
    ]
    state: ToolState
    result: Annotated[str, Meta(max_length=4000, description="cut likewise")] | UnsetType = UNSET


class Cost(Struct, frozen=True, forbid_unknown_fields=True):
    """What was used, as money in `currency`; null where there is no price."""

    turn: float | None
    total: Annotated[float, Meta(description="with `transcription`")]
    transcription: float | None
    unpriced: Annotated[
        list[Literal["talk", "transcription"]],
        Meta(description="the parts that are not fully in these sums, because some of them has no price"),
    ]
    currency: str
    dated: Annotated[str | None, Meta(description="the day of the prices; null where the operator set some")]


class Used(Event, frozen=True):
    """What the call has used so far, whenever that changes; also within a second after `ended`."""

    event, numbered = "usage", True
    turn: Annotated[Usage, Meta(description="of the latest answer")]
    total: Annotated[Usage, Meta(description="of all")]
    transcription: Annotated[Transcribing | None, Meta(description="what transcribing the person's words used")]
    estimated: Annotated[
        bool, Meta(description="part of it is an estimate, which a later event may replace by what the server reports")
    ]
    free: Annotated[bool, Meta(description="it costs nothing")]
    cost: Annotated[Cost | None, Meta(description="null where nothing has a price")]


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
