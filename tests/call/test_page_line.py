"""Whatever happens to the page's line, in any order: it has every event once, in order, or is told what it has not."""

import base64
import random

from hypothesis import example, given
from hypothesis import strategies as st

from tests.call.worker import VISITOR, Page, Worker
from tests.clock import StandingLoop
from tests.screen import Screen
from tests.upstream.far_end import FarEnd
from tests.worlds import worlds
from voiceapp.call import attachment
from voiceapp.call.call import Call
from voiceapp.conversation import events as ev

HOLDER = "page-instance-1"


class Talk:
    """A call whose page comes and goes. `said`, `sounded`: what the server sent of each item."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.loop = StandingLoop()
        self.served = Worker(self.loop)
        self.screen, self.page = Screen(), Page()
        self.call: Call = self.served.begin(self.page, HOLDER)
        self.far_end: FarEnd = self.served.open()
        self.said: dict[str, str] = {}
        self.sounded: dict[str, bytes] = {}
        self.attached, self.seen, self.answer, self.reloads = True, 0, 0, 0
        self.token = ""
        self.missed_before, self.speaking = 0, False
        self.read()

    def read(self) -> None:
        """The page takes what has come."""
        for name, args in self.page.told[self.seen :]:
            self.screen.take(name, args)
            if name in ("ready", "resumed"):
                self.token = args[0]["token"]
        self.seen = len(self.page.told)

    # The server

    def begin(self) -> None:
        if self.answer and f"i{self.answer}" not in self.said:
            return
        self.finish()
        self.answer += 1
        self.speaking = True
        # Nobody is answered unasked who is away.
        self.far_end.say("input_audio_buffer.committed", item_id=f"u{self.answer}")
        self.far_end.say("response.created", response={"id": f"r{self.answer}"})

    def speak(self) -> None:
        if not self.speaking:
            return
        item = f"i{self.answer}"
        pcm = self.chance.randbytes(2 * self.chance.randrange(1, 12_000))
        self.said[item] = self.said.get(item, "") + f"word{self.chance.randrange(100)} "
        self.sounded[item] = self.sounded.get(item, b"") + pcm
        which = {"response_id": f"r{self.answer}", "item_id": item, "content_index": 0}
        self.far_end.say("response.output_audio_transcript.delta", **which, delta=self.said[item].split()[-1] + " ")
        self.far_end.say("response.output_audio.delta", **which, delta=base64.b64encode(pcm).decode())

    def finish(self) -> None:
        item = f"i{self.answer}"
        if self.speaking and item in self.said:
            self.speaking = False
            which = {"response_id": f"r{self.answer}", "item_id": item, "content_index": 0}
            self.far_end.say("response.output_audio.done", **which)
            self.far_end.say("response.output_audio_transcript.done", **which, transcript=self.said[item])
            self.far_end.say("response.done", response={"id": f"r{self.answer}", "status": "completed"})

    # The page

    def hear(self) -> None:
        """It has played some of what it has."""
        if not self.attached:
            return
        self.read()
        for item, (start, pcm) in self.screen.sounds.items():
            if pcm and item not in self.screen.flushed:
                heard_ms = (start + self.chance.randrange(len(pcm) + 1)) // 48
                self.served.act(self.call.take_event, ev.Heard(item, heard_ms))
        self.served.act(self.call.received, self.screen.number)

    def lose(self) -> None:
        """With what was on its way."""
        if not self.attached:
            return
        on_its_way = len(self.page.told) - self.seen
        arrived = self.chance.randrange(on_its_way + 1)
        del self.page.told[self.seen + arrived :]
        self.read()
        self.attached = False
        self.served.act(lambda: self.served.registry.detach(self.call, self.page, stalled=False))

    def come_back(self) -> None:
        """The same page; its old line may not have been missed yet."""
        self._attach(self.screen.number, f"{HOLDER}-{self.reloads}" if self.reloads else HOLDER)

    def reload(self) -> None:
        self.missed_before += self.screen.missed
        self.screen = Screen()
        self.reloads += 1
        self._attach(None, f"{HOLDER}-{self.reloads}")

    def _attach(self, got: int | None, holder: str) -> None:
        self.page, self.seen, self.attached = Page(), 0, True
        self.page.number = got or 0
        self.served.act(self.served.registry.resume, self.token, self.page, VISITOR, holder, got)
        self.read()

    def wait(self) -> None:
        self.loop.pass_time(5)

    # The oracle

    @property
    def missed(self) -> int:
        return self.missed_before + self.screen.missed

    def check(self) -> None:
        if not self.attached:
            self.come_back()
        self.read()
        shown = [item for item in self.screen.order if item in self.said]
        # What could not be given any more, and of which nothing was heard, is gone, and that is said.
        assert shown == list(self.said) or (shown == [item for item in self.said if item in shown] and self.missed)
        for item in shown:
            said = self.said[item]
            assert self.screen.texts.get(item, "").split() == said.split()
            assert said.startswith(self.screen.heard.get(item, ""))
        cut = {item for item in self.sounded if item in self.screen.heard or item in self.screen.flushed}
        for item, (start, pcm) in self.screen.sounds.items():
            whole = self.sounded[item][start:]
            assert whole.startswith(pcm)
            assert pcm == whole or item in cut
        if not self.reloads and not self.missed:
            assert set(self.screen.sounds) == set(self.sounded)

    def end(self) -> None:
        self.served.act(self.call.leave)
        self.served.close()
        self.loop.close()


HAPPENINGS = ("begin", "speak", "speak", "speak", "finish", "hear", "read", "lose", "come_back", "reload", "wait")


def walk(happenings: list[str], seed: int) -> Talk:
    talk = Talk(random.Random(seed))
    try:
        for happening in happenings:
            getattr(talk, happening)()
        talk.check()
    finally:
        talk.end()
    assert talk.loop.raised == []
    return talk


@worlds(30)
@given(st.lists(st.sampled_from(HAPPENINGS), max_size=40), st.integers(0, 2**32))
def test_it_misses_nothing_and_has_nothing_twice(happenings: list[str], seed: int) -> None:
    walk(happenings, seed)


@worlds(30)
@given(st.lists(st.sampled_from(HAPPENINGS), max_size=40), st.integers(0, 2**32), st.integers(1, 60_000))
@example(["begin", "speak", "begin", "come_back", "speak", "begin"], 0, 1)
def test_with_little_room_it_is_told_of_what_is_gone(happenings: list[str], seed: int, room: int) -> None:
    kept, attachment.RING_BYTES = attachment.RING_BYTES, room  # type: ignore[attr-defined]
    try:
        walk(happenings, seed)
    finally:
        attachment.RING_BYTES = kept  # type: ignore[attr-defined]
