"""What a session costs: by its profile and models or the operator's prices; the highest known where there is none."""

from dataclasses import dataclass, field

from ..conversation.events import Transcribing, Usage
from ..conversation.usage import Charge
from . import prices
from .prices import INPUTS, Price
from .rules import TRANSCRIPTION, Rules

# Money is counted in millionths, so that whole numbers hold it; a price for a million tokens is that of one in these.
MILLIONTHS = 1_000_000
FREE_PROFILE = "embedded"


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one session; None where none is known. `own`: some are the operator's."""

    talk: Price | None = None
    transcription: Price | None = None
    free: bool = False
    own: bool = False
    transcribes: bool = True
    dearest: Price = field(default_factory=lambda: prices.installed().dearest)
    dearest_transcription: Price = field(default_factory=lambda: prices.installed().dearest_transcription)

    def price(self, charge: Charge) -> int | None:
        """Millionths; None where no price is known for it."""
        if self.free:
            return 0
        if isinstance(charge.usage, Usage):
            return None if self.talk is None else _of_talk(charge.usage, self.talk)
        return None if self.transcription is None else _of_transcription(charge.usage, self.transcription)

    def presumed(self, charge: Charge) -> int:
        """Millionths at the dearest known prices."""
        if isinstance(charge.usage, Usage):
            return _of_talk(charge.usage, self.dearest)
        return _of_transcription(charge.usage, self.dearest_transcription) or 0

    @property
    def whole(self) -> bool:
        """Whether all that the session uses has a price."""
        known = self.talk is not None and (self.transcription is not None or not self.transcribes)
        return self.free or known


def tariff(rules: Rules, profile: str, model: str, transcription_model: str | None) -> Tariff:
    """That of a session."""
    if profile == FREE_PROFILE:
        return Tariff(free=True)
    installed = prices.installed()
    own = {name: price for name, price in rules.prices.items() if not name.startswith(TRANSCRIPTION)}
    own_of_words = {name.removeprefix(TRANSCRIPTION): price for name, price in rules.prices.items() if name not in own}
    return Tariff(
        talk=_with_own(installed.of(model), own, installed.dearest),
        transcription=_with_own(
            installed.of_transcription(transcription_model or ""), own_of_words, installed.dearest_transcription
        ),
        own=bool(rules.prices),
        transcribes=transcription_model is not None,
    )


def _with_own(known: Price | None, own: Price, dearest: Price) -> Price | None:
    """What the operator did not name costs as the model does, or else as the dearest."""
    return {**dearest, **(known or {}), **own} if own else known


def _of_talk(usage: Usage, price: Price) -> int:
    """Where the kind of cached tokens is not told, those count as cached that save the least; tokens of no told kind
    count as sound. So no sum is below the bill."""
    text, image = usage.input_text_tokens, usage.input_image_tokens
    fresh = {"text": text, "image": image, "audio": max(usage.input_audio_tokens, usage.input_tokens - text - image)}
    told = {"text": usage.cached_text_tokens, "image": usage.cached_image_tokens, "audio": usage.cached_audio_tokens}
    cached = {kind: min(told[kind], fresh[kind]) for kind in INPUTS}
    rest = usage.cached_tokens - sum(cached.values())
    for kind in sorted(INPUTS, key=lambda kind: price[f"input_{kind}"] - price[f"cached_{kind}"]) if rest > 0 else ():
        more = max(0, min(rest, fresh[kind] - cached[kind]))
        cached[kind] += more
        rest -= more
    spoken = max(usage.output_audio_tokens, usage.output_tokens - usage.output_text_tokens)
    read = sum(
        (fresh[kind] - cached[kind]) * price[f"input_{kind}"] + cached[kind] * price[f"cached_{kind}"]
        for kind in INPUTS
    )
    return round(read + usage.output_text_tokens * price["output_text"] + spoken * price["output_audio"])


def _of_transcription(usage: Transcribing, price: Price) -> int | None:
    if usage.seconds:
        return round(usage.seconds / 60 * price["minute"] * MILLIONTHS) if "minute" in price else None
    if "output" not in price:
        return None
    audio = max(usage.input_audio_tokens, usage.input_tokens - usage.input_text_tokens)
    read = usage.input_text_tokens * price["input_text"] + audio * price["input_audio"]
    return round(read + usage.output_tokens * price["output"])
