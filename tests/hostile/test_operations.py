"""The process under attack and at its end: secrets, numbers, SIGTERM, SIGKILL, and peers that vanish."""

import base64
import json
import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.hostile.attacker import Line, Watch, answer, ask, connect, fetch, get, lines, request, upgrade
from tests.hostile.conftest import Serve, ServeHere, Vanished
from tests.page_client import PageClient, of_answer
from tests.servers import Gunicorn, answers
from tests.waiting import eventually
from voiceapp.engine.scripted.server import ScriptedServer

SOUND = base64.b64encode(bytes(range(256)) * 7 + bytes(128)).decode()
CODE, SECRET, TOKEN, KEY = "marked-code-1", "marked-secret-key-2", "marked-token-3", "sk-test-marked-key"


def sample(server: Gunicorn, name: str) -> float:
    text = get(server, "/metrics")[2].decode()
    return sum(float(value) for value in re.findall(rf"^{re.escape(name)} ([0-9.e+-]+)$", text, re.MULTILINE))


def cookie_of(server: Gunicorn) -> str:
    """Of somebody who knows the code."""
    body = f"code={CODE}".encode()
    head = request("/login", "POST", Content_Type="application/x-www-form-urlencoded", Content_Length=str(len(body)))
    return ask(server, head + body)[1]["set-cookie"].partition(";")[0]


# Secrets


def test_no_secret_word_or_sound_is_seen_anywhere(serve: Serve, hello: ScriptedServer) -> None:
    """Bound: a whole run with marked secrets: none in the log, the bodies, the frames or the process's arguments."""
    server = serve(
        VOICEAPP_ACCESS_CODE=CODE, SECRET_KEY=SECRET, VOICEAPP_METRICS_TOKEN=TOKEN, PYTHONDEVMODE="", DEBUG="1"
    )
    seen = b""
    cookie = cookie_of(server)
    for path in ("/", "/login", "/healthz", "/readyz", "/metrics", "/admission", "/nothing", "/socket.io/?EIO=4"):
        for extra in ({}, {"Cookie": cookie}, {"Authorization": f"Bearer {TOKEN}"}):
            status, found, content = get(server, path, **extra)
            seen += json.dumps(found).encode() + content
            assert status < 500
    with PageClient(server.url, {"Cookie": cookie}) as page:
        page.start()
        page.emit("watch", {"on": True})
        page.emit("text", {"text": "a very private sentence"})
        for n in range(1, 21):
            page.emit("audio", n, SOUND)
        page.expect("usage", of_answer)
        page.emit("nonsense", {"sk-abcdefghijkl": 1})
        told = [args for name, args in page.events if name in ("log", "notice", "ready", "limits")]
        seen += json.dumps(told).encode()
    seen += server.log.read_bytes()
    for pid in [server.process.pid, *server.worker_pids()]:
        seen += Path(f"/proc/{pid}/cmdline").read_bytes()
    value = cookie.partition("=")[2]
    for secret in (CODE, SECRET, TOKEN, KEY, value, "private sentence", SOUND[:40], "Hello there"):
        assert secret.encode() not in seen, secret


def test_the_log_has_a_line_for_a_calls_start_and_end(server: Gunicorn) -> None:
    """Bound: one line each, with the call's id and the request's."""
    with Line(server) as line:
        line.start()
        call = line.named("ready")[0][0]["conversation"]
        line.emit("stop", {})
        line.until(lambda: line.named("ended"))
    log = server.log.read_text()
    assert len(re.findall(rf"event=call_started call={call} request=[0-9a-f]{{8}} who=[0-9a-f]{{8}}$", log, re.M)) == 1
    assert len(re.findall(rf"event=call_ended call={call} reason=stopped seconds=[0-9.]+$", log, re.M)) == 1


def test_a_line_break_in_what_is_sent_forges_no_line_in_the_log(server: Gunicorn) -> None:
    forged = "x\n2026-01-01 00:00:00 WARNING voiceapp event=call_ended call=forged"
    with Line(server) as line:
        line.emit(forged, {})
        line.emit("text", {forged: 1})
        line.until(lambda: line.codes())
    assert "\n2026-01-01" not in server.log.read_text()


def test_strangers_cannot_fill_the_log(serve: Serve) -> None:
    """Bound: thousands of wrong events, codes, requests and upgrades: ten lines a second at the most, and counted."""
    server = serve(VOICEAPP_ACCESS_CODE=CODE, VOICEAPP_PROXIES="1")
    cookie = cookie_of(server)
    began = time.monotonic()
    form = {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": "9"}
    with lines(server, 10, Cookie=cookie) as held:
        for n in range(100):
            for line in held:
                line.emit("nonsense", {})
                line.emit("start", {"voice": n})
            ask(server, request("/login", "POST", X_Forwarded_For=f"198.51.100.{n}", **form) + b"code=nope")
            ask(server, upgrade(Origin="http://evil.example", Connection="close", Cookie=cookie))
            ask(server, upgrade(Sec_WebSocket_Version="8", Connection="close", Cookie=cookie))
            ask(server, b"GET / HTTP/9.9\r\n\r\n")
            ask(server, b"\x80\xff\r\n\r\n")
    time.sleep(1.2)
    log = server.log.read_text()
    assert len(log.splitlines()) < 10 * (time.monotonic() - began + 1), log
    for kind in ("code=bad_event", "a wrong access code", "code=wrong_place", "code=no_upgrade"):
        assert re.search(rf"{kind}.*more like this\)", log), kind


# Numbers


def test_the_numbers_are_right_over_two_workers(serve: Serve) -> None:
    """Bound: with two workers, calls that go on and calls that began are exact, whoever is asked."""
    server = serve(WEB_CONCURRENCY="2")
    with lines(server, 6) as held:
        for line in held:
            line.start()
        for _ in range(5):
            assert sample(server, "voiceapp_calls") == 6
            assert sample(server, "voiceapp_calls_started_total") == 6
        assert eventually(lambda: sample(server, 'voiceapp_bytes_total{direction="in",side="upstream"}') > 100)
        for pid in server.worker_pids():
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: answers(server.url + "/healthz"))
    assert eventually(lambda: sample(server, "voiceapp_calls") == 0)
    assert sample(server, "voiceapp_calls_started_total") == 6


def test_the_numbers_are_for_loopback_or_a_token(serve_here: ServeHere, server: Gunicorn) -> None:
    assert get(server, "/metrics")[0] == 200
    assert get(server, "/metrics", X_Forwarded_For="203.0.113.1")[0] == 403
    guarded = serve_here(VOICEAPP_METRICS_TOKEN=TOKEN)
    assert get(guarded, "/metrics")[0] == 403
    assert get(guarded, "/metrics", Authorization="Bearer wrong")[0] == 403
    assert get(guarded, "/metrics", Authorization=f"Bearer {TOKEN}")[0] == 200


def test_every_answer_carries_the_headers(server: Gunicorn) -> None:
    """Bound: page, file, refusal and error alike; HSTS under https alone."""
    answers = [
        get(server, "/"),
        get(server, "/healthz"),
        get(server, "/nothing"),
        get(server, "/", Host="evil.example"),
        ask(server, upgrade(Origin="http://evil.example")),
        get(server, "/socket.io/?EIO=4&transport=polling"),
    ]
    for _, headers, _ in answers:
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["permissions-policy"].startswith("microphone=(self)")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
    page = answers[0][2].decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)


def test_under_https_the_browser_is_told_to_stay_there(serve_here: ServeHere) -> None:
    server = serve_here(VOICEAPP_PROXIES="1")
    assert "max-age" in get(server, "/", X_Forwarded_Proto="https")[1]["strict-transport-security"]


# The end


def test_sigterm_tells_everyone_refuses_newcomers_and_is_gone(serve: Serve, hello: ScriptedServer) -> None:
    """Bound: `going_away` within 1 s to callers and idle pages; newcomers refused, not hung; upstreams closed;
    gone in 8 s though no client answers the close, and one that was kept alive does not leave."""
    server = serve()
    with lines(server, 4) as held, connect(server) as kept_alive:
        kept_alive.sendall(request("/healthz"))
        assert answer(kept_alive)[0] == 200
        for line in held[:3]:
            line.start()
        upstreams = hello.connections[-3:]
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        for line in held:
            line.until(lambda line=line: line.named("going_away"), timeout=1)  # type: ignore[misc]
            assert 0 < line.named("going_away")[0][0]["reconnect_in_ms"] <= 2000
        assert time.monotonic() - began < 1
        for line in held[:3]:
            line.until(lambda line=line: line.named("ended"))  # type: ignore[misc]
            assert line.named("ended") == [[{"reason": "server_stopping"}]]
            assert "server_stopping" in line.codes()
        time.sleep(max(0, began + 1.2 - time.monotonic()))
        asked = time.monotonic()
        with pytest.raises(ConnectionRefusedError):
            connect(server, timeout=3).close()
        assert time.monotonic() - asked < 1
        assert server.process.wait(10) == 0
        assert time.monotonic() - began < 8
        assert all(each.closed for each in upstreams)
        for line in held:
            line.closed_within(5)
    assert server.log.read_text().count("reason=server_stopping") == 3


def test_sigterm_while_being_attacked_still_ends(serve: Serve) -> None:
    """Bound: floods, half requests and a reader that does not read: gone in 15 s."""
    server = serve()
    stop = threading.Event()

    def flood() -> None:
        with Line(server) as line:
            while not stop.is_set() and not line.gone:
                line.send(b"\x8a\x80\0\0\0\0" * 20)
                time.sleep(0.05)

    attackers = [threading.Thread(target=flood) for _ in range(3)]
    for attacker in attackers:
        attacker.start()
    held = [connect(server) for _ in range(20)]
    for sock in held:
        sock.sendall(b"GET / HT")
    time.sleep(0.3)
    began = time.monotonic()
    assert server.stop(timeout=15) == 0
    assert time.monotonic() - began < 15
    stop.set()
    for attacker in attackers:
        attacker.join(5)
    for sock in held:
        sock.close()


def test_a_caller_that_vanishes_closes_its_upstream(vanished: Vanished) -> None:
    """Bound: a caller that answers no ping, its TCP alive, is noticed and its upstream closed within 25 s."""
    vanished.thread.join(30)
    assert vanished.took_s is not None
    assert vanished.took_s <= 25


def test_health_answers_at_once_beside_many_calls(server: Gunicorn) -> None:
    """Bound: 60 callers talk; health under 0.5 s; none costs a thread."""
    watch = Watch(server)
    with lines(server, 60) as held:
        for line in held:
            line.start()
        for n in range(1, 10):
            for line in held:
                line.emit("audio", n, "A" * 2560)
        assert watch.health_s() < 0.5
        assert watch.more_threads <= 4
        assert fetch(server.url + "/admission")[0] == 200
