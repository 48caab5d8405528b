"""A relay on aiohttp, in the style of VoiceRAG's `rtmt.py`: two pumps, and every message is parsed."""

import asyncio
import json
import os

import aiohttp
from aiohttp import web

URL, KEY = os.environ["UPSTREAM_URL"], os.environ["UPSTREAM_KEY"]


def to_server(message: str) -> str:
    event = json.loads(message)
    if event["type"] == "session.update":
        event["session"]["instructions"] = "Be brief."
        return json.dumps(event)
    return message


def to_client(message: str) -> str:
    event = json.loads(message)
    if event["type"] == "session.created":
        event["session"]["instructions"] = ""
        return json.dumps(event)
    return message


async def join(request: web.Request) -> web.WebSocketResponse:
    browser = web.WebSocketResponse(compress=False)
    await browser.prepare(request)
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session,
        session.ws_connect(URL) as upstream,
    ):

        async def up() -> None:
            async for message in browser:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await upstream.send_str(to_server(message.data))
            await upstream.close()

        async def down() -> None:
            async for message in upstream:
                if message.type is aiohttp.WSMsgType.TEXT:
                    await browser.send_str(to_client(message.data))
            await browser.close()

        await asyncio.gather(up(), down(), return_exceptions=True)
    return browser


app = web.Application()
app.router.add_get("/v1/realtime", join)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None, backlog=2000)
