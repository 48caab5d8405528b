"""What every event to the page is made of."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from .kinds import MAX_ITEM

ItemId = Annotated[str, Meta(min_length=1, max_length=MAX_ITEM)]
# Of a field that is there only to say so.
Yes = Annotated[bool, Meta(extra_json_schema={"const": True})]


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """Something the page is told. `event`: its name. `numbered`: it is part of the talk, and has a running number."""

    event: ClassVar[str]
    numbered: ClassVar[bool] = False
