"""The official Python SDK as the client, over a real WebSocket."""

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from openai import AsyncOpenAI, OpenAI

from tests.engine.tools import CALCULATOR, WEATHER
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.tools.calculator import calculator

from .voice_server_thread import VoiceServerThread

# The SDK opens its connections in a way of older websockets.
pytestmark = pytest.mark.filterwarnings("ignore:connect\\(\\) must be used as a context manager:DeprecationWarning")

LOUD = base64.b64encode(np.full(24 * 1024, 12000, "<i2").tobytes()).decode()
QUIET = base64.b64encode(bytes(48 * 1024)).decode()


@pytest.fixture
def connection() -> Iterator[Any]:
    with VoiceServerThread("What is the weather in Kyoto?", key="sk-test") as server:
        sdk = OpenAI(api_key="sk-test", base_url=f"http://127.0.0.1:{server.port}/v1")
        with sdk, sdk.realtime.connect(model="m") as connection:
            assert connection.recv().type == "session.created"
            yield connection


def until(connection: Any, kind: str) -> Any:
    for event in connection:
        # The SDK builds its own types from each event; one it does not know would have no type of its own.
        assert type(event).__name__ != "BaseModel"
        if event.type == kind:
            return event
    raise AssertionError(f"the connection ended without {kind}")


def text_of(done: Any) -> str:
    return str(done.response.output[0].content[0].transcript)


def test_session_update(connection: Any) -> None:
    connection.session.update(session={"type": "realtime", "instructions": "Be kind.", "tools": [WEATHER]})
    session = until(connection, "session.updated").session
    assert session.instructions == "Be kind."
    assert session.audio.input.turn_detection.type == "server_vad"


def test_a_spoken_turn(connection: Any) -> None:
    transcription = {"model": "gpt-realtime-whisper"}
    connection.session.update(session={"type": "realtime", "audio": {"input": {"transcription": transcription}}})
    connection.input_audio_buffer.append(audio=LOUD)
    connection.input_audio_buffer.append(audio=QUIET)
    started = until(connection, "input_audio_buffer.speech_started")
    told = until(connection, "conversation.item.input_audio_transcription.completed")
    done = until(connection, "response.done")
    assert told.item_id == started.item_id
    assert done.response.status == "completed"
    assert text_of(done).startswith("I heard: What is the weather in Kyoto?")
    assert done.response.usage.output_token_details.audio_tokens > 0


def test_a_manual_turn(connection: Any) -> None:
    connection.session.update(session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
    connection.input_audio_buffer.append(audio=LOUD)
    connection.input_audio_buffer.commit()
    connection.response.create()
    assert "Kyoto" in text_of(until(connection, "response.done"))


def test_a_text_turn_truncated(connection: Any) -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is 2 plus 3?"}]}
    connection.conversation.item.create(item=item)
    connection.response.create()
    done = until(connection, "response.done")
    assert text_of(done) == "2 plus 3 is 5."
    connection.conversation.item.truncate(item_id=done.response.output[0].id, content_index=0, audio_end_ms=10)
    assert until(connection, "conversation.item.truncated").audio_end_ms == 10


def test_a_function_call(connection: Any) -> None:
    connection.session.update(session={"type": "realtime", "tools": [WEATHER]})
    connection.input_audio_buffer.append(audio=LOUD)
    connection.input_audio_buffer.append(audio=QUIET)
    call = until(connection, "response.function_call_arguments.done")
    assert (call.name, call.arguments) == ("get_weather", '{"city": "Kyoto"}')
    until(connection, "response.done")
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "Sunny"}
    connection.conversation.item.create(item=output)
    connection.response.create()
    assert text_of(until(connection, "response.done")) == "The answer is: Sunny"


def test_a_loop_of_tools(connection: Any) -> None:
    connection.session.update(session={"type": "realtime", "tools": [CALCULATOR]})
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "How much is 12 times 7?"}]}
    connection.conversation.item.create(item=item)
    connection.response.create()
    (call,) = until(connection, "response.done").response.output
    assert (call.type, call.name, json.loads(call.arguments)) == (
        "function_call",
        "calculator",
        {"expression": "12 * 7"},
    )
    output = {"type": "function_call_output", "call_id": call.call_id, "output": calculator("12 * 7")}
    connection.conversation.item.create(item=output)
    connection.response.create()
    assert text_of(until(connection, "response.done")) == "The result is 84."


def test_cancel_with_nothing_to_cancel(connection: Any) -> None:
    connection.response.cancel()
    assert until(connection, "error").error.code == "response_cancel_not_active"


async def text_turn(sdk: AsyncOpenAI) -> str:
    async with sdk.realtime.connect(model="m") as connection:
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Who are you?"}]}
        )
        await connection.response.create()
        async for event in connection:
            if event.type == "response.output_text.done":
                text = event.text
            # Read to the end: with events unread, this client waits ten seconds for the close.
            if event.type == "rate_limits.updated":
                return text
    raise AssertionError("the connection ended without an answer")


def test_the_asynchronous_client() -> None:
    async def talk(port: int) -> str:
        async with AsyncOpenAI(api_key="any", base_url=f"http://127.0.0.1:{port}/v1") as sdk:
            return await text_turn(sdk)

    with VoiceServerThread() as server:
        assert "built-in companion" in asyncio.run(talk(server.port))


def scripted() -> ScriptedServer:
    turn = {"hear": {"item": "u1", "start_ms": 100, "ms": 400, "transcript": "Hello."}}
    call = {"call": {"name": "get_weather", "arguments": '{"city": "Kyoto"}'}}
    first = {"when": "audio", "ms": 500, "do": [turn, {"say": {"text": "Hello there.", "ms": 600}}]}
    return ScriptedServer({"on": [first, {"when": "response.create", "nth": 2, "do": [call]}]})


async def event_of(connection: Any, kind: str) -> Any:
    async for event in connection:
        assert type(event).__name__ != "BaseModel"
        if event.type == kind:
            return event
    raise AssertionError(f"the connection ended without {kind}")


async def conversation(connection: Any) -> None:
    """Everything a client does, once."""
    listening: dict[str, Any] = {"transcription": {"model": "whisper-1"}}
    await connection.session.update(session={"type": "realtime", "tools": [WEATHER], "audio": {"input": listening}})
    await event_of(connection, "session.updated")
    await connection.input_audio_buffer.append(audio=LOUD)
    await connection.input_audio_buffer.append(audio=QUIET)
    await event_of(connection, "input_audio_buffer.speech_started")
    assert (await event_of(connection, "response.done")).response.status == "completed"

    await connection.session.update(session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
    await event_of(connection, "session.updated")
    await connection.input_audio_buffer.append(audio=LOUD)
    await connection.input_audio_buffer.commit()
    await event_of(connection, "input_audio_buffer.committed")
    await connection.response.create()
    await event_of(connection, "response.done")

    await connection.conversation.item.create(item=text_item("How is the weather in Kyoto?"))
    await connection.response.create()
    call = await event_of(connection, "response.function_call_arguments.done")
    assert call.arguments == '{"city": "Kyoto"}'
    await event_of(connection, "response.done")
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "Sunny"}
    await connection.conversation.item.create(item=output)
    await connection.response.create()
    answer = (await event_of(connection, "response.done")).response.output[0]

    await connection.conversation.item.truncate(item_id=answer.id, content_index=0, audio_end_ms=100)
    assert (await event_of(connection, "conversation.item.truncated")).audio_end_ms == 100
    await connection.response.cancel()
    assert (await event_of(connection, "error")).error.code == "response_cancel_not_active"


def text_item(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


@pytest.mark.parametrize("mode", ["voice", "scripted"])
def test_a_whole_conversation_in_either_mode(mode: str) -> None:
    async def talk(url: str) -> None:
        async with AsyncOpenAI(api_key="any", base_url=url) as sdk, sdk.realtime.connect(model="m") as connection:
            await conversation(connection)

    with VoiceServerThread() if mode == "voice" else scripted() as server:
        asyncio.run(talk(server.url.replace("ws:", "http:").partition("/realtime")[0]))
