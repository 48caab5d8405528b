"""One who asks for much, by many sockets: the others do not notice, and the bill stays small."""

import contextlib
import time

from tests.conftest import SCENARIOS
from tests.hostile.attacker import Attacked, Line, ask, health_s, lines, request, text, upgrade
from tests.hostile.conftest import ServeHere
from tests.servers import Gunicorn
from voiceapp.engine.scripted.server import ScriptedServer

# As a stranger on the internet meets the app.
STRANGERS = {"VOICEAPP_PROXIES": "1", "VOICEAPP_PUBLIC": "yes", "VOICEAPP_CALLS_PER_ADDRESS": "0"}


def test_long_packets_of_small_lists_delay_nobody(server: Gunicorn) -> None:
    """Bound: 40 sockets with 200 kB of lists, and three with 60 kB again and again: a call answers within 1 s."""
    with Line(server) as line:
        line.start()
        attacked = Attacked(server, line)
        long, short = (text("42" + f'["x",[{"[]," * count}[]]]') for count in (66_000, 20_000))
        with lines(server, 40) as held:
            for each in held:
                each.send(long)
            attacked.holds()
            assert {each.closed_within(5) for each in held} == {1009}
        with lines(server, 3) as held:
            for _ in range(60):
                for each in held:
                    each.send(short)
            attacked.holds()


def test_typed_texts_have_a_pace(serve_here: ServeHere) -> None:
    """Bound: 90 texts of 8 kB in a moment: a few go to the upstream, the page is told, and the call goes on."""
    with ScriptedServer(SCENARIOS / "hello.toml") as upstream:
        server = serve_here(upstream)
        with Line(server) as line:
            line.start()
            for _ in range(90):
                line.emit("text", {"text": "x" * 7_900})
            line.until(lambda: "too_fast" in line.codes())
            assert line.echo_s() < 1
            assert health_s(server) < 0.5
            typed = [each for each in upstream.connections[0].events if each["type"] == "conversation.item.create"]
            assert 1 <= len(typed) <= 6


def test_reconnecting_does_not_renew_the_pace_of_calls(serve_here: ServeHere) -> None:
    """Bound: one address begins call after call on new sockets: 20 reach the upstream, and few more later."""
    with ScriptedServer(SCENARIOS / "hello.toml") as upstream:
        server = serve_here(upstream, **STRANGERS)
        refused = 0
        for _ in range(40):
            with Line(server, X_Forwarded_For="203.0.113.7") as line:
                line.emit("start", {})
                line.until(lambda line=line: line.named("ready") or line.named("ended"))  # type: ignore[misc]
                refused += line.named("ended") == [[{"reason": "too_often"}]]
        assert refused >= 15
        assert len(upstream.connections) <= 25
        with Line(server, X_Forwarded_For="198.51.100.7") as other:
            other.start()


def test_one_address_cannot_take_all_sockets(serve_here: ServeHere) -> None:
    """Bound: 12 sockets of one person, then 429; another person is served."""
    server = serve_here(**STRANGERS)
    with contextlib.ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(Line(server, X_Forwarded_For="203.0.113.7"))
        status, _, body = ask(server, upgrade(X_Forwarded_For="203.0.113.7"))
        assert (status, b"too_many_calls" in body) == (429, True)
        with Line(server, X_Forwarded_For="198.51.100.7") as other:
            other.start()


def test_open_pages_fill_no_house(serve_here: ServeHere) -> None:
    """Bound: 92 pages without a call where three calls fit: the next one is served."""
    server = serve_here(VOICEAPP_MAX_CALLS="3")
    with lines(server, 92) as held:
        assert ask(server, request("/admission"))[0] == 200
        for line in held[:3]:
            line.start()
        began = time.monotonic()
        assert ask(server, upgrade())[0] == 503
        assert time.monotonic() - began < 1
