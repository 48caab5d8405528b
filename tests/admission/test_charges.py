"""What a call is charged over the relay: transcription, and the answer in the middle of which it ends."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from tests.conftest import upstream_settings
from tests.hostile.attacker import fetch
from tests.page_client import PageClient, of_answer
from tests.servers import werkzeug
from tests.waiting import closed, eventually
from voiceapp.engine.scripted.server import ScriptedServer

Serve = Callable[..., str]
TRANSCRIBED = {
    "type": "conversation.item.input_audio_transcription.completed",
    "content_index": 0,
    "transcript": "A long question.",
}
USAGE = {
    "total_tokens": 1300,
    "input_tokens": 1000,
    "output_tokens": 300,
    "input_token_details": {"text_tokens": 400, "audio_tokens": 600, "cached_tokens": 0},
    "output_token_details": {"text_tokens": 100, "audio_tokens": 200},
}
# 400 × 4 + 600 × 32 + 100 × 24 + 200 × 64 millionths, by the usual model.
COST = 0.036


@pytest.fixture
def serve(resources: ExitStack) -> Serve:
    """Start an app of one's own: its address. By what driver has no part in what a call costs."""
    return lambda server, **more: resources.enter_context(werkzeug(upstream_settings(server, **more)))


@pytest.fixture
def play(resources: ExitStack) -> Callable[..., ScriptedServer]:
    """An upstream of its own."""

    def start(*triggers: Mapping[str, Any]) -> ScriptedServer:
        return resources.enter_context(ScriptedServer({"on": list(triggers)}))

    return start


def transcribed(item: str, usage: Mapping[str, Any]) -> dict[str, Any]:
    return {"send": {**TRANSCRIBED, "item_id": item, "usage": dict(usage)}}


SPEECH = ({"speech_started": {"item": "u1"}}, {"speech_stopped": {"item": "u1"}})
TEN_MINUTES = {"type": "duration", "seconds": 600}
A_MILLION = {
    "type": "tokens",
    "total_tokens": 1_000_000,
    "input_tokens": 900_000,
    "output_tokens": 100_000,
    "input_token_details": {"audio_tokens": 900_000, "text_tokens": 0},
}


def left(url: str) -> float:
    """Of the day's money, as a call is told when it begins."""
    with PageClient(url) as page:
        page.start()
        return float(page.expect("limits")[0]["left_money"])


def test_transcription_has_a_line_of_its_own_in_the_bill_and_in_the_budget(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    upstream = play({"when": "audio", "ms": 200, "do": [*SPEECH, transcribed("u1", TEN_MINUTES)]})
    url = serve(upstream, VOICEAPP_MONEY_PER_DAY="0.10")
    with PageClient(url) as page:
        page.start()
        page.talk(10)
        _, usage = page.expect("usage")
        assert usage["transcription"]["seconds"] == 600
        assert (usage["cost"]["transcription"], usage["cost"]["total"]) == (0.17, 0.17)
        page.emit("stop", {})
        page.expect("ended")
        assert eventually(lambda: fetch(url + "/admission")[0] == 429)


def test_transcription_without_a_price_is_said_to_have_none_and_counted_at_the_dearest(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    """The profile's own model has a price for a minute, and none for tokens."""
    upstream = play({"when": "audio", "ms": 200, "do": [*SPEECH, transcribed("u1", A_MILLION)]})
    url = serve(upstream, VOICEAPP_MONEY_PER_DAY="6.00")
    with PageClient(url) as page:
        page.start()
        assert not page.expect("limits")[0]["presumed"]
        page.talk(10)
        _, usage = page.expect("usage")
        assert usage["transcription"]["input_tokens"] == 900_000
        assert usage["cost"] is None
        page.emit("stop", {})
        page.expect("ended")
        assert eventually(lambda: fetch(url + "/admission")[0] == 429)


def test_a_model_without_a_price_is_counted_at_the_dearest_and_the_page_is_told(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    answer = {"say": {"text": "Yes.", "ms": 200, "usage": USAGE}}
    upstream = play({"when": "response.create", "do": [answer]})
    url = serve(upstream, VOICEAPP_MODEL="somebody-elses", VOICEAPP_MONEY_PER_DAY="1.00")
    with PageClient(url) as page:
        page.start()
        assert page.expect("limits", lambda limits: limits["presumed"])
        page.emit("text", {"text": "Hello"})
        _, usage = page.expect("usage", of_answer)
        assert (usage["cost"], usage["free"], usage["estimated"]) == (None, False, False)
        page.emit("stop", {})
        page.expect("ended")
    assert eventually(lambda: left(url) == pytest.approx(1 - COST))


LONG = {"say": {"item": "a1", "response": "r1", "text": "A long answer.", "ms": 60_000, "pace_ms": 50}}


def hang_up(page: PageClient) -> None:
    """In the middle of an answer."""
    page.start()
    page.emit("text", {"text": "Tell me all."})
    page.wait(lambda: len(page.named("audio")) >= 5)
    page.emit("stop", {})
    page.expect("ended")


def test_whoever_hangs_up_in_mid_answer_is_charged_an_estimate(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    silent = {"when": "response.cancel", "do": []}
    upstream = play({"when": "response.create", "do": [LONG]}, silent)
    url = serve(upstream, VOICEAPP_MONEY_PER_DAY="0.0001")
    with PageClient(url) as page:
        hang_up(page)
        names = [name for name, _ in page.events]
        assert names.index("usage") < names.index("ended")
        _, usage = page.expect("usage")
        assert usage["estimated"]
        # Five pieces of 100 ms have come, and two tokens are each.
        assert usage["total"]["output_audio_tokens"] >= 10
        assert usage["cost"]["total"] > 0
        assert eventually(lambda: fetch(url + "/admission")[0] == 429)


def test_what_the_upstream_still_tells_takes_the_place_of_the_estimate(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    done = {"type": "response.done", "response": {"id": "r1", "status": "cancelled", "usage": USAGE}}
    upstream = play({"when": "response.create", "do": [LONG]}, {"when": "response.cancel", "do": [{"send": done}]})
    url = serve(upstream, VOICEAPP_MONEY_PER_DAY="100")
    with PageClient(url) as page:
        hang_up(page)
        _, usage = page.expect("usage", lambda _, data: not data["estimated"])
        assert (usage["cost"]["total"], usage["total"]["output_tokens"]) == (COST, 300)
    assert eventually(lambda: left(url) == pytest.approx(100 - COST))


def test_an_answer_that_is_asked_for_and_begins_after_the_end_is_cancelled_and_charged(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    done = {"type": "response.done", "response": {"id": "r1", "status": "cancelled", "usage": USAGE}}
    upstream = play(
        {"when": "response.create", "do": [{"wait_ms": 300}, LONG]}, {"when": "response.cancel", "do": [{"send": done}]}
    )
    url = serve(upstream, VOICEAPP_MONEY_PER_DAY="100")
    with PageClient(url) as page:
        page.start()
        page.emit("text", {"text": "Tell me all."})
        page.expect("turn", lambda _, turn: turn["state"] == "thinking")
        page.emit("stop", {})
        page.expect("ended")
        _, usage = page.expect("usage", lambda _, data: not data["estimated"])
        assert usage["cost"]["total"] == COST
    assert eventually(lambda: left(url) == pytest.approx(100 - COST))


def test_sound_that_comes_after_the_end_is_in_the_estimate(serve: Serve, play: Callable[..., ScriptedServer]) -> None:
    upstream = play({"when": "response.create", "do": [LONG]}, {"when": "response.cancel", "do": []})
    url = serve(upstream, VOICEAPP_MONEY_PER_DAY="100")
    with PageClient(url) as page:
        hang_up(page)
        page.wait(lambda: len(page.named("usage")) >= 2)
        first, last = (usage["total"]["output_audio_tokens"] for _, usage in page.named("usage"))
        assert last > first
        cost = page.named("usage")[-1][1]["cost"]["total"]
    assert eventually(lambda: left(url) == pytest.approx(100 - cost))


def test_words_that_are_written_down_after_the_end_are_charged(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    upstream = play({"when": "audio", "ms": 200, "do": [*SPEECH, {"wait_ms": 300}, transcribed("u1", TEN_MINUTES)]})
    with PageClient(serve(upstream)) as page:
        page.start()
        page.talk(10)
        page.expect("turn", lambda _, turn: turn["state"] == "thinking")
        page.emit("stop", {})
        page.expect("ended")
        assert page.named("usage") == []
        _, usage = page.expect("usage")
        assert usage["cost"]["transcription"] == 0.17


def test_an_upstream_that_is_lost_in_mid_answer_is_charged_for(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    upstream = play({"when": "response.create", "do": [LONG]})
    with PageClient(serve(upstream)) as page:
        page.start()
        page.emit("text", {"text": "Tell me all."})
        page.wait(lambda: len(page.named("audio")) >= 5)
        upstream.do({"drop": "rst"})
        page.expect("renewed")
        _, usage = page.expect("usage")
        assert usage["estimated"]
        assert usage["cost"]["total"] > 0


def test_each_session_of_a_call_is_charged_at_the_price_of_its_own_model(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    upstream = play({"when": "response.create", "do": [{"say": {"text": "Yes.", "ms": 200, "usage": USAGE}}]})
    models = "gpt-realtime-2.1, gpt-realtime-2.1-mini, somebody-elses"
    url = serve(upstream, VOICEAPP_MODEL=models, VOICEAPP_MONEY_PER_DAY="100")
    with PageClient(url) as page:
        page.start()
        costs = []
        for n, model in enumerate(("", "gpt-realtime-2.1-mini", "somebody-elses")):
            if model:
                assert page.call("configure", {"model": model}) == {"ok": True}
                page.wait(lambda n=n: len(page.named("renewed")) == n)
                assert page.named("renewed")[-1][0]["model"] == model
            page.emit("text", {"text": "Hello"})
            page.wait(lambda n=n: len(page.named("usage")) == n + 1)
            costs.append(page.named("usage")[-1][1]["cost"])
            item = page.named("audio")[-1][1]
            page.emit("heard", {"item": item, "heard_ms": 200})
            page.wait(lambda: page.named("turn")[-1][1]["state"] == "listening")
        assert [cost["total"] for cost in costs] == pytest.approx([COST, COST + 0.01048, COST + 0.01048])
        assert [cost["unpriced"] for cost in costs] == [[], [], ["talk"]]
        assert page.named("limits")[-1][0]["presumed"]
        page.emit("stop", {})
        page.expect("ended")
    assert eventually(lambda: left(url) == pytest.approx(100 - 2 * COST - 0.01048))


def test_an_upstream_that_goes_on_talking_is_not_listened_to_for_long(
    serve: Serve, play: Callable[..., ScriptedServer]
) -> None:
    upstream = play({"when": "response.create", "do": [LONG]}, {"when": "response.cancel", "do": []})
    url = serve(upstream, VOICEAPP_CALLS_PER_USER="1")
    with PageClient(url) as page:
        hang_up(page)
        page.call("start", {})
        page.wait(lambda: len(page.named("ready")) == 2)
        assert closed(upstream)
