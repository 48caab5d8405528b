"""One script over both drivers: the bridge's under gunicorn and the stock one under Werkzeug behave the same."""

import base64
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import engineio
import pytest
import websocket

from tests.conftest import upstream_settings
from tests.hostile import attacker
from tests.net.served import served
from tests.page_client import PageClient, chunk, of_answer
from tests.servers import Gunicorn, bridged
from tests.waiting import closed, eventually
from voiceapp import create_app
from voiceapp.config.settings import Settings
from voiceapp.engine.scripted.server import ScriptedServer
from voiceapp.net import engineio_driver
from voiceapp.net.bridge import Bridge
from voiceapp.web.services import services

Serve = Callable[..., str]
Upstream = Callable[..., ScriptedServer]


class TestACall:
    def test_it_becomes_ready_with_what_the_page_needs(self, serve: Serve, upstream: Upstream) -> None:
        with PageClient(serve(upstream(), VOICEAPP_CHUNK_MS="100", VOICEAPP_MODEL="m")) as page:
            ready = page.start()
        assert (ready["model"], ready["profile"], ready["voice"]) == ("m", "openai", "marin")
        assert (ready["sample_rate"], ready["chunk_ms"]) == (24000, 100)

    def test_every_chunk_arrives_whole_and_in_order(self, serve: Serve, upstream: Upstream) -> None:
        server = upstream("load")
        with PageClient(serve(server)) as page:
            page.start()
            page.talk(45)
            page.confirm(45)
            eventually(lambda: len(server.audio) == 45 * 40 * 48)
        assert server.audio == b"".join(base64.b64decode(chunk(n)) for n in range(1, 46))

    def test_more_sound_than_time_is_left_out_and_said(self, serve: Serve, upstream: Upstream) -> None:
        server = upstream("load")
        with PageClient(serve(server)) as page:
            page.start()
            # Of what was said before the call was ready 15 s may come at once.
            page.talk(450)
            page.expect("notice", lambda notice: notice["code"] == "too_fast")
            page.confirm(450)
            time.sleep(0.5)
            page.emit("audio", 451, chunk(451))
            assert eventually(lambda: server.audio.endswith(base64.b64decode(chunk(451))))
        assert 15_000 <= len(server.audio) / 48 <= 17_500

    def test_a_spoken_turn_is_answered_with_sound_and_words_in_order(self, app_url: str) -> None:
        with PageClient(app_url) as page:
            page.start()
            page.talk(20)
            page.expect("transcript", lambda _, data: data.get("item") == "a1" and data.get("final"))
            page.expect("audio", lambda n, item, sound: sound == "")
            texts = {data["item"]: data["text"] for _, data in page.named("transcript") if data.get("final")}
            sound = b"".join(base64.b64decode(each) for _, _, each in page.named("audio"))
            places = [(data["id"], data["after"]) for _, data in page.named("item")]
        assert texts == {"u1": "Hi.", "a1": "Hello there. How are you?"}
        assert places == [("u1", None), ("a1", "u1")]
        assert len(sound) == 1200 * 48

    def test_numbered_events_have_no_hole(self, app_url: str) -> None:
        with PageClient(app_url) as page:
            page.start()
            page.talk(20)
            page.expect("usage", of_answer)
            numbered = [
                args[0]
                for name, args in page.events
                if name in ("turn", "item", "transcript", "audio", "flush", "usage")
            ]
        assert numbered == list(range(1, len(numbered) + 1))

    def test_typed_text_is_answered(self, app_url: str) -> None:
        with PageClient(app_url) as page:
            page.start()
            page.emit("text", {"text": "Hello"})
            page.expect("transcript", lambda _, data: data.get("text") == "You wrote to me." and data["final"])

    def test_hanging_up_ends_it_and_closes_the_upstream(self, serve: Serve, upstream: Upstream) -> None:
        server = upstream()
        with PageClient(serve(server)) as page:
            page.start()
            page.emit("stop", {})
            assert page.expect("ended") == [{"reason": "stopped"}]
            assert closed(server)

    def test_another_call_can_follow_on_the_same_socket(self, app_url: str) -> None:
        with PageClient(app_url) as page:
            page.start()
            page.emit("stop", {})
            page.expect("ended")
            assert page.call("start", {}) == {"ok": True}
            page.wait(lambda: len(page.named("ready")) == 2)
            page.talk(20)
            page.expect("audio", lambda n, item, sound: item == "a1")

    def test_calls_do_not_hear_each_other(self, app_url: str) -> None:
        with PageClient(app_url) as one, PageClient(app_url) as other:
            one.start()
            other.start()
            one.talk(20)
            one.expect("usage", of_answer)
        assert other.named("audio") == []


class TestBargeIn:
    def test_speech_flushes_and_what_was_heard_is_kept_upstream(self, serve: Serve, upstream: Upstream) -> None:
        server = upstream("barge_in_while_playing")
        with PageClient(serve(server)) as page:
            page.start()
            page.talk(40)
            assert page.expect("flush")[1] == {"item": "a1"}
            page.emit("flushed", {"item": "a1", "heard_ms": 640})
            cut = page.expect("transcript", lambda _, data: "heard" in data)[1]
            server.wait_for(
                lambda events: any(event["type"] == "conversation.item.truncate" for event in events), timeout=5
            )
        (truncate,) = (event for event in server.received if event["type"] == "conversation.item.truncate")
        assert (truncate["item_id"], truncate["audio_end_ms"]) == ("a1", 640)
        assert "Once upon a time there was a very long story.".startswith(cut["heard"])
        assert "response.cancel" not in {event["type"] for event in server.received}


class TestPushToTalk:
    def test_the_key_commits_and_asks_for_an_answer(self, serve: Serve, upstream: Upstream) -> None:
        server = upstream("push_to_talk")
        with PageClient(serve(server)) as page:
            page.start(turn={"mode": "push_to_talk"})
            page.emit("talk", {"down": True})
            page.talk(10)
            page.emit("talk", {"down": False})
            page.expect("transcript", lambda _, data: data.get("text") == "I heard you." and data["final"])
        kinds = [event["type"] for event in server.received if event["type"] != "input_audio_buffer.append"]
        assert kinds == ["session.update", "input_audio_buffer.clear", "input_audio_buffer.commit", "response.create"]
        assert server.received[0]["session"]["audio"]["input"]["turn_detection"] is None

    def test_the_mode_can_be_changed_in_mid_call(self, serve: Serve, upstream: Upstream) -> None:
        server = upstream()
        with PageClient(serve(server)) as page:
            page.start()
            assert page.call("configure", {"turn": {"mode": "server_vad", "silence_ms": 900}}) == {"ok": True}
            assert page.call("configure", {"turn": {"mode": "server_vad", "silence_ms": 9}})["ok"] is False
            page.talk(20)
            page.expect("usage", of_answer)
        updates = [event["session"] for event in server.received if event["type"] == "session.update"]
        assert updates[1]["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 900


class TestBadEvents:
    @pytest.mark.parametrize(
        ("packet", "complaint"),
        [
            ('2["shout",{}]', "no event 'shout'"),
            ('2["text",{"text":"Hi","loud":true}]', "no field 'loud'"),
            ('2["text",{"text":""}]', "text.text must be"),
            ('2["text","Hi"]', "one object"),
            ('2["heard",{"item":"a1","heard_ms":-1}]', "heard.heard_ms must be"),
            ('2["heard",{"item":"a1","heard_ms":true}]', "heard.heard_ms must be"),
            ('2["audio",1,"AAA"]', "incomplete"),
            ('2["audio",1,"////AA=="]', None),
            ('2["audio",1,"AAAAA==="]', "not base64"),
            ('2["audio",1,"AAAA"]', "middle of a sample"),
            ('2["audio",7,"AAAAAAAA"]', "expected number 1, got 7"),
            ('2["audio","1","AAAAAAAA"]', "a chunk's number"),
            ('2["audio",1]', "a chunk's number"),
            ('2["audio",1,"AA\\"AAAAA"]', "not base64"),
            ('2["start",{}]', "already in progress"),
        ],
    )
    def test_it_is_refused_by_name_and_the_call_goes_on(self, app_url: str, packet: str, complaint: str | None) -> None:
        with PageClient(app_url) as page:
            page.start()
            page.send_packet(packet)
            if complaint:
                notice = page.expect("notice")[0]
                assert complaint in notice["message"]
                assert not notice["fatal"]
            page.emit("text", {"text": "Hello"})
            page.expect("transcript", lambda _, data: data.get("text") == "You wrote to me." and data["final"])

    def test_before_a_call_there_is_nothing_to_talk_to(self, app_url: str) -> None:
        with PageClient(app_url) as page:
            page.emit("audio", 1, chunk(1))
            assert page.expect("notice")[0]["code"] == "not_started"

    def test_a_start_with_a_voice_nobody_has_is_refused_in_its_answer(self, app_url: str) -> None:
        with PageClient(app_url) as page:
            answer = page.call("start", {"voice": "nobody"})
        assert (answer["ok"], answer["error"]["code"]) == (False, "bad_event")
        assert "marin" in answer["error"]["message"]


class TestLeaving:
    @pytest.mark.parametrize("how", ["close", "vanish"])
    def test_a_browser_that_leaves_closes_its_upstream(self, serve: Serve, upstream: Upstream, how: str) -> None:
        server = upstream()
        # Else its call would wait for it.
        page = PageClient(serve(server, VOICEAPP_RESUME="no"))
        page.start()
        getattr(page, how)()
        assert closed(server)

    def test_a_socketio_disconnect_does_too(self, serve: Serve, upstream: Upstream) -> None:
        server = upstream()
        with PageClient(serve(server, VOICEAPP_RESUME="no")) as page:
            page.start()
            page.send_packet("1")
            assert closed(server)


class TestTheLog:
    def test_it_is_told_only_while_it_is_watched_and_holds_no_words(self, app_url: str) -> None:
        with PageClient(app_url) as page:
            page.start()
            page.emit("watch", {"on": True})
            page.talk(20)
            page.expect("usage", of_answer)
            page.emit("watch", {"on": False})
            page.emit("text", {"text": "Hello"})
            page.expect("transcript", lambda _, data: data.get("text") == "You wrote to me." and data["final"])
            lines = [data for (data,) in page.named("log")]
        seen = {(line["direction"], line["type"]) for line in lines}
        assert ("up", "input_audio_buffer.append") in seen
        assert ("down", "response.output_audio.delta") in seen
        assert ("up", "conversation.item.create") not in seen
        assert "Hello there" not in str(lines)
        # What was said before it was watched is told as well.
        assert lines[0]["type"] == "session.created"
        assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
        assert set(lines[0]) == {"n", "direction", "type", "at", "bytes", "summary", "body", "late"}


# What only our own driver can promise


@contextmanager
def bare_socket(url: str, **options: Any) -> Iterator[websocket.WebSocket]:
    address = url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    connection = websocket.create_connection(address, timeout=5, **options)
    try:
        yield connection
    finally:
        connection.shutdown()


def test_permessage_deflate_is_declined_by_both(app_url: str) -> None:
    options = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    with bare_socket(app_url, header=options) as connection:
        assert "sec-websocket-extensions" not in connection.getheaders()


def test_polling_is_refused_by_both(app_url: str) -> None:
    host, port = app_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as plain:
        plain.sendall(
            b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        assert b" 426 " in plain.recv(200)


@pytest.mark.parametrize(
    ("message", "code"),
    [("x", 1002), ("", 1002), ("6", 1002), ("9" * 300_000, 1009)],
    ids=["letter", "nothing", "noop", "too long"],
)
def test_what_is_not_engineio_closes_the_socket_with_a_reason(app: Gunicorn, message: str, code: int) -> None:
    with bare_socket(app.url) as connection:
        connection.recv()
        connection.send(message)
        opcode, data = connection.recv_data()
    assert (opcode, int.from_bytes(data[:2], "big")) == (websocket.ABNF.OPCODE_CLOSE, code)


def test_a_handshake_without_a_key_gets_a_plain_refusal(app: Gunicorn) -> None:
    with socket.create_connection(("127.0.0.1", app.port), timeout=5) as plain:
        plain.sendall(
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert plain.recv(200).startswith(b"HTTP/1.1 400 ")


def test_connections_cost_no_thread(app: Gunicorn) -> None:
    def threads() -> int:
        return sum(len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in app.worker_pids())

    with PageClient(app.url):
        pass
    before = threads()
    for _ in range(2):
        with ExitStack() as pages:
            for _ in range(10):
                pages.enter_context(PageClient(app.url))
            assert threads() == before


def test_a_server_on_another_loop_than_the_apps_is_refused_and_not_mixed_with_it() -> None:
    app = create_app(Settings.from_env({}))
    with served(app) as server:
        status, _, _ = server.ask(attacker.upgrade())
    services(app).bridge.stop()
    assert status == 500


def test_a_browser_that_is_gone_before_its_answer_leaves_nothing_behind() -> None:
    """Under gunicorn's own threaded worker, which is told by an exception that its socket was taken."""
    server = engineio.Server(async_mode="threading", transports=["websocket"])
    for event in ("connect", "disconnect"):
        server.on(event, lambda *_: None)
    bridge = Bridge()
    engineio_driver.install(server, bridge)
    ours, theirs = socket.socketpair()
    theirs.close()
    ours.shutdown(socket.SHUT_WR)
    environ = {
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": "EIO=4&transport=websocket",
        "HTTP_CONNECTION": "Upgrade",
        "HTTP_UPGRADE": "websocket",
        "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==",
        "HTTP_SEC_WEBSOCKET_VERSION": "13",
        "gunicorn.socket": ours,
    }
    with pytest.raises((StopIteration, RuntimeError)):
        server.handle_request(environ, lambda *_: None)
    bridge.stop()
    ours.close()
    assert server.sockets == {}


def frames(*messages: str, close: int = 1000) -> bytes:
    """Text frames and a close frame, as one segment."""
    texts = [websocket.ABNF.create_frame(each, websocket.ABNF.OPCODE_TEXT) for each in messages]
    goodbye = websocket.ABNF.create_frame(close.to_bytes(2, "big"), websocket.ABNF.OPCODE_CLOSE)
    return b"".join(frame.format() for frame in (*texts, goodbye))


def test_a_goodbye_behind_what_is_answered_ends_the_call(upstream: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    """In one segment, and with the TCP connection left open."""
    due_an_ack = f'42["audio",1,"{chunk(1, 200)}"]'
    messages = [due_an_ack, '42["text",{"text":"Hello"}]', '42["stop",{}]', '427["configure",{}]', "3", "1"]
    server = upstream()
    with caplog.at_level(logging.INFO), bridged(upstream_settings(server, VOICEAPP_RESUME="no")) as app:
        for message in messages:
            with PageClient(app.url) as page:
                page.start()
                page.socket.sock.sendall(frames(message))
                assert eventually(lambda: bool(server.connections[-1].closed)), message
        assert eventually(lambda: caplog.text.count("event=call_ended") == len(messages))
    assert "Traceback" not in caplog.text
