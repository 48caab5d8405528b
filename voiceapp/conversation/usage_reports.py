"""What a server says that was used: by a response, and by a transcription."""

from . import events as ev
from . import fields
from .fields import Message


def tokens(usage: Message) -> ev.Usage | None:
    """The tokens of a `response.usage`; None where the server counts none, or not in numbers."""
    if not usage or fields.is_odd(usage, "input_tokens") or fields.is_odd(usage, "output_tokens"):
        return None
    incoming, outgoing = fields.part(usage, "input_token_details"), fields.part(usage, "output_token_details")
    cached = fields.part(incoming, "cached_tokens_details")
    return ev.Usage(
        input_tokens=fields.count(usage, "input_tokens"),
        output_tokens=fields.count(usage, "output_tokens"),
        input_text_tokens=fields.count(incoming, "text_tokens"),
        input_audio_tokens=fields.count(incoming, "audio_tokens"),
        input_image_tokens=fields.count(incoming, "image_tokens"),
        cached_tokens=fields.count(incoming, "cached_tokens"),
        cached_text_tokens=fields.count(cached, "text_tokens"),
        cached_audio_tokens=fields.count(cached, "audio_tokens"),
        cached_image_tokens=fields.count(cached, "image_tokens"),
        output_text_tokens=fields.count(outgoing, "text_tokens"),
        output_audio_tokens=fields.count(outgoing, "audio_tokens"),
    )


def transcribing(usage: Message) -> ev.Transcribing | None:
    """The seconds or tokens of a transcription's `usage`; None where the server tells neither."""
    details = fields.part(usage, "input_token_details")
    used = ev.Transcribing(
        seconds=fields.amount(usage, "seconds"),
        input_tokens=fields.count(usage, "input_tokens"),
        input_text_tokens=fields.count(details, "text_tokens"),
        input_audio_tokens=fields.count(details, "audio_tokens"),
        output_tokens=fields.count(usage, "output_tokens"),
    )
    return used if used != ev.Transcribing() else None
