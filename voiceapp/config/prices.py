"""What each model costs: `prices.toml`, read strictly when the server starts."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import SettingError

FILE = Path(__file__).parent / "prices.toml"
INPUTS = ("text", "audio", "image")
KINDS = frozenset({*(f"{way}_{kind}" for way in ("input", "cached") for kind in INPUTS), "output_text", "output_audio"})
# A transcription is billed by the minute or by tokens.
BY_MINUTE, BY_TOKENS = frozenset({"minute"}), frozenset({"input_text", "input_audio", "output"})
MAX_PRICE = 1_000_000
DATED_NAME = re.compile(r"(.+)-\d{4}-\d{2}-\d{2}")

Price = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Prices:
    """By model, and by model of transcription: for a million tokens, or for a `minute`."""

    currency: str
    dated: date
    models: Mapping[str, Price]
    transcription: Mapping[str, Price] = field(default_factory=dict)
    # Of each kind the dearest, so that a budget holds whatever the model. One for all calls.
    dearest: Price = field(init=False)
    dearest_transcription: Price = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dearest", _dearest(self.models, KINDS))
        object.__setattr__(self, "dearest_transcription", _dearest(self.transcription, BY_MINUTE | BY_TOKENS))

    def of(self, model: str) -> Price | None:
        """None for a model that has no price."""
        return _of(self.models, model)

    def of_transcription(self, model: str) -> Price | None:
        return _of(self.transcription, model)


def _of(prices: Mapping[str, Price], model: str) -> Price | None:
    dated = DATED_NAME.fullmatch(model)
    return prices.get(model) or (prices.get(dated[1]) if dated else None)


def _dearest(prices: Mapping[str, Price], kinds: frozenset[str]) -> Price:
    return {kind: max((price.get(kind, 0.0) for price in prices.values()), default=0.0) for kind in sorted(kinds)}


@cache
def installed() -> Prices:
    """Those of the file beside this module. Raises `SettingError`."""
    return read(FILE)


def read(file: Path) -> Prices:
    """Raises `SettingError` naming what is wrong in the file."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingError(f"{file.name} cannot be read: {error}") from None
    _same(file.name, set(content), {"currency", "dated", "models", "transcription"})
    currency, dated = content["currency"], content["dated"]
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise SettingError(f"{file.name}: currency is {currency!r}; it must be three capitals such as USD.")
    if type(dated) is not date:
        raise SettingError(f"{file.name}: dated is {dated!r}; it must be a date such as 2026-11-12.")
    models = _tables(file.name, "models", content["models"], KINDS)
    return Prices(currency, dated, models, _tables(file.name, "transcription", content["transcription"], BY_TOKENS))


def _tables(file: str, name: str, tables: Any, kinds: frozenset[str]) -> Mapping[str, Price]:
    if not isinstance(tables, dict):
        raise SettingError(f"{file}: {name} must be tables of prices.")
    return {model: _price(f"{file}: {model}", prices, kinds) for model, prices in tables.items()}


def _price(place: str, prices: Any, kinds: frozenset[str]) -> Price:
    if not isinstance(prices, dict):
        raise SettingError(f"{place} must be a table of prices.")
    _same(place, set(prices), BY_MINUTE if kinds is BY_TOKENS and "minute" in prices else kinds)
    for kind, price in prices.items():
        if type(price) not in (int, float) or not 0 <= price <= MAX_PRICE:
            raise SettingError(f"{place}: {kind} is {price!r}; it must be an amount from 0 to {MAX_PRICE}.")
    return {kind: float(price) for kind, price in prices.items()}


def _same(place: str, found: set[str], wanted: set[str] | frozenset[str]) -> None:
    for name in sorted(found - wanted):
        raise SettingError(f"{place}: {name} is not known; known are {', '.join(sorted(wanted))}.")
    for name in sorted(wanted - found):
        raise SettingError(f"{place}: {name} is missing.")
