"""Another session takes over: when it is tried for, and what page, new session, costs and metrics know of it."""

import base64
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from prometheus_client import REGISTRY

from tests.call.worker import VISITOR, Page, Worker
from tests.clock import StandingLoop
from tests.upstream.far_end import FarEnd
from voiceapp.call.call import Call
from voiceapp.call.sessions import IN_ALL_S, NOTICE_S, SETTLE_S
from voiceapp.conversation import events as ev
from voiceapp.conversation import faults
from voiceapp.errors import UpstreamError
from voiceapp.net.rate_limit import TokenBucket
from voiceapp.upstream.keepalive import LOOK_S, PONG_S, QUIET_S, TALKING_PONG_S, TALKING_QUIET_S

UNREACHABLE = UpstreamError(faults.UNREACHABLE)
SECOND = base64.b64encode(bytes(48_000)).decode()
# Nobody is missed, however long a test takes.
PATIENT = {"VOICEAPP_IDLE_SECONDS": "0", "VOICEAPP_CALL_SECONDS": "0"}


def chunk(n: int) -> bytes:
    """40 ms of sound that tells which they are."""
    return base64.b64encode(n.to_bytes(2, "little") * 960)


class Talk:
    """A call with its page; `first`: the server of its first session."""

    def __init__(self, loop: StandingLoop, session: dict[str, Any], **env: str) -> None:
        self.loop = loop
        self.served = Worker(loop, **PATIENT, **env)
        self.page = Page()
        self.call: Call = self.served.begin(self.page)
        self.first = self.served.open(**session)
        # The pace is not judged by the test's clock.
        self.call._relay.inbox._pace = TokenBucket(1e9, 1e9)
        self.spoken = 0

    def speak(self, chunks: int) -> None:
        for _ in range(chunks):
            self.spoken += 1
            self.served.act(self.call.take_chunk, self.spoken, chunk(self.spoken))
            self.loop.pass_time(0.04)

    def do(self, event: ev.BrowserEvent) -> None:
        self.served.act(self.call.take_event, event)

    @property
    def tries(self) -> int:
        """How many links were asked for to replace the first."""
        return len(self.served.asked) - 1

    @property
    def notices(self) -> list[str]:
        return [args[0]["code"] for name, args in self.page.told if name == "notice"]

    @property
    def renewed(self) -> list[str]:
        return [args[0]["why"] for name, args in self.page.told if name == "renewed"]

    @property
    def turn(self) -> str:
        return str(self.page.last("turn")["state"])

    def ask(self, item: str = "u1", words: str = "What is the time?") -> None:
        """The person says something; the server has it, and wrote it down."""
        self.first.say("input_audio_buffer.speech_started", item_id=item)
        self.first.say("input_audio_buffer.committed", item_id=item)
        kind = "conversation.item.input_audio_transcription.completed"
        self.first.say(kind, item_id=item, transcript=words)

    def answer(self, end: FarEnd, item: str = "a1", response: str = "r1", *, done: bool = False) -> None:
        ids = {"response_id": response, "item_id": item}
        end.say("response.created", response={"id": response})
        end.say("response.output_audio_transcript.delta", **ids, delta="It is half past nine.")
        end.say("response.output_audio.delta", **ids, delta=SECOND)
        if done:
            end.say("response.output_audio.done", **ids)
            end.say("response.done", response={"id": response, "status": "completed"})


@pytest.fixture
def talking(loop: StandingLoop) -> Iterator[Callable[..., Talk]]:
    made: list[Talk] = []

    def make(session: dict[str, Any] | None = None, **env: str) -> Talk:
        made.append(Talk(loop, session or {}, **env))
        return made[-1]

    yield make
    for talk in made:
        talk.served.act(talk.call.leave)
        loop.pass_time(3)
        for asked in talk.served.asked:
            asked.cancel()
        talk.served.close()
    assert loop.timers == 0


def kinds(end: FarEnd) -> list[str]:
    return [event["type"] for event in end.heard]


def told(end: FarEnd) -> list[tuple[str, str]]:
    items = [event["item"] for event in end.heard if event["type"] == "conversation.item.create"]
    return [(item["role"], item["content"][0]["text"]) for item in items]


def heard(end: FarEnd) -> list[int]:
    """Which chunks it was sent, in order."""
    sounds = [event["audio"] for event in end.heard if event["type"] == "input_audio_buffer.append"]
    return [int.from_bytes(base64.b64decode(sound)[:2], "little") for sound in sounds]


def renewals() -> dict[str, float]:
    found = [sample for metric in REGISTRY.collect() for sample in metric.samples]
    return {each.labels["why"]: each.value for each in found if each.name == "voiceapp_sessions_renewed_total"}


# When it is tried


def test_at_once_and_then_ever_later_until_the_call_ends_with_the_reason(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    lost_at, step_s = loop.time(), 0.05
    talk.first.leave(1001)
    tries = []
    while "ended" not in talk.page.names:
        if not talk.served.asked[-1].done():
            tries.append(loop.time() - lost_at)
            talk.served.refuse(UNREACHABLE)
        loop.pass_time(step_s)
    assert tries[0] < 0.1
    for wait, expected in zip(map(float.__sub__, tries[1:], tries), (0.5, 1, 2, 4, 4, 4), strict=False):
        assert 0.75 * expected <= wait <= 1.25 * expected + 0.1
    assert 8 <= len(tries) <= 12
    assert loop.time() - lost_at <= IN_ALL_S + step_s + 1e-6
    assert talk.notices == ["upstream_lost", "upstream_unreachable"]
    assert talk.page.last("ended") == {"reason": "upstream_unreachable"}


@pytest.mark.parametrize("fault", [faults.KEY_WRONG, faults.NO_ACCESS, faults.QUOTA, faults.MODEL_MISSING])
def test_not_again_where_that_cannot_help(talking: Callable[..., Talk], fault: faults.Fault) -> None:
    talk = talking()
    talk.first.leave(1001)
    talk.served.refuse(UpstreamError(fault))
    assert talk.page.last("ended") == {"reason": fault.code}
    assert talk.tries == 1


@pytest.mark.parametrize("code", [3000])
def test_not_at_all_where_the_server_says_so_as_it_leaves(talking: Callable[..., Talk], code: int) -> None:
    talk = talking()
    talk.first.leave(code)
    assert talk.page.last("ended") == {"reason": "key_wrong"}
    assert talk.tries == 0


def test_not_before_the_server_wants_to_be_asked(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.first.leave(1001)
    talk.served.refuse(UpstreamError(faults.RATE_LIMITED, 7.0))
    loop.pass_time(6.9)
    assert talk.tries == 1
    loop.pass_time(0.2)
    assert talk.tries == 2
    talk.served.open()
    assert talk.renewed == ["lost"]


def test_not_at_all_where_that_would_be_too_late(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.first.leave(1001)
    talk.served.refuse(UpstreamError(faults.RATE_LIMITED, 3600.0))
    assert talk.page.last("ended") == {"reason": "rate_limited"}


def test_a_server_that_ends_each_session_at_once_is_not_asked_for_ever(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    end: FarEnd | None = talk.first
    while "ended" not in talk.page.names:
        if end is not None:
            end.leave(1001)
            end = None
        loop.pass_time(0.25)
        if "ended" not in talk.page.names and not talk.served.asked[-1].done():
            end = talk.served.open()
    assert talk.tries <= 12
    assert loop.time() < 60
    assert talk.page.last("ended") == {"reason": "upstream_closed"}


def test_one_that_lived_long_begins_anew(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    end = talk.first
    for tries in range(1, 30):
        loop.pass_time(31)
        end.leave(1001)
        assert talk.tries == tries
        end = talk.served.open()
    assert talk.renewed == ["lost"] * 29
    assert "upstream_lost" not in talk.notices


# Whatever ends it


@pytest.mark.parametrize("how", ["close", "expired", "vanished", "silent"])
def test_however_it_ends_another_takes_over(loop: StandingLoop, talking: Callable[..., Talk], how: str) -> None:
    before = renewals().get("lost", 0.0)
    talk = talking()
    match how:
        case "close":
            talk.first.leave(1001)
        case "expired":
            talk.first.say("error", error={"code": "session_expired", "message": "…"})
        case "vanished":
            talk.first.link.abort()
            loop.spin()
            talk.served.act(talk.call.session_lost, faults.CLOSED)
        case "silent":
            talk.first.mute = True
            loop.pass_time(QUIET_S + PONG_S)
    assert talk.tries == 1
    second = talk.served.open("gpt-realtime-mini")
    assert talk.renewed == ["lost"]
    assert talk.page.last("renewed")["model"] == "gpt-realtime-mini"
    assert renewals()["lost"] == before + 1
    talk.do(ev.TextTyped("Are you there?"))
    assert told(second) == [("user", "Are you there?")]
    assert "response.create" in kinds(second)


def test_sessions_that_end_as_soon_as_they_begin_are_not_made_one_after_the_other(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    """Or a clock is an hour off."""
    talk = talking({"expires_at": int(time.time()) + 2})
    for _ in range(60):
        loop.pass_time(1)
        if not talk.served.asked[-1].done():
            talk.served.open(expires_at=int(time.time()) + 2)
    assert talk.tries == 0


# What is told, and heard


def test_what_takes_no_longer_than_a_breath_is_not_told(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.first.leave(1001)
    loop.pass_time(NOTICE_S - 0.1)
    talk.served.open()
    loop.pass_time(5)
    assert talk.notices == []


def test_what_takes_longer_is_told_once(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.first.leave(1001)
    loop.pass_time(NOTICE_S + 0.1)
    assert talk.notices == ["upstream_lost"]
    talk.served.refuse(UNREACHABLE)
    loop.pass_time(5)
    talk.served.open()
    assert talk.notices == ["upstream_lost"]


def test_what_was_over_before_the_page_came_back_is_not_told(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    token = talk.page.token
    assert token is not None
    registry, page = talk.served.registry, Page()
    page.number = talk.page.number
    talk.served.act(partial(registry.detach, talk.call, talk.page, stalled=False))
    talk.first.leave(1001)
    loop.pass_time(NOTICE_S + 0.1)
    talk.served.open("gpt-realtime-mini")
    talk.served.act(registry.resume, token, page, VISITOR, "page", page.number)
    assert page.last("resumed")["model"] == "gpt-realtime-mini"
    assert "notice" not in page.names


def test_an_answer_that_was_cut_is_asked_for_again_and_told_as_far_as_it_was_heard(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    talk.ask()
    talk.answer(talk.first)
    talk.first.leave(1001)
    assert talk.page.last("flush") == {"item": "a1"}
    assert talk.turn == "thinking"
    second = talk.served.open()
    assert talk.renewed == []
    talk.do(ev.Flushed("a1", 800))
    assert talk.renewed == ["lost"]
    assert told(second) == [("user", "What is the time?"), ("assistant", "It is half")]
    assert kinds(second)[-1] == "response.create"
    talk.answer(second, "a2", "r2", done=True)
    talk.do(ev.Heard("a2", 1000))
    assert talk.turn == "listening"
    assert kinds(second).count("response.create") == 1


def test_a_page_that_does_not_say_what_was_heard_holds_nobody_up(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    talk.ask()
    talk.answer(talk.first)
    talk.do(ev.Heard("a1", 800))
    talk.first.leave(1001)
    second = talk.served.open()
    loop.pass_time(SETTLE_S + 0.01)
    assert talk.renewed == ["lost"]
    assert told(second)[-1] == ("assistant", "It is half")


def test_what_is_said_in_the_pause_is_heard_and_each_chunk_once(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    talk.speak(100)
    talk.first.leave(1001)
    talk.speak(50)
    second = talk.served.open()
    talk.speak(10)
    # With the 600 ms in which the old server may not yet have noticed a voice.
    assert heard(second) == list(range(86, 161))
    assert heard(talk.first) == list(range(1, 101))
    assert "sound_left_out" not in talk.notices


def test_what_nobody_wrote_down_is_heard_again_from_its_beginning(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    talk.speak(50)
    talk.first.say("input_audio_buffer.speech_started", item_id="u1")
    talk.speak(50)
    talk.first.say("input_audio_buffer.committed", item_id="u1")
    talk.speak(20)
    assert talk.turn == "thinking"
    talk.first.leave(1001)
    talk.speak(10)
    second = talk.served.open()
    assert heard(second) == list(range(36, 131))
    removed = [args[1] for name, args in talk.page.told if name == "transcript" and args[1].get("removed")]
    assert [each["item"] for each in removed] == ["u1"]
    # It is answered by the server itself, to what it hears.
    assert "response.create" not in kinds(second)
    assert talk.turn == "thinking"


def test_what_is_said_to_a_server_that_has_stalled_in_mid_answer_is_heard(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    talk.ask()
    talk.answer(talk.first)
    for _ in range(4):
        talk.speak(25)
        talk.first.say("response.output_audio.delta", response_id="r1", item_id="a1", delta=SECOND)
    talk.first.mute = True
    stalled_at = talk.spoken
    while not talk.tries:
        talk.speak(1)
    assert loop.time() < 4 + TALKING_QUIET_S + TALKING_PONG_S + LOOK_S
    second = talk.served.open()
    talk.do(ev.Flushed("a1", 800))
    loop.spin(50)
    assert talk.renewed == ["lost"]
    assert heard(second) == list(range(heard(second)[0], talk.spoken + 1))
    assert heard(second)[0] <= stalled_at + 1
    assert "sound_left_out" not in talk.notices


def test_what_is_said_once_a_silent_server_was_asked_is_heard(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.first.mute = True
    loop.pass_time(QUIET_S + 0.01)
    while not talk.tries:
        talk.speak(1)
    second = talk.served.open()
    loop.spin(50)
    assert heard(second) == list(range(1, talk.spoken + 1))
    assert "sound_left_out" not in talk.notices


def test_one_that_answers_again_leaves_nothing_behind(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking()
    loop.pass_time(QUIET_S - 1)
    talk.speak(200)
    assert sum(map(len, talk.call._take_over._recent._chunks)) < 48_000
    assert talk.tries == 0


def test_of_a_long_pause_the_latest_is_heard_and_it_is_said_that_there_was_more(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking()
    talk.first.leave(1001)
    talk.speak(400)
    second = talk.served.open()
    loop.spin(50)
    assert heard(second) == list(range(26, 401))
    assert "sound_left_out" in talk.notices


def test_an_idle_call_holds_little_of_it(talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.speak(500)
    assert sum(map(len, talk.call._take_over._recent._chunks)) < 48_000


def test_a_second_loss_before_anything_is_known_loses_nothing(talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.first.say("input_audio_buffer.speech_started", item_id="u1")
    talk.speak(50)
    talk.first.leave(1001)
    second = talk.served.open()
    talk.speak(10)
    second.say("input_audio_buffer.speech_started", item_id="u7")
    second.leave(1001)
    talk.loop.pass_time(1)
    third = talk.served.open()
    assert heard(third) == list(range(1, 61))


def test_settings_of_the_pause_hold_in_the_next_session(talking: Callable[..., Talk]) -> None:
    talk = talking()
    talk.do(ev.Configured(language="ja"))
    talk.first.leave(1001)
    talk.do(ev.Configured(language="de"))
    second = talk.served.open()
    updates = [event["session"]["audio"]["input"]["transcription"] for event in second.heard if "session" in event]
    assert updates[-1]["language"] == "de"
    assert len(updates) == 2


# Costs


def test_what_the_lost_session_left_open_is_charged_once_and_never_less(talking: Callable[..., Talk]) -> None:
    talk = talking(VOICEAPP_MONEY_PER_DAY="5")
    talk.ask()
    talk.answer(talk.first)
    talk.first.leave(1001)
    second = talk.served.open()
    talk.do(ev.Flushed("a1", 500))
    totals = [args[1]["cost"]["total"] for name, args in talk.page.told if name == "usage" and args[1]["cost"]]
    talk.answer(second, "a2", "r2", done=True)
    totals += [args[1]["cost"]["total"] for name, args in talk.page.told if name == "usage" and args[1]["cost"]]
    assert totals
    assert totals == sorted(totals)
    assert talk.page.last("usage")["estimated"]
    assert talk.call.cost.counted > 0


# Before it expires


def expiring(talking: Callable[..., Talk], lifetime_s: float = 3600.0) -> Talk:
    return talking({"expires_at": int(time.time() + lifetime_s)})


def test_from_fifty_minutes_on_the_next_one_takes_over_in_a_quiet_moment(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    before = renewals().get("expiring", 0.0)
    talk = expiring(talking)
    loop.pass_time(2995)
    assert talk.tries == 0
    talk.ask()
    talk.answer(talk.first, done=True)
    loop.pass_time(6)
    second = talk.served.open(expires_at=int(time.time() + 3600))
    assert talk.renewed == []
    talk.do(ev.Heard("a1", 1000))
    assert talk.renewed == ["expiring"]
    assert renewals()["expiring"] == before + 1
    assert told(second) == [("user", "What is the time?"), ("assistant", "It is half past nine.")]
    assert talk.first.closed == 1000
    assert talk.notices == []


def test_near_the_end_it_takes_over_whatever_is_said_and_no_chunk_is_lost(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = expiring(talking, 61)
    loop.pass_time(49)
    talk.speak(20)
    talk.first.say("input_audio_buffer.speech_started", item_id="u1")
    loop.pass_time(1.5)
    second = talk.served.open()
    talk.speak(50)
    assert talk.renewed == []
    talk.speak(100)
    assert talk.renewed == ["expiring"]
    assert talk.first.closed == 1000
    assert heard(second) == list(range(heard(second)[0], talk.spoken + 1))
    assert heard(second)[0] == 20 - 14
    assert talk.turn == "user"
    assert talk.notices == []


def test_and_an_answer_that_runs_then_is_asked_for_again(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = expiring(talking, 61)
    loop.pass_time(49)
    talk.ask()
    talk.answer(talk.first)
    loop.pass_time(2)
    second = talk.served.open()
    assert talk.renewed == []
    while "flush" not in talk.page.names:
        loop.pass_time(0.1)
    assert 55 <= loop.time() <= 56.2
    talk.do(ev.Flushed("a1", 800))
    assert talk.renewed == ["expiring"]
    assert told(second) == [("user", "What is the time?"), ("assistant", "It is half")]
    assert kinds(second)[-1] == "response.create"
    assert talk.first.closed == 1000


def test_one_that_cannot_be_had_is_tried_for_until_the_end_and_then_as_after_a_loss(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = expiring(talking)
    loop.pass_time(3001)
    for _ in range(200):
        if not talk.served.asked[-1].done():
            talk.served.refuse(UNREACHABLE)
        loop.pass_time(2)
    assert 10 <= talk.tries <= 40
    assert talk.notices == []
    # When the next try comes is left to chance; one under way would still be told as what it was asked for.
    if not talk.served.asked[-1].done():
        talk.served.refuse(UNREACHABLE)
    talk.first.say("error", error={"code": "session_expired", "message": "…"})
    loop.pass_time(0.1)
    talk.served.open()
    assert talk.renewed == ["lost"]


def test_what_the_person_asks_for_comes_first_and_the_end_is_not_forgotten(
    loop: StandingLoop, talking: Callable[..., Talk]
) -> None:
    talk = talking({"expires_at": int(time.time() + 3600)}, VOICEAPP_VOICE="marin, cedar")
    loop.pass_time(3001)
    talk.served.renew(talk.call, voice="cedar")
    assert talk.tries == 2
    talk.served.refuse(UNREACHABLE)
    assert talk.notices == ["renewal_failed"]
    loop.pass_time(1)
    assert talk.tries == 3
    talk.served.open()
    assert talk.renewed == ["expiring"]
    assert talk.page.last("renewed")["voice"] == "marin"


def test_a_session_that_was_asked_for_takes_the_place_of_one_that_is_lost(talking: Callable[..., Talk]) -> None:
    talk = talking(VOICEAPP_VOICE="marin, cedar")
    talk.ask()
    talk.served.renew(talk.call, voice="cedar")
    talk.first.leave(1001)
    assert talk.tries == 1
    talk.served.open()
    assert (talk.renewed, talk.page.last("renewed")["voice"]) == (["asked"], "cedar")


def test_where_that_cannot_be_had_the_one_before_is(loop: StandingLoop, talking: Callable[..., Talk]) -> None:
    talk = talking(VOICEAPP_VOICE="marin, cedar")
    talk.first.leave(1001)
    talk.served.renew(talk.call, voice="cedar")
    talk.served.refuse(UpstreamError(faults.SETTINGS_REFUSED))
    loop.pass_time(1)
    talk.served.open()
    assert (talk.renewed, talk.page.last("renewed")["voice"]) == (["lost"], "marin")
    assert "renewal_failed" in talk.notices


@pytest.mark.parametrize("moment", ["at once", "while one is made", "while one waits"])
def test_hanging_up_in_the_pause_leaves_nothing_open(
    loop: StandingLoop, talking: Callable[..., Talk], moment: str
) -> None:
    talk = talking()
    talk.ask()
    talk.answer(talk.first)
    talk.first.leave(1001)
    ends = []
    if moment != "at once":
        ends.append(talk.served.reach())
    if moment == "while one waits":
        ends[0].say("session.created", session={})
        ends[0].say("session.updated", session={})
    talk.served.act(partial(talk.call.finish, None))
    loop.pass_time(60)
    assert talk.page.names[-1] in ("ended", "usage")
    assert all(end.closed is not None for end in ends)
    assert talk.tries == 1
