"""What an upstream's server does by itself."""

from dataclasses import dataclass

from .dialects import Shape


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the upstream's server does by itself, from its profile."""

    shape: Shape = "ga"
    # It cancels its own response when the person speaks; a second cancel of ours can hit the next reply.
    interrupts: bool = True
    truncates: bool = True
    # It can be told how far the microphone is, for its noise reduction.
    reduces_noise: bool = True
    # It leaves both to us where it is asked to (`create_response`, `interrupt_response`).
    yields: bool = False
    # It takes the answer to a function's call also after a response in which it did not have it.
    late_outputs: bool = True
    # It reaches MCP servers by itself.
    calls_mcp: bool = False
    # Its model sees pictures.
    sees: bool = False
