"""Cameras of each district, their counts and reads, and the vehicles that pass."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

import numpy as np

from connectors.simulate import records
from connectors.simulate.city import Generator
from connectors.simulate.parameters import measured
from connectors.simulate.statistics import DAY_MS, HOUR_MS, Integers, Numbers
from connectors.simulate.world import Record, World

CAMERAS = 12
READERS = 4
"""The first so many of a district's cameras read vehicles."""
READS_PER_DAY = 55
VEHICLES_PER_DISTRICT = 900
ODD_PER_DAY = 1.5
ODD = ("crowding", "obstruction", "intrusion", "smoke_fire")
ODD_SHARES = (0.45, 0.3, 0.2, 0.05)


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera: the place it looks at."""

    name: str
    district: int
    place: int


def cameras(world: World) -> list[Camera]:
    """All cameras, the same in every call, at busy places."""
    rng = world.rng("cameras")
    found = []
    for district in range(world.plan.districts):
        places = world.city.of(district)
        weights = world.city.weight[places]
        chosen = rng.choice(places, size=CAMERAS, replace=False, p=weights / weights.sum())
        found += [
            Camera(f"{world.name(district)}-cam-{number:02d}", district, int(place))
            for number, place in enumerate(chosen)
        ]
    return found


def reader(camera: Camera) -> bool:
    """Whether it reads vehicles."""
    return int(camera.name[-2:]) < READERS


def token(world: World, vehicle: str, key: int = 1) -> str:
    """The keyed token of a vehicle, in the contract's form; there is no plate, only a name within this run."""
    digest = hmac.new(f"simulated-{world.plan.seed}-{key}".encode(), vehicle.encode(), hashlib.sha256)
    return f"k{key}:{digest.hexdigest()}"


def event(
    world: World,
    camera: Camera,
    kind: str,
    since: int,
    until: int,
    *,
    value: float | None = None,
    read: str | None = None,
) -> Record:
    """Make a camera event and send it; ``confidence`` is told from the record's id."""
    record: Record = {
        **records.header(world, "camera", camera.district, until),
        **records.time(since, until),
        **records.at_place(world, camera.place, 15.0),
        "camera": camera.name,
        "kind": kind,
        "value": value,
        "confidence": None,
        "vehicle_token": read,
        **records.grading("untested"),
        **records.release(),
    }
    if kind != "count":
        record["confidence"] = round(0.6 + int(record["record_id"][-2:], 16) / 255 * 0.39, 2)
    world.send("camera_event", record)
    return record


def add(world: World) -> None:
    """Send the background's camera events: an hourly count each, reads, and now and then something odd."""
    rng = world.rng("devices")
    hours = np.array(measured().hours)
    tokens = [token(world, f"vehicle-{number}") for number in range(VEHICLES_PER_DISTRICT * world.plan.districts)]
    popular = 1.0 / np.arange(1, len(tokens) + 1) ** 0.6
    popular /= popular.sum()
    for camera in cameras(world):
        busy = rng.uniform(40, 400)
        counts = rng.poisson(busy * 24 * np.tile(hours, world.plan.days))
        for hour, count in enumerate(counts):
            since = world.start_ms + hour * HOUR_MS
            event(world, camera, "count", since, since + HOUR_MS, value=float(count))
        if reader(camera):
            _reads(world, rng, camera, tokens, popular)
        _odd(world, rng, camera)


def _reads(world: World, rng: Generator, camera: Camera, tokens: list[str], popular: Numbers) -> None:
    count = rng.poisson(READS_PER_DAY * world.plan.days)
    seen = rng.choice(len(tokens), size=count, p=popular)
    for vehicle, at in zip(seen, _moments(world, rng, count), strict=True):
        event(world, camera, "vehicle_read", int(at), int(at) + 1_000, read=tokens[vehicle])


def _odd(world: World, rng: Generator, camera: Camera) -> None:
    count = rng.poisson(ODD_PER_DAY * world.plan.days / CAMERAS)
    for kind, at in zip(rng.choice(ODD, size=count, p=ODD_SHARES), _moments(world, rng, count), strict=True):
        value = {"crowding": float(rng.integers(40, 160)), "obstruction": float(rng.integers(30, 900))}.get(kind)
        event(world, camera, str(kind), int(at), int(at) + 60_000, value=value)


def _moments(world: World, rng: Generator, count: int) -> Integers:
    """Moments of the run, in order, by the hours of the city."""
    hours = np.array(measured().hours)
    day = rng.integers(0, world.plan.days, size=count)
    hour = rng.choice(24, size=count, p=hours / hours.sum())
    at = world.start_ms + day * DAY_MS + hour * HOUR_MS + rng.integers(0, HOUR_MS, size=count)
    return np.asarray(np.sort(at), dtype=np.int64)
