"""The assistant's sound on its way: counted, cut, flushed, and kept as far as it was heard."""

import base64
from typing import Any

import pytest

from voiceapp.conversation.effect_list import EffectList
from voiceapp.conversation.effects import Flush, Play, Send, SoundComplete
from voiceapp.conversation.events import AudioDelta, Flushed, Heard
from voiceapp.conversation.output_audio import MAX_GAP_S, MAX_RESPONSES, OutputAudio
from voiceapp.conversation.transcript_writer import TranscriptWriter
from voiceapp.conversation.usage import Meter

SECOND = base64.b64encode(bytes(48_000)).decode()


class Said:
    """What the assistant says, and what came of it since one last looked."""

    def __init__(self, *, truncates: bool = True) -> None:
        self._out = EffectList()
        writer = TranscriptWriter(self._out.tell, lambda: None)
        self.meter = Meter()
        self.sound = OutputAudio(self._out, writer, self.meter, lambda *_: False, truncates=truncates)

    def second(self, item: str = "a1", response: str = "r1") -> "Said":
        self.sound.belongs(item, response)
        self.sound.delta(AudioDelta(response, item, SECOND))
        return self

    @property
    def news(self) -> list[Any]:
        return self._out.take()

    @property
    def sent(self) -> list[str]:
        return [effect.message["type"] for effect in self.news if isinstance(effect, Send)]


def test_a_first_delta_opens_the_way_for_those_that_follow() -> None:
    said = Said()
    assert not said.sound.knows("a1")
    assert said.second().news == [Play("a1", SECOND)]
    assert said.sound.knows("a1")
    assert said.sound.take("r1", "a1", 48_000)
    assert (said.sound.sent_bytes, said.meter.sound_bytes) == (96_000, 96_000)


def test_once_it_is_complete_no_more_is_played_and_it_is_said_once() -> None:
    said = Said().second()
    said.sound.complete("a1")
    said.sound.complete("a1")
    said.second()
    assert [effect for effect in said.news if not isinstance(effect, Play)] == [SoundComplete("a1")]
    assert said.sound.sent_bytes == 48_000


def test_of_a_response_that_was_cut_nothing_goes_on_and_all_of_it_is_counted() -> None:
    said = Said().second()
    assert said.sound.cut("r1")
    assert not said.sound.cut("r1")
    assert not said.sound.take("r1", "a1", 48_000)
    assert (said.sound.sent_bytes, said.meter.sound_bytes) == (48_000, 96_000)


@pytest.mark.parametrize(
    ("heard_ms", "truncates", "sent"),
    [
        (400, True, ["conversation.item.truncate"]),
        (400, False, []),
        (0, True, ["conversation.item.delete"]),
        (1000, True, []),
    ],
)
def test_what_was_flushed_is_kept_upstream_as_far_as_it_was_heard(
    heard_ms: int, truncates: bool, sent: list[str]
) -> None:
    said = Said(truncates=truncates).second()
    said.sound.complete("a1")
    said.sound.flush_all()
    assert Flush("a1") in said.news
    assert said.sound.unsettled
    said.sound.flushed(Flushed("a1", heard_ms))
    assert said.sent == sent
    assert not said.sound.unsettled
    said.sound.flushed(Flushed("a1", 100))
    assert said.sent == []


def test_it_plays_until_the_page_has_heard_it() -> None:
    said = Said().second()
    assert said.sound.remaining_s() == 1 + MAX_GAP_S
    said.sound.complete("a1")
    said.sound.heard(Heard("a1", 400))
    assert said.sound.playing
    assert said.sound.remaining_s() == pytest.approx(0.6)
    said.sound.heard(Heard("a1", 1000))
    assert not said.sound.playing


def test_where_the_server_cancelled_what_is_queued_is_flushed_and_else_completed() -> None:
    said = Said().second()
    said.sound.over("r1", whole=False, cancelled=True)
    assert Flush("a1") in said.news
    other = Said().second()
    other.sound.over("r1", whole=True, cancelled=False)
    assert SoundComplete("a1") in other.news


def test_of_very_many_responses_that_were_cut_the_oldest_is_forgotten() -> None:
    said = Said()
    for n in range(MAX_RESPONSES + 1):
        said.sound.cut(f"r{n}")
    assert not said.sound.is_cut("r0")
    assert said.sound.is_cut(f"r{MAX_RESPONSES}")


def test_of_what_was_shortened_and_then_cut_the_model_is_told_once_more_only_where_less_was_heard() -> None:
    for heard_ms, sent in ((1000, []), (300, ["conversation.item.truncate"])):
        said = Said().second()
        assert said.sound.shorten()
        assert said.sent == ["conversation.item.truncate"]
        said.sound.flush_all()
        said.sound.flushed(Flushed("a1", heard_ms))
        assert said.sent == sent
