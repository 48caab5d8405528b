"""How soon many calls are ready that start at once: `python -m benchmarks.starts` (see README.md)."""

import argparse
import ssl
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import trustme

from .contenders import OURS, Field
from .load import VoiceAppCaller
from .process import Process, free_port
from .run import Stage

WITHIN_S, READY_S = 2.0, 30.0
CHUNK_MS = 40
WARM_UP_CALLS = 10


class StartingCaller(VoiceAppCaller):
    """Notes when it asked for its call, and when it had it."""

    asked_at = ready_at = 0.0

    def opening(self) -> bytes:
        self.asked_at = time.monotonic()
        return super().opening()

    def begin(self) -> None:
        self.ready_at = self.ready_at or time.monotonic()
        super().begin()

    @property
    def took_ms(self) -> float:
        return (self.ready_at - self.asked_at) * 1000


@contextmanager
def certified(tls: bool) -> Iterator[tuple[ssl.SSLContext | None, dict[str, str]]]:
    """A certificate for this machine, made now, and the settings with which it is trusted."""
    if not tls:
        yield None, {}
        return
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with tempfile.TemporaryDirectory() as folder:
        trusted = Path(folder) / "authorities.pem"
        # Beside the system's own, of which there are more than a hundred on most machines.
        system = ssl.get_default_verify_paths().cafile
        trusted.write_bytes((Path(system).read_bytes() if system else b"") + authority.cert_pem.bytes())
        yield context, {"SSL_CERT_FILE": str(trusted)}


def measure(calls: int, tls: bool) -> list[float]:
    """Milliseconds from each start to its ready."""
    with certified(tls) as (certificate, settings), Stage(certificate) as stage:
        contender = Field([OURS], calls + WARM_UP_CALLS, CHUNK_MS).contender(OURS, stage.url, **settings)
        port = free_port()
        process = Process(contender.command, contender.folder, {**contender.env, "PORT": str(port)}, port)
        callers: list[StartingCaller] = []
        try:
            process.wait()
            headers = contender.login(port)
            begin(stage, callers, port, headers, WARM_UP_CALLS)
            begin(stage, callers, port, headers, calls)
        finally:
            for caller in callers:
                caller.hang_up()
            stage.reactor.run(0.5)
            process.stop()
    return [caller.took_ms for caller in callers[WARM_UP_CALLS:]]


def begin(stage: Stage, callers: list[StartingCaller], port: int, headers: str, count: int) -> None:
    """So many more, evenly within the time; return when all are ready."""
    began = time.monotonic()

    def call() -> None:
        caller = StartingCaller(stage.reactor, stage.board, stage.board.add(CHUNK_MS), CHUNK_MS, headers)
        callers.append(caller)
        caller.connect(port)

    for place in range(count):
        stage.reactor.call_at(began + WITHIN_S * place / count, call)
    stage.reactor.run(WITHIN_S)
    stage.reactor.run_until(lambda: all(each.is_ready or each.is_closed for each in callers), READY_S)
    troubles = [each.trouble or "never ready" for each in callers if not each.is_ready]
    if troubles:
        raise ConnectionError(f"{len(troubles)} calls did not begin; the first: {troubles[0]}")


def spread(times: Sequence[float]) -> str:
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f}, longest {max(times):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.starts", description=__doc__)
    parser.add_argument("--calls", type=int, default=100, help="which start within two seconds")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for turn in range(1, options.rounds + 1):
        for tls in (False, True):
            times = measure(options.calls, tls)
            print(f"round {turn}, upstream {'over TLS' if tls else 'in plain'}: {spread(times)}", flush=True)


if __name__ == "__main__":
    main()
