"""A developer's tools, of every kind, for a server that is told of this file."""

import asyncio
import functools
import gc
import threading
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from voiceapp.tools import ToolContext, tool

SECRET = "sk-secret-of-the-shop"


class Line(BaseModel):
    """What is ordered."""

    article: str
    count: Annotated[int, Field(ge=1, le=99)] = 1


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Shop:
    town: str
    open: bool = True


@tool
def find_article(query: str, size: Literal["s", "m", "l"] = "m") -> str:
    """Look for an article
    in the shop.

    Args:
        query: what is looked for,
            in a few words
        size: of the article
    """
    return f"{query} in {size}"


@tool(timeout=5, confirm=True)
async def place_order(lines: list[Line], context: ToolContext, colour: Colour = Colour.RED) -> dict[str, Any]:
    """Order articles."""
    context.say_progress("The order is on its way")
    await asyncio.sleep(0)
    return {"lines": lines, "colour": colour, "for": context.visitor, "total": Decimal("9.50"), "on": date(2026, 1, 2)}


def logged(function: Any) -> Any:
    """As developers write it: it hides that the function is async."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call


@tool
@logged
async def decorated() -> str:
    """Wait, behind a decorator."""
    await asyncio.sleep(0)
    return "waited"


@tool
async def forgetful() -> str:
    """Begin something that fails."""

    async def fail() -> None:
        raise ValueError(SECRET)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    gc.collect()
    return "begun"


@tool
async def blocking() -> None:
    """Block the loop of all."""
    time.sleep(1.5)


@tool
def near_shop(
    town: Annotated[str, Field(description="where", min_length=2)], context: ToolContext | None = None
) -> Shop:
    """Find the nearest shop."""
    return Shop(f"{town} {context.language if context else ''}")


@tool
def broken(number: int = Field(3, ge=1, description="any number")) -> None:
    """Fail, with a secret in what is said of it."""
    raise RuntimeError(f"{SECRET} {number}")


@tool
def leave() -> None:
    """End the process, if it is let."""
    raise SystemExit(SECRET)


@tool
async def leave_too() -> None:
    """End the loop, if it is let."""
    raise SystemExit(SECRET)


@tool
def big() -> str:
    """Return five million bytes."""
    return "é" * 2_500_000


@tool
def odd() -> Any:
    """Return what is not JSON."""
    return threading.Lock()


@tool(timeout=0.2)
def slow() -> str:
    """Take too long, in a thread."""
    time.sleep(1)
    return "late"


@tool(timeout=0.2)
async def hung() -> str:
    """Take too long, and keep the loop meanwhile."""
    time.sleep(0.6)
    return "late"


@tool
async def forever(context: ToolContext) -> str:
    """Run until it is stopped."""
    try:
        await asyncio.sleep(3600)
    finally:
        context.say_progress("too late")
    return "never"


@tool
async def search(context: ToolContext) -> None:
    """Say how far it is, offer a link, and go on until it is stopped."""
    context.say_progress("Half of the shop is searched")
    context.offer_link("https://shop.example/hats", "Our hats")
    await asyncio.sleep(3600)


@tool
def wait_a_moment() -> str:
    """Take half a second."""
    time.sleep(0.5)
    return "after a moment"


def no_tool() -> None: ...
