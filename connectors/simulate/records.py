"""Blocks that records are made of, as the contracts' parts have them: header, time, place, grading, release."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from connectors.simulate.city import Generator
from connectors.simulate.statistics import METRES_PER_DEGREE
from connectors.simulate.world import Record, World

MINUTE_MS = 60_000
PURPOSES = ["prevention", "investigation"]


def header(world: World, kind: str, district: int, recorded_at: int) -> Record:
    """A new record's first fields."""
    return {
        "record_id": world.mint(district, kind),
        "district": world.name(district),
        "revision": 1,
        "recorded_at": int(recorded_at),
    }


def time(since: int, until: int | None = None, precision: str = "minute") -> Record:
    """When it happened, UTC milliseconds."""
    return {
        "occurred_from": int(since),
        "occurred_to": int(since if until is None else until),
        "time_precision": precision,
    }


def at_place(world: World, place: int, precision_m: float = 50.0) -> Record:
    """Where it happened: at one of the city's places."""
    return at_point(float(world.city.lat[place]), float(world.city.lon[place]), precision_m)


def at_point(lat: float, lon: float, precision_m: float | None) -> Record:
    """Where it happened, by degrees."""
    return {"lat": lat, "lon": lon, "location_precision_m": precision_m}


def grading(source: str = "reliable", information: str = "A") -> Record:
    """How far to believe it."""
    return {"grading_source": source, "grading_information": information, "statement": "fact"}


def release(to: list[str] | None = None, purposes: list[str] | None = None) -> Record:
    """To whom it is released: to all districts, unless said otherwise."""
    return {
        "release_to": ["all"] if to is None else to,
        "release_purposes": PURPOSES if purposes is None else purposes,
        "release_conditions": None,
        "release_handling": "P",
        "release_expires_at": None,
    }


def revised(record: Record, recorded_at: int, **changes: Any) -> Record:
    """The next revision of a record."""
    return record | {"revision": record["revision"] + 1, "recorded_at": int(recorded_at)} | changes


def jittered(rng: Generator, world: World, place: int, metres: float) -> tuple[float, float]:
    """Latitude and longitude of a point near a place, some metres off (one standard deviation)."""
    north, east = (float(one) / METRES_PER_DEGREE for one in rng.normal(0, metres, 2))
    lat = float(world.city.lat[place]) + north
    return round(lat, 6), round(float(world.city.lon[place]) + east / math.cos(math.radians(lat)), 6)


def minutes(rng: Generator, median: float, spread: float = 0.8) -> int:
    """A delay in milliseconds: log-normal, by its median in minutes."""
    return int(median * MINUTE_MS * np.exp(rng.normal(0, spread)))
