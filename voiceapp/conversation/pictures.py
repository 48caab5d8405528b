"""The pictures that the person shows: each an item of its own, which the model sees when it is asked next."""

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


class Pictures:
    """Of one call. `seen`: whether the session that goes on can see any."""

    def __init__(self, out: EffectList, writer: TranscriptWriter, meter: Meter, *, seen: bool) -> None:
        self.seen = seen
        self._out = out
        self._writer = writer
        self._meter = meter
        # Base64 of a JPEG, by item; and the item, by the event_id with which it was sent.
        self._kept: dict[str, str] = {}
        self._sent: dict[str, str] = {}

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
        cause = self._out.new_id()
        self._sent = dict([*self._sent.items(), (cause, event.item)][-MAX_SENT:])
        self._out.send({"event_id": cause, **dialects.user_picture(event.item, event.jpeg)})

    def picture(self, item: str) -> str | None:
        """Base64 of its JPEG, for a session that does not know it and can see it."""
        return self._kept.get(item) if self.seen else None

    def refused(self, cause: str) -> bool:
        """Whether an error names the sending of one: the model does not see it, so it does not stay in the talk."""
        item = self._sent.pop(cause, None)
        if item is None:
            return False
        self._kept.pop(item, None)
        self._writer.remove(item)
        return True

    def _keep(self, item: str, jpeg: str) -> None:
        self._kept = dict([*self._kept.items(), (item, jpeg)][-MAX_KEPT:])
