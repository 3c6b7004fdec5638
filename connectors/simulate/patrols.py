"""Duty rosters, the visits that were made under them, and coverage gaps: hours in which a duty stood and nobody came.

Each district has a few checkpoints, the first of them on a border. A visit is due about every 45 minutes, never more
than an hour apart; a gap is three hours or more. It can be known once that hour is over and nobody came.
"""

from __future__ import annotations

from dataclasses import dataclass

import h3
import numpy as np

from connectors.simulate import records, ways
from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS, HOUR_MS
from connectors.simulate.world import Record, World

CHECKPOINTS = 4
SHIFT_HOURS = 8
FIRST_SHIFT_HOUR = 6
STAY_MS = 8 * 60_000
EVERY_MS = HOUR_MS
"""The longest time from one visit to the next where there is no gap."""
GAPS_PER_DISTRICT_DAY = 0.08
KINDS = {"foot": 0.35, "car": 0.45, "bicycle": 0.15, "motorcycle": 0.05}
SEEN = {
    "nothing_of_note": 0.85,
    "lighting_out": 0.04,
    "damage": 0.03,
    "obstruction": 0.03,
    "disorder": 0.03,
    "noise": 0.02,
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A point that is to be visited."""

    district: int
    name: str
    place: int
    border: bool


def checkpoints(world: World) -> list[Checkpoint]:
    """All checkpoints, the same in every call."""
    rng = world.rng("checkpoints")
    city = world.city
    found = []
    for district in range(world.plan.districts):
        places = city.of(district)
        edge = places[city.neighbour[places] >= 0]
        weights = city.weight[places] / city.weight[places].sum()
        chosen = [rng.choice(edge), *rng.choice(places, size=CHECKPOINTS - 1, replace=False, p=weights)]
        for number, place in enumerate(chosen):
            found.append(Checkpoint(district, f"checkpoint-{number:02d}", int(place), bool(city.neighbour[place] >= 0)))
    return found


def visit(
    world: World, rng: Generator, point: Checkpoint, at_ms: int, observation: str, auxiliaries: int = 3
) -> Record:
    """Make a visit of a unit and send it."""
    record: Record = {
        **records.header(world, "patrol", point.district, at_ms + STAY_MS + records.minutes(rng, 3)),
        **records.time(at_ms, at_ms + STAY_MS),
        **records.at_place(world, point.place, 10.0),
        "unit": f"{world.name(point.district)}-{int(rng.integers(1, 9))}",
        "kind": ways.pick(rng, KINDS),
        "area_kind": "checkpoint",
        "area": point.name,
        "officers": int(rng.integers(1, 4)),
        "auxiliaries": auxiliaries,
        "observation": observation,
        **records.grading(),
        **records.release(),
    }
    world.send("patrol", record)
    return record


def add(world: World) -> None:
    """Send duties and visits, and plant the gaps."""
    rng = world.rng("patrols")
    points = checkpoints(world)
    for point in points:
        _duties(world, point)
    holes: dict[int, list[tuple[int, int]]] = {number: [] for number in range(len(points))}
    for _ in range(world.many(GAPS_PER_DISTRICT_DAY, least=3)):
        # One in two on a border: there each side may think that the other is there.
        some = [n for n, point in enumerate(points) if point.border or rng.random() < 0.5]
        number = int(rng.choice(some))
        since = world.start_ms + int(rng.uniform(0.5, world.plan.days - 1) * DAY_MS)
        until = since + int(rng.uniform(3, 7) * HOUR_MS)
        if all(until + DAY_MS < low or since > high + DAY_MS for low, high in holes[number]):
            holes[number].append((since, until))
    for number, point in enumerate(points):
        _visits(world, rng, point, sorted(holes[number]))


def _duties(world: World, point: Checkpoint) -> None:
    lat, lon = float(world.city.lat[point.place]), float(world.city.lon[point.place])
    cell = h3.str_to_int(h3.latlng_to_cell(lat, lon, 9))
    first = world.start_ms + (FIRST_SHIFT_HOUR - SHIFT_HOURS) * HOUR_MS
    for since in range(first, world.end_ms, SHIFT_HOURS * HOUR_MS):
        record: Record = {
            **records.header(world, "duty", point.district, since - DAY_MS),
            "area_kind": "checkpoint",
            "area": point.name,
            "cells": [int(cell)],
            "shift_group": "primary",
            "duty_from": since,
            "duty_to": since + SHIFT_HOURS * HOUR_MS,
            "officers": 1,
            "auxiliaries": 3 if _small_hours(world, since + 2 * HOUR_MS) else 1,
            **records.release(),
        }
        world.send("duty", record)


def _small_hours(world: World, at_ms: int) -> bool:
    return (at_ms - world.start_ms) % DAY_MS < 6 * HOUR_MS


def _visits(world: World, rng: Generator, point: Checkpoint, holes: list[tuple[int, int]]) -> None:
    """Visits one after the other; one that falls into a hole is put after it."""
    at, last_id, last_end = world.start_ms + int(rng.uniform(0, 40) * 60_000), "", world.start_ms
    for low, high in [*holes, (world.end_ms, world.end_ms)]:
        while at < low:
            record = visit(world, rng, point, at, ways.pick(rng, SEEN))
            last_id, last_end = record["record_id"], at + STAY_MS
            at += int(np.clip(rng.normal(45, 6), 28, 58) * 60_000)
        if high < world.end_ms:
            record = visit(world, rng, point, high, "nothing_of_note")
            world.plant(
                "coverage_gap",
                [one for one in (last_id, record["record_id"]) if one],
                0,
                district=world.name(point.district),
                area=point.name,
                border=point.border,
                gap_from=last_end,
                gap_to=high,
                known_from=last_end + EVERY_MS,
            )
            last_id, last_end = record["record_id"], high + STAY_MS
            at = high + 45 * 60_000
