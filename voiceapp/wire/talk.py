"""What the page is told of the talk itself, in one numbered sequence."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from ..conversation.events import Incomplete, ToolFault, ToolState, Transcribing, Usage
from ..conversation.turns import Turn
from .event import Event, ItemId, Yes
from .kinds import MAX_ITEM


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
    kind: Annotated[str, Meta(extra_json_schema={"enum": ["audio", "text", "picture"]})]


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


class Link(Struct, frozen=True, forbid_unknown_fields=True):
    """A link that a tool offers; the page shows it and never follows it by itself."""

    url: Annotated[str, Meta(pattern="^https?://", max_length=2000)]
    title: Annotated[str, Meta(max_length=200)]


class Sentence(Struct, frozen=True, forbid_unknown_fields=True):
    """What a call does; `{city}` stands for the argument `city`, and the sentence is of no use where there is none."""

    language: Annotated[str, Meta(max_length=35, description="a BCP 47 tag; empty: any")]
    text: Annotated[str, Meta(max_length=200)]


class ToolChanged(Event, frozen=True):
    """A tool was called. Sent again, whole, whenever something about it changes.

    `asked`: it waits for `approve`; `declined`: the person said no, or nothing for 60 s.
    """

    event, numbered = "tool", True
    call: Annotated[str, Meta(min_length=1, max_length=MAX_ITEM, description="the id of its `item`, which came before")]
    name: Annotated[str, Meta(max_length=200, description="empty until it is known")]
    arguments: Annotated[
        str,
        Meta(max_length=4000, description="JSON, as the model wrote it; its 4,000th character is `…` where it is cut"),
    ]
    state: ToolState
    result: Annotated[str, Meta(max_length=4000, description="cut likewise")] | UnsetType = UNSET
    progress: Annotated[str, Meta(max_length=200, description="how far it says it is")] | UnsetType = UNSET
    link: Link | UnsetType = UNSET
    says: (
        Annotated[list[Sentence], Meta(description="of each language the better ones first; missing: it has none")]
        | UnsetType
    ) = UNSET
    shows: (
        Annotated[bool, Meta(description="`false`: the result is for the model alone; missing: for the person, too")]
        | UnsetType
    ) = UNSET
    fault: (
        Annotated[ToolFault, Meta(description="what was the matter; missing where the result says it, if anything")]
        | UnsetType
    ) = UNSET


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
