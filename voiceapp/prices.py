"""What each model costs: `prices.toml`, read strictly when the server starts."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from .errors import SettingError

FILE = Path(__file__).parent / "prices.toml"
KINDS = frozenset({"input_text", "input_audio", "cached", "output_text", "output_audio"})
MOST = 1_000_000
DATED_NAME = re.compile(r"(.+)-\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Prices:
    """For a million tokens, by model."""

    currency: str
    dated: date
    models: Mapping[str, Mapping[str, float]]

    def of(self, model: str) -> Mapping[str, float] | None:
        """None for a model that has no price."""
        dated = DATED_NAME.fullmatch(model)
        return self.models.get(model) or (self.models.get(dated[1]) if dated else None)

    @property
    def dearest(self) -> dict[str, float]:
        """Of each kind the dearest, so that a budget holds whatever the model."""
        return {kind: max((prices[kind] for prices in self.models.values()), default=0.0) for kind in sorted(KINDS)}


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
    _same(file.name, set(content), {"currency", "dated", "models"})
    currency, dated, models = content["currency"], content["dated"], content["models"]
    if not isinstance(currency, str) or not re.fullmatch("[A-Z]{3}", currency):
        raise SettingError(f"{file.name}: currency is {currency!r}; it must be three capitals such as USD.")
    if type(dated) is not date:
        raise SettingError(f"{file.name}: dated is {dated!r}; it must be a date such as 2026-11-12.")
    if not isinstance(models, dict):
        raise SettingError(f"{file.name}: models must be tables of prices.")
    return Prices(currency, dated, {name: _model(f"{file.name}: {name}", prices) for name, prices in models.items()})


def _model(place: str, prices: Any) -> Mapping[str, float]:
    if not isinstance(prices, dict):
        raise SettingError(f"{place} must be a table of prices.")
    _same(place, set(prices), KINDS)
    for kind, price in prices.items():
        if type(price) not in (int, float) or not 0 <= price <= MOST:
            raise SettingError(f"{place}: {kind} is {price!r}; it must be an amount from 0 to {MOST}.")
    return {kind: float(price) for kind, price in prices.items()}


def _same(place: str, found: set[str], wanted: set[str] | frozenset[str]) -> None:
    for name in sorted(found - wanted):
        raise SettingError(f"{place}: {name} is not known; known are {', '.join(sorted(wanted))}.")
    for name in sorted(wanted - found):
        raise SettingError(f"{place}: {name} is missing.")
