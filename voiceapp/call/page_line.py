"""The page's end of a call: numbers what the page is told, and keeps it while no page is there."""

from base64 import b64encode
from collections.abc import Callable, Iterable

from ..conversation import effects
from ..conversation.conversation import Conversation
from ..conversation.faults import UPSTREAM_LOST
from ..conversation.pcm16 import BYTES_PER_MS
from ..net.link import Reader
from ..wire import down, rendering
from .interfaces import PageEnd
from .item_names import ItemNames
from .outbox import NotHeld, Outbox

# Of a sound that is told anew, in each event: 200 ms.
PIECE_BYTES = 200 * BYTES_PER_MS
# Notices that nobody was there to read, the latest of each code.
MAX_UNSAID = 10


class PageLine:
    """Of one call. `page`: None while nobody is there. `full`: told where there is no room for what it is told then.

    `names`: of its items, where the page has some of an earlier worker's; `number`: of the last event it had from that.
    """

    __slots__ = ("_conversation", "_full", "_names", "_outbox", "_page", "_reader", "_unsaid")

    def __init__(
        self,
        page: PageEnd,
        room: int,
        conversation: Conversation,
        full: Callable[[], None],
        names: ItemNames | None = None,
        number: int = 0,
    ) -> None:
        self._page: PageEnd | None = page
        self._reader: Reader | None = None
        self._names = names
        self._outbox = Outbox(room, names, number)
        self._conversation = conversation
        self._full = full
        self._unsaid: dict[str, down.Notice] = {}

    @property
    def page(self) -> PageEnd | None:
        return self._page

    @page.setter
    def page(self, page: PageEnd | None) -> None:
        if self._page is not None:
            self._page.read_by(None)
        self._page = page
        if page is not None and self._reader is not None:
            page.read_by(self._reader)

    def read_by(self, reader: Reader) -> None:
        """Whatever page it has: what that sends is read by this."""
        self._reader = reader
        if self._page is not None:
            self._page.read_by(reader)

    def tell(self, event: down.Event) -> None:
        """Never raises."""
        if event.numbered:
            self._send(self._outbox.put(event))
        elif self._page is not None:
            self._page.emit(self._names.outward(event) if self._names else event)
        elif isinstance(event, down.Notice):
            self._unsaid.pop(event.code, None)
            self._unsaid[event.code] = event
            if len(self._unsaid) > MAX_UNSAID:
                del self._unsaid[next(iter(self._unsaid))]
        elif isinstance(event, down.Renewed):
            # It is over before anybody knew of it.
            self._unsaid.pop(UPSTREAM_LOST.code, None)

    def confirm(self, n: int) -> None:
        """As `tell` of a `down.Ack`, of which there are two a second."""
        if self._page is not None:
            self._page.send(rendering.ack(n))

    def sound(self, item: str, audio: bytes) -> None:
        """Base64 of an item's sound; empty: there is no more of it. The hot path."""
        packet, page = self._outbox.sound(item, audio), self._page
        if page is not None:
            page.send(packet)
        elif self._outbox.full:
            self._full()

    def _send(self, packet: rendering.Packet) -> None:
        if self._page is not None:
            self._page.send(packet)

    def own_item(self, item: str) -> str | None:
        """Which item of ours the page means; None where it is an earlier worker's."""
        return self._names.inward(item) if self._names else item

    # What is needed no more

    def received(self, n: int) -> None:
        """The page has all up to `n`."""
        self._outbox.received(n)
        self.trim()

    def trim(self) -> None:
        """More was heard."""
        self._outbox.forget(self._conversation.heard_bytes)

    def end(self) -> None:
        """The call is over: no page comes back to it."""
        self._outbox.keep_nothing()

    # A page comes back

    def missed(self, got: int | None) -> list[rendering.Packet] | NotHeld:
        """What a page has to be sent that has all up to `got`; None: it has nothing."""
        return NotHeld.FORGOTTEN if got is None else self._outbox.since(got)

    @property
    def number(self) -> int:
        return self._outbox.number

    def gone(self, got: int | None) -> int:
        """How many events after `got` are no longer kept."""
        return 0 if got is None else self._outbox.gone(got)

    def held(self) -> dict[str, bytes]:
        """PCM16 of what may still be heard, from where it was heard on, by item; if all of that is kept."""
        found = {}
        for item, heard_ms, _ in self._conversation.sounding:
            sound = self._outbox.sound_from(item, heard_ms * BYTES_PER_MS)
            if sound is not None:
                found[item] = sound
        return found

    def resume(self, page: PageEnd, packets: list[rendering.Packet], resumed: down.Resumed) -> None:
        """Go on with a page that missed just these."""
        self.page = page
        self.tell(resumed)
        for packet in packets:
            page.send(packet)
        self._say_unsaid()

    def begin_again(
        self, page: PageEnd, held: dict[str, bytes], resumed: down.Resumed, before: Iterable[down.Event] = ()
    ) -> None:
        """Go on with a page that holds nothing. `before`: what it is told of the call as it was elsewhere."""
        self.page = page
        self.tell(resumed)
        self._outbox.begin_again({each.item: each.heard_ms * BYTES_PER_MS for each in resumed.heard})
        for event in before:
            self.tell(event)
        for effect in self._conversation.retell():
            self._retell(effect)
        for item, _, complete in self._conversation.sounding:
            sound = held[item]
            for at in range(0, len(sound), PIECE_BYTES):
                self.sound(item, b64encode(sound[at : at + PIECE_BYTES]))
            if complete:
                self.sound(item, b"")
        self._say_unsaid()

    def _retell(self, effect: effects.Effect) -> None:
        event = rendering.event_of(effect)
        if event is not None:
            self.tell(event)

    def _say_unsaid(self) -> None:
        unsaid, self._unsaid = self._unsaid, {}
        for notice in unsaid.values():
            self.tell(notice)
