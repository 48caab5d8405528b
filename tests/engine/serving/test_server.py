"""The door: where to listen, who is refused and how."""

import asyncio
import socket
import ssl
from contextlib import suppress

import pytest
import trustme

from voiceapp.engine.serving.connection import Connection, Upgrade
from voiceapp.engine.serving.server import Address, Server, dismissal, refusal


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("x.y", False),
    ],
)
def test_what_loopback_is(host: str, loopback: bool) -> None:
    assert Address(host).is_loopback is loopback


@pytest.mark.parametrize(
    ("target", "shown", "key", "status"),
    [
        ("/v1/realtime?model=m", None, None, None),
        ("/v1/realtime/?model=m", None, None, None),
        ("/v2/realtime?model=m", None, None, 404),
        ("/v1/realtime?model=m", None, "sk-1", 401),
        ("/v1/realtime?model=m", "sk-2", "sk-1", 401),
        ("/v2", "sk-2", "sk-1", 401),
        ("/v1/realtime?model=m", "sk-1", "sk-1", None),
    ],
)
def test_who_is_refused(target: str, shown: str | None, key: str | None, status: int | None) -> None:
    headers = {"authorization": f"Bearer {shown}"} if shown else {}
    refused = refusal(Upgrade(target, headers), key)
    assert (refused.status if refused else None) == status


@pytest.mark.parametrize(
    ("target", "headers", "code"),
    [
        ("/v1/realtime?model=m", {}, None),
        ("/v1/realtime", {}, "missing_model"),
        ("/v1/realtime?model=m", {"openai-beta": "realtime=v1"}, "beta_api_shape_disabled"),
    ],
)
def test_who_is_sent_away(target: str, headers: dict[str, str], code: str | None) -> None:
    dismissed = dismissal(Upgrade(target, headers))
    assert (dismissed.code if dismissed else None) == code
    if dismissed is not None:
        assert dismissed.event["error"]["code"] == code
        assert dismissed.reason == f"invalid_request_error.{code}"


@pytest.mark.parametrize("turns", range(8))
def test_whoever_is_let_in_while_it_stops_is_sent_away(turns: int) -> None:
    async def serve(_: Connection, __: Upgrade) -> None:
        await asyncio.sleep(3600)

    async def stop() -> set[asyncio.Task[None]]:
        server = Server(serve)
        port = await server.start()
        with socket.socket() as client:
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.connect(("127.0.0.1", port))
            for _ in range(turns):
                await asyncio.sleep(0)
            await server.stop()
            return asyncio.all_tasks() - {asyncio.current_task()}

    with asyncio.Runner() as runner:
        assert runner.run(stop()) == set()


@pytest.mark.parametrize("turns", range(1, 8))
def test_one_that_is_to_stop_and_is_interrupted_lets_nobody_in(turns: int) -> None:
    async def serve(_: Connection, __: Upgrade) -> None:
        await asyncio.sleep(3600)

    async def stop() -> None:
        server = Server(serve)
        port = await server.start()
        stopping = asyncio.create_task(server.stop())
        for _ in range(turns):
            await asyncio.sleep(0)
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
        with socket.socket() as client, pytest.raises(ConnectionRefusedError):
            client.connect(("127.0.0.1", port))

    with asyncio.Runner() as runner:
        runner.run(stop())


def test_one_whose_handshake_of_tls_outlasts_the_end_is_not_served() -> None:
    authority = trustme.CA()
    server_side, client_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    authority.configure_trust(client_side)
    came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_side.wrap_bio(came, goes, server_hostname="127.0.0.1")

    async def serve(_: Connection, __: Upgrade) -> None:
        await asyncio.sleep(3600)

    async def come_late() -> None:
        loop = asyncio.get_running_loop()
        server = Server(serve, Address(tls=server_side))
        port = await server.start()
        with socket.socket() as client:
            client.setblocking(False)
            await loop.sock_connect(client, ("127.0.0.1", port))
            with suppress(ssl.SSLWantReadError):
                tls.do_handshake()
            await loop.sock_sendall(client, goes.read())
            came.write(await loop.sock_recv(client, 65536))
            await server.stop()
            tls.do_handshake()
            await loop.sock_sendall(client, goes.read())
            # It would wait for a request.
            async with asyncio.timeout(10):
                while await loop.sock_recv(client, 65536):
                    pass

    with asyncio.Runner() as runner, suppress(ConnectionResetError):
        runner.run(come_late())
