"""The measured figures (``toronto.toml``) and what was fitted or assumed on top of them (``city.toml``)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Figures(Strict):
    """How events are spread over time and places; shares are of 1."""

    hours: tuple[float, ...] = Field(min_length=24, max_length=24)
    weekdays: tuple[float, ...] = Field(min_length=7, max_length=7)
    full_hour: float
    half_hour: float
    five_minutes: float
    midnight: float
    near_repeat_ratio: float
    near_repeat_share: float
    busiest: tuple[float, ...]


class Offence(Figures):
    """One offence: how many a district and day, its figures, and its premises."""

    per_district_day: float = Field(gt=0)
    premises: dict[str, float]


class Measured(Figures):
    """All offences together, and each."""

    districts: int
    events: int
    places: int
    offences: dict[str, Offence]


class Ground(Strict):
    """The ground: a grid of streets, in metres, turned and put somewhere."""

    lat: float
    lon: float
    utc_offset_hours: float
    turned_degrees: float
    block_m: tuple[float, float]
    superblock_m: float
    superblocks_per_district: int
    weight_sigma: float
    centre_pull: float


class Repeats(Strict):
    """Where an offence is done, and its self-exciting part."""

    focus: float = Field(gt=0)
    children: float = Field(ge=0, lt=1)
    days: float = Field(gt=0)
    same_place: float = Field(ge=0, le=1)
    metres: float = Field(gt=0)


class Assumed(Strict):
    """What the sample does not tell: the ground, the strength of repeats, how offences are done, where."""

    ground: Ground
    repeats: dict[str, Repeats]
    ways: dict[str, dict[str, dict[str, float]]]
    places: dict[str, dict[str, float]]
    windows: dict[str, float]


@lru_cache
def measured() -> Measured:
    """The figures of the real sample."""
    return Measured.model_validate(tomllib.loads((FOLDER / "toronto.toml").read_text()))


@lru_cache
def assumed() -> Assumed:
    """What was fitted or assumed."""
    return Assumed.model_validate(tomllib.loads((FOLDER / "city.toml").read_text()))
