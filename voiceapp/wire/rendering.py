"""From what happens in the talk to the event that tells it, and from an event to its packet (docs/wire.md)."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import UNSET

from ..conversation import effects
from . import down

# One Socket.IO packet, in the parts it is written from.
Packet = tuple[bytes, ...]


# From an effect to its event


def event_of(effect: effects.Effect) -> down.Event | None:
    """What the page is told of an effect; None where it is told nothing, or only what others add to it.

    Sound is told by `sound`.
    """
    render = _RENDER.get(type(effect))
    return None if render is None else render(effect)


_RENDER: Mapping[type, Callable[[Any], down.Event]] = MappingProxyType(
    {
        effects.TurnChanged: lambda effect: down.TurnChanged(effect.state),
        effects.ItemPlaced: lambda effect: down.ItemPlaced(effect.id, effect.role, effect.after, effect.kind),
        effects.TextAdded: lambda effect: down.TextAdded(effect.item, effect.delta),
        effects.TextFinished: lambda effect: down.TextFinished(effect.item, effect.text, True, effect.failed or UNSET),
        effects.TextHeard: lambda effect: down.TextHeard(effect.item, effect.heard),
        effects.TextIncomplete: lambda effect: down.TextIncomplete(effect.item, effect.incomplete),
        effects.EntryRemoved: lambda effect: down.EntryRemoved(effect.item, True),
        effects.Paused: lambda effect: down.Pause(True, effect.sure, effect.ends_in_ms),
        effects.Resumed: lambda _: down.Pause(False, None, None),
        effects.Flush: lambda effect: down.Flush(effect.item),
        effects.Hold: lambda effect: down.Hold(effect.on, effect.voice_ms if effect.on else UNSET),
        effects.ToolChanged: lambda effect: down.ToolChanged(
            effect.call,
            effect.name,
            effect.arguments,
            effect.state,
            effect.result or UNSET,
            effect.progress or UNSET,
            UNSET if effect.link is None else down.Link(effect.link.url, effect.link.title),
            [down.Sentence(*each) for each in effect.says] or UNSET,
            UNSET if effect.shows else False,
            effect.fault or UNSET,
        ),
    }
)


# From an event to its packet


def packet(event: down.Event, n: int | None = None) -> Packet:
    """The Socket.IO packet of an event, and of its number where it has one. Never raises."""
    body = _json(event)
    if event.__struct_config__.array_like:
        # Several values instead of one object.
        body = body[1:-1]
    head = _HEADS[type(event)]
    return (b"%b%b]" % (head, body) if n is None else b"%b%d,%b]" % (head, n, body),)


def sound(n: int, item: bytes, audio: bytes) -> Packet:
    """The packet of a `down.Audio`, around the same base64; `item`: its id, `quoted`."""
    return b'2["audio",%d,%b,"' % (n, item), audio, b'"]'


def ack(n: int) -> Packet:
    """The packet of a `down.Ack`."""
    return (b'2["ack",%d]' % n,)


def quoted(item: str) -> bytes:
    """A text as JSON. Never raises."""
    return _json(item)


def name(packet: Packet) -> str:
    """The name of the event in a packet of ours."""
    return packet[0].split(b'"', 2)[1].decode()


def read(packet: Packet) -> tuple[str, list[Any]]:
    """Name and arguments in a packet of ours, for a driver that writes packets of its own."""
    event, *args = json.loads(b"".join(packet)[1:])
    return event, args


def _json(value: Any) -> bytes:
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        # Half a surrogate pair, of a word cut in two, has no UTF-8.
        plain = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
        return plain.encode(errors="replace")


_ENCODER = msgspec.json.Encoder()
_HEADS: Mapping[type[down.Event], bytes] = MappingProxyType(
    {kind: b'2["%b",' % kind.event.encode() for kind in down.EVENTS}
)
