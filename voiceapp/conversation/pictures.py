"""The pictures that the person shows: each an item of its own, which the model sees when it is asked next."""

from collections.abc import Mapping
from typing import Any

from . import dialects, faults
from . import events as ev
from .effect_list import EffectList
from .effects import Notify
from .transcript_writer import PICTURE, TranscriptWriter
from .usage import Meter

# Of these another session is shown the picture itself; of earlier ones it is told that there was one.
MAX_KEPT = 2
# Of those that were sent last an error may come.
MAX_SENT = 20
# With so many sessions that ended, or answers that failed, before anything was answered to it, it is what ends them.
MAX_LOSSES = 2


class Pictures:
    """Of one call. `seen`: whether the session that goes on can see any."""

    __slots__ = ("_kept", "_looked_at", "_losses", "_meter", "_names", "_out", "_sent", "_writer", "seen")

    def __init__(self, out: EffectList, writer: TranscriptWriter, meter: Meter, *, seen: bool) -> None:
        self.seen = seen
        self._out = out
        self._writer = writer
        self._meter = meter
        # Base64 of a JPEG, by item; and the item, by the event_id with which it was sent.
        self._kept: dict[str, str] = {}
        self._sent: dict[str, str] = {}
        # Those to which nothing was answered yet, and how many sessions were lost with each; and of these those that a
        # response which runs may see.
        self._losses: dict[str, int] = {}
        # The ids under which the session knows them.
        self._names: dict[str, str] = {}
        self._looked_at: tuple[str, ...] = ()

    def shown(self, event: ev.PictureShown) -> None:
        """It joins the talk, and interrupts nothing; whoever wants to know of it asks."""
        if not self.seen:
            self._out.do(Notify(faults.PICTURES_UNSEEN))
            return
        if self._writer.is_known(event.item):
            return
        self._writer.finish(self._writer.user(event.item, PICTURE), "")
        self._keep(event.item, event.jpeg)
        self._meter.see()
        self._out.send(self.named(event.item, dialects.user_picture(event.item, event.jpeg)))

    def named(self, item: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """What shows it to a session, with an event_id by which it is known if that is refused."""
        self._names[item] = message["item"]["id"]
        cause = self._out.new_id()
        self._sent = dict([*self._sent.items(), (cause, item)][-MAX_SENT:])
        return {"event_id": cause, **message}

    def picture(self, item: str) -> str | None:
        """Base64 of its JPEG, for a session that does not know it and can see it."""
        return self._kept.get(item) if self.seen else None

    def refused(self, cause: str) -> bool:
        """Whether an error names the sending of one: the model does not see it, so it does not stay in the talk."""
        item = self._sent.get(cause)
        if item is None:
            return False
        self._give_up(item)
        return True

    def response_began(self) -> None:
        self._looked_at = tuple(self._losses)

    def answered(self) -> None:
        """A response came to its end: what it saw is nothing that a session ends with."""
        for item in self._looked_at:
            self._losses.pop(item, None)

    def session_lost(self) -> None:
        """Some servers close on a picture that they do not like, and so would the next session, and the one after."""
        self._looked_at = ()
        for item in list(self._losses):
            self._lose(item)

    def response_failed(self) -> None:
        """Of others the session goes on, and no answer comes as long as the picture is in it."""
        for item in self._losses.keys() & self._looked_at:
            self._lose(item)

    def _lose(self, item: str) -> None:
        self._losses[item] += 1
        if self._losses[item] < MAX_LOSSES:
            return
        self._out.send(dialects.delete(self._names[item]))
        self._give_up(item)
        self._out.do(Notify(faults.PICTURE_REFUSED))

    def _give_up(self, item: str) -> None:
        self._sent = {cause: sent for cause, sent in self._sent.items() if sent != item}
        self._kept.pop(item, None)
        self._losses.pop(item, None)
        self._names.pop(item, None)
        self._writer.remove(item)

    def _keep(self, item: str, jpeg: str) -> None:
        self._kept = dict([*self._kept.items(), (item, jpeg)][-MAX_KEPT:])
        self._losses = {kept: self._losses.get(kept, 0) for kept in self._kept if kept == item or kept in self._losses}
        self._names = {kept: name for kept, name in self._names.items() if kept in self._kept}
