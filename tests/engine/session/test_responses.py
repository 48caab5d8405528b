"""Responses: one in the conversation and others beside it, their context, their end."""

import base64

import pytest

from voiceapp.engine.brains.request import Failed, Finished, TextPiece, ToolCall

from ..session_driver import ITEM, TOOL, SessionDriver, error, kinds, sound


class TestResponses:
    def test_only_one_at_a_time_in_the_conversation(self, caller: SessionDriver) -> None:
        caller.send("response.create")
        assert error(caller.send("response.create"))[0] == "conversation_already_has_active_response"

    def test_out_of_band_runs_beside_and_leaves_no_trace(self, caller: SessionDriver) -> None:
        caller.send("response.create")
        options = {"conversation": "none", "metadata": {"topic": "x"}, "input": [ITEM], "output_modalities": ["text"]}
        (created,) = caller.send("response.create", response=options)
        sent = caller.produce(TextPiece("Aside."), Finished())
        assert created["response"]["metadata"] == {"topic": "x"}
        assert created["response"]["conversation_id"] is None
        assert kinds(sent) == [
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.done",
            "rate_limits.updated",
        ]
        assert caller.session.items.stored == []
        assert caller.session.responses.active is not None

    def test_options_go_to_the_brain(self, caller: SessionDriver) -> None:
        caller.update(instructions="Long.", tools=[TOOL])
        options = {"instructions": "Short.", "tool_choice": "none", "audio": {"output": {"voice": "oak"}}}
        caller.send("response.create", response=options)
        (request,) = caller.requests
        assert (request.instructions, request.tool_choice, request.voice) == ("Short.", "none", "oak")
        assert request.tools == (TOOL,)

    def test_a_referred_item(self, caller: SessionDriver) -> None:
        caller.send("conversation.item.create", item=ITEM | {"id": "mine"})
        caller.send("response.create", response={"input": [{"type": "item_reference", "id": "mine"}]})
        assert caller.requests[0].messages[0].text == "Hello."
        bad = {"conversation": "none", "input": [{"type": "item_reference", "id": "z"}]}
        assert error(caller.send("response.create", response=bad)) == ("invalid_value", "response.input[0].id")

    def test_a_function_call_and_its_output(self, caller: SessionDriver) -> None:
        caller.update(tools=[TOOL])
        caller.send("conversation.item.create", item=ITEM)
        caller.send("response.create")
        sent = caller.produce(ToolCall("weather", '{"city": "Kyoto"}'), Finished())
        assert kinds(sent)[:6] == [
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "conversation.item.done",
            "response.output_item.done",
        ]
        output = {"type": "function_call_output", "call_id": sent[3]["call_id"], "output": "sunny"}
        assert kinds(caller.send("conversation.item.create", item=output)) == kinds(caller.sent)[-2:]
        caller.send("response.create")
        assert [message.role for message in caller.requests[-1].messages] == ["user", "call", "output"]

    def test_speech_and_a_call_in_one_response(self, talking: SessionDriver) -> None:
        talking.turn("The weather?")
        sent = talking.produce(TextPiece("Let me see."), sound(100), ToolCall("weather", "{}"), Finished())
        done = next(event for event in sent if event["type"] == "response.done")["response"]
        assert [item["type"] for item in done["output"]] == ["message", "function_call"]
        assert [event["output_index"] for event in sent if event["type"] == "response.output_item.added"] == [0, 1]

    def test_too_many_tokens(self, talking: SessionDriver) -> None:
        talking.update(max_output_tokens=5)
        talking.turn("Hello.")
        sent = talking.produce(TextPiece("Hello."), sound(1000), TextPiece("More."))
        assert sent[-2]["response"]["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        assert talking.stopped == ["resp_1"]

    def test_a_failure_is_told(self, talking: SessionDriver) -> None:
        talking.turn("Hello.")
        sent = talking.produce(TextPiece("He"), Failed("brain_unavailable", "Gone."))
        assert sent[-2]["response"]["status"] == "failed"
        assert sent[-2]["response"]["status_details"]["error"]["message"] == "Gone."

    @pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
    def test_g711_both_ways(self, talking: SessionDriver, name: str) -> None:
        form = {"format": {"type": name}}
        talking.update(audio={"input": form, "output": form})
        quiet, loud = (b"\xff", b"\x90") if name == "audio/pcmu" else (b"\xd5", b"\x20")
        talking.append(loud * 8192)
        talking.append(quiet * 8192)
        talking.transcribe("Hello.")
        sent = talking.answer(ms=1000)
        audio = b"".join(
            base64.b64decode(event["delta"]) for event in sent if event["type"] == "response.output_audio.delta"
        )
        assert 7990 <= len(audio) <= 8000
        assert set(audio) == set(quiet)
