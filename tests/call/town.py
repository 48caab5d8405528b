"""Two workers that may go on with each other's calls, and what is said in one."""

from collections.abc import Awaitable
from typing import Any, TypeVar

from tests.call.worker import VISITOR, Page, Worker
from tests.clock import StandingLoop
from tests.upstream.far_end import FarEnd
from voiceapp.admission.access import Visitor
from voiceapp.call.arrival import Arrival
from voiceapp.call.call import Call
from voiceapp.call.registry import SENTENCE_S
from voiceapp.store.memory_backend import Memory
from voiceapp.store.record import Record

T = TypeVar("T")
HOLDER, OTHER = "the-first-page-01", "the-second-page-2"
SHARED = {"VOICEAPP_SHARE_TRANSCRIPTS": "yes", "REDIS_URL": "redis://127.0.0.1:1"}


class Town:
    """Two workers that share a memory."""

    def __init__(self, loop: StandingLoop, **env: str) -> None:
        self.loop = loop
        self.memory = Memory(clock=loop.time)
        more = {"SECRET_KEY": "a-key-of-all-workers", **env}
        self.one, self.other = (Worker(loop, self.memory, name, **more) for name in ("one", "other"))
        loop.spin()

    def begin(self, **fields: Any) -> tuple[Call, Page, FarEnd]:
        page = Page()
        call = self.one.begin(page, HOLDER, **fields)
        return call, page, self.one.open()

    def wait(self, work: Awaitable[T]) -> T:
        """What it gives, or raises, where time stands still."""

        async def waiting() -> T:
            return await work

        try:
            return self.loop.run_until_complete(waiting())
        finally:
            self.loop.spin()

    def claim(self, page: Page, holder: str = HOLDER, visitor: Visitor = VISITOR, *, talk: bool = False) -> Record:
        ticket = self.other.registry.ticket(page.token or "", visitor)
        return self.wait(self.other.registry.claim(ticket, visitor, holder, talk=talk))

    def arrive(self, page: Page, holder: str = HOLDER) -> tuple[Call, Page]:
        """The page comes to the other worker, which has no session yet."""
        other, back = self.other, Page()
        record = self.claim(page, holder)
        came = Arrival.of(record, other.registry.ticket(page.token or "", VISITOR), page.number, ())
        plan = other.options.plan(record.request)
        call = other.act(other.registry.begin, plan, back, VISITOR, "request", record.request, holder, came)
        other.calls.append(call)
        return call, back

    def go_on(
        self,
        page: Page,
        got: int | None,
        holder: str = HOLDER,
        talk: tuple[dict[str, str], ...] = (),
        back: Page | None = None,
    ) -> tuple[Call, Page, FarEnd]:
        """The page comes to the other worker, as `back`, and that opens a session."""
        other, back = self.other, back or Page()
        record = self.claim(page, holder, talk=bool(talk))
        came = Arrival.of(record, other.registry.ticket(page.token or "", VISITOR), got, talk)
        told = [{"role": entry.role, "text": entry.text} for entry in came.entries]
        plan = other.options.plan({**record.request, "talk": told})
        back.number = got or 0
        call = other.act(other.registry.begin, plan, back, VISITOR, "request", record.request, holder, came)
        other.calls.append(call)
        return call, back, other.open()

    def release(self) -> list[str]:
        """The first worker leaves; the ids of calls in the order in which they may be told."""
        gone: list[str] = []
        leaving = self.loop.create_task(self.one.registry.leave(lambda calls: gone.extend(call.id for call in calls)))
        self.loop.pass_time(SENTENCE_S + 1)
        assert leaving.done()
        return gone


def close(town: Town) -> None:
    for worker in (town.one, town.other):
        for call in worker.calls:
            worker.act(call.leave)
        worker.close()


def say(far_end: FarEnd, n: int, words: str, answer: str) -> None:
    """A turn of the person's and its whole answer."""
    far_end.say("input_audio_buffer.speech_started", item_id=f"u{n}", audio_start_ms=0)
    far_end.say("input_audio_buffer.speech_stopped", item_id=f"u{n}", audio_end_ms=500)
    far_end.say("input_audio_buffer.committed", item_id=f"u{n}", previous_item_id=None)
    far_end.say("conversation.item.input_audio_transcription.completed", item_id=f"u{n}", transcript=words)
    if answer:
        begin_answer(far_end, n)
        end_answer(far_end, n, answer)


def begin_answer(far_end: FarEnd, n: int) -> None:
    far_end.say("response.created", response={"id": f"r{n}", "status": "in_progress", "output": []})


def end_answer(far_end: FarEnd, n: int, answer: str) -> None:
    names = {"response_id": f"r{n}", "item_id": f"a{n}"}
    far_end.say("response.output_audio_transcript.delta", delta=answer, **names)
    far_end.say("response.output_audio_transcript.done", transcript=answer, **names)
    far_end.say("response.done", response={"id": f"r{n}", "status": "completed", "output": []})


def words(page: Page) -> list[tuple[str, str]]:
    said = [args[1] for name, args in page.told if name == "transcript"]
    return [(each["item"], each["text"]) for each in said if "text" in each]


def told(far_end: FarEnd) -> list[str]:
    items = [event["item"] for event in far_end.heard if event["type"] == "conversation.item.create"]
    return [part["text"] for item in items for part in item["content"]]


def die(town: Town) -> None:
    """The first worker is not heard of any more."""
    town.memory.leases.pop(town.one.backend.worker)
