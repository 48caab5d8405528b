"""The engine as a process: reads options, tells its state as JSON lines on standard output, ends with its parent."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from .protocol import session_object
from .scripted.recorder import lines_to
from .scripted.scenario import load
from .scripted.server import ScenarioServer
from .serving import memory
from .serving.server import Address, Server

KEY = "VOICEAPP_ENGINE_KEY"


# Called with the name of an event and its fields.
Tell = Callable[..., None]


class OptionError(ValueError):
    """The engine cannot start with these options."""


def arguments(line: list[str] | None = None) -> argparse.Namespace:
    about = "The embedded engine: a Realtime speech-to-speech server on CPU."
    parser = argparse.ArgumentParser("python -m voiceapp.engine", description=about)
    parser.add_argument(
        "--host", default="127.0.0.1", help=f"address to listen on; beyond loopback only if {KEY} is set"
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes any free port")
    parser.add_argument("--mode", choices=("voice", "scripted"), default="voice", help="scripted plays a scenario")
    parser.add_argument("--scenario", type=Path, help="scripted mode: TOML file; without it, a well-behaved server")
    parser.add_argument("--record", type=Path, help="scripted mode: write what clients send here, as JSON lines")
    parser.add_argument(
        "--session-seconds", type=float, default=session_object.SESSION_SECONDS, help="length of a session"
    )
    parser.add_argument(
        "--most-calls", dest="max_calls", type=int, default=16, help="voice mode: further calls get HTTP 503"
    )
    parser.add_argument("--certificate", type=Path, help="TLS certificate chain (PEM)")
    parser.add_argument("--key-file", type=Path, help="private key of the certificate (PEM)")
    parser.add_argument("--stay-with-parent", action="store_true", help="exit when standard input closes")
    return parser.parse_args(line)


def main(tell: Tell) -> None:
    """Runs until a signal comes or the parent ends. Raises `MissingError`, `OSError` or a `ValueError`."""
    options = arguments()
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(run(options, tell))


async def run(options: argparse.Namespace, tell: Tell) -> None:
    address = address_of(options)
    stop = asyncio.Event()
    listen_for_the_end(stop, options.stay_with_parent)
    with contextlib.ExitStack() as resources:
        if options.mode == "scripted":
            await serve_script(options, address, tell, stop, resources)
        else:
            await serve_voice(options, address, tell, stop)


async def serve_script(
    options: argparse.Namespace, address: Address, tell: Tell, stop: asyncio.Event, resources: contextlib.ExitStack
) -> None:
    scripted = ScenarioServer(load(options.scenario), os.environ.get(KEY) or None)
    if options.record:
        scripted.record = lines_to(resources.enter_context(options.record.open("w", encoding="utf-8")))
    server = Server(scripted.serve, address)
    tell("listening", host=address.host, port=await server.start())
    tell("ready")
    await stop.wait()
    await server.stop()


async def serve_voice(options: argparse.Namespace, address: Address, tell: Tell, stop: asyncio.Event) -> None:
    # Imported here so that scripted mode runs where numpy and the models are not installed.
    from .serving.voice_server import VoiceServer

    memory.hold_together()
    voice_server = VoiceServer(os.environ.get(KEY) or None, options.session_seconds, options.max_calls)
    server = Server(voice_server.serve, address)
    tell("listening", host=address.host, port=await server.start())
    loading = asyncio.create_task(
        voice_server.load(lambda part, done, of: tell("loading", part=part, done=done, of=of))
    )
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({loading, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if loading.done():
        loading.result()
        tell("ready")
        await stopped
    await server.stop()
    voice_server.close()


def address_of(options: argparse.Namespace) -> Address:
    address = Address(options.host, options.port, tls_of(options))
    if not address.is_loopback and not os.environ.get(KEY):
        raise OptionError(
            f"{KEY} is not set. Without a key the engine listens on loopback only, not on {address.host}."
        )
    return address


def tls_of(options: argparse.Namespace) -> ssl.SSLContext | None:
    if options.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key_file)
    return context


def listen_for_the_end(stop: asyncio.Event, stay_with_parent: bool) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    if stay_with_parent:
        watch = threading.Thread(target=wait_for_end_of_input, args=(loop, stop.set), daemon=True)
        watch.start()


def wait_for_end_of_input(loop: asyncio.AbstractEventLoop, then: Callable[[], None]) -> None:
    """The parent's end of the pipe closes even if the parent is killed."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(then)
